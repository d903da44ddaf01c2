#ifndef MINI_GEOMETRY_HPP
#define MINI_GEOMETRY_HPP
#include <memory>
#include "core/Backend.hpp"
#include "core/Execution.hpp"
namespace MNN {
struct CommandBuffer {
    std::vector<int> order; // which element of the input each of the output is
};
class GeometryComputer {
public:
    class Context {};
    virtual ~GeometryComputer() {}
    virtual bool onCompute(const Op *, const std::vector<Tensor *> &, const std::vector<Tensor *> &, Context &,
                           CommandBuffer &) const = 0;
    virtual bool onRecompute(const Op *, const std::vector<Tensor *> &, const std::vector<Tensor *> &, Context &,
                             CommandBuffer &) const {
        return false;
    }
    static void init();
    static const GeometryComputer *search(int type, Runtime::CompilerType c);
    static void registerGeometryComputer(std::shared_ptr<GeometryComputer> g, std::vector<int> types,
                                         Runtime::CompilerType c = Runtime::Compiler_Geometry);
};
} // namespace MNN
#define REGISTER_GEOMETRY(f, c) \
    void ___##f##__##c##__() { c(); }
#endif
