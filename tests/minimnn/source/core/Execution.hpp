#ifndef MINI_EXECUTION_HPP
#define MINI_EXECUTION_HPP
#include <MNN/Tensor.hpp>
#include "MNN_generated.h"
namespace MNN {
enum ErrorCode { NO_ERROR, NOT_SUPPORT };
class Backend;
class Execution {
public:
    explicit Execution(Backend *b) : bn(b) {}
    virtual ~Execution() {}
    virtual ErrorCode onResize(const std::vector<Tensor *> &, const std::vector<Tensor *> &) { return NO_ERROR; }
    virtual ErrorCode onExecute(const std::vector<Tensor *> &, const std::vector<Tensor *> &) = 0;
    virtual bool onClone(Backend *, const Op *, Execution **) { return false; }
    bool valid() const { return mValid; }
    Backend *backend() const { return bn; }
protected:
    bool mValid = true;
private:
    Backend *bn;
};
} // namespace MNN
#endif
