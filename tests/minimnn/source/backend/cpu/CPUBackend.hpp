#ifndef MINI_CPU_HPP
#define MINI_CPU_HPP
#include <map>
#include "core/Backend.hpp"
#include "core/Execution.hpp"
namespace MNN {
class CPUBackend : public Backend {
public:
    class Creator {
    public:
        virtual Execution *onCreate(const std::vector<Tensor *> &, const std::vector<Tensor *> &, const Op *,
                                    Backend *) const = 0;
    };
    static bool addCreator(OpType t, Creator *c);
    static void initCreatorMap();
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op);
private:
    static std::map<OpType, CPUBackend::Creator *> *gCreator;
};
} // namespace MNN
#define REGISTER_CPU_OP_CREATOR(name, opType)  \
    void ___##name##__##opType##__() {         \
        static name here;                      \
        CPUBackend::addCreator(opType, &here); \
    }
#endif
