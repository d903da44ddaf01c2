// The same elements under another shape: one region, which is a view.
#include "geometry/GeometryComputer.hpp"

#include "core/TensorUtils.hpp"

namespace MNN {

class FlattenGeometry : public GeometryComputer {
public:
    bool onCompute(const Op *op, const std::vector<Tensor *> &inputs, const std::vector<Tensor *> &outputs,
                   Context &context, CommandBuffer &commands) const override {
        auto d        = TensorUtils::getDescribe(outputs[0]);
        d->memoryType = Tensor::InsideDescribe::MEMORY_VIRTUAL;
        d->regions    = {TensorUtils::makeFullSlice(inputs[0])};
        return true;
    }
};

static void create() {
    GeometryComputer::registerGeometryComputer(std::shared_ptr<GeometryComputer>(new FlattenGeometry), {OpType_Flatten});
}
REGISTER_GEOMETRY(FlattenGeometry, create);

} // namespace MNN
