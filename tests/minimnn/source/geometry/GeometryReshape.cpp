#include "geometry/GeometryComputer.hpp"
namespace MNN {
class GeometryFlatten : public GeometryComputer {
public:
    bool onCompute(const Op *, const std::vector<Tensor *> &in, const std::vector<Tensor *> &, Context &,
                   CommandBuffer &commands) const override {
        for (int i = 0; i < in[0]->elementSize(); i++) commands.order.push_back(i);
        return true;
    }
};
static void create() {
    GeometryComputer::registerGeometryComputer(std::make_shared<GeometryFlatten>(), {OpType_Flatten});
}
REGISTER_GEOMETRY(GeometryFlatten, create)
} // namespace MNN
