// Inputs side by side: a region for each.
#include "geometry/GeometryComputer.hpp"

#include "core/TensorUtils.hpp"

namespace MNN {

class ConcatGeometry : public GeometryComputer {
public:
    bool onCompute(const Op *op, const std::vector<Tensor *> &inputs, const std::vector<Tensor *> &outputs,
                   Context &context, CommandBuffer &commands) const override {
        auto d   = TensorUtils::getDescribe(outputs[0]);
        int rank = outputs[0]->dimensions(), axis = op->main_as_Axis()->axis(), outside = 1, inside = 1, at = 0;
        axis     = axis < 0 ? axis + rank : axis;
        for (int i = 0; i < rank; i++) {
            (i < axis ? outside : inside) *= i == axis ? 1 : outputs[0]->length(i);
        }
        d->memoryType = Tensor::InsideDescribe::MEMORY_VIRTUAL;
        d->regions.clear();
        for (auto input : inputs) {
            int n = input->length(axis);
            Tensor::InsideDescribe::Region r;
            if (input->elementSize() == 0) {
                continue;
            }
            r.origin        = input;
            r.size[0]       = outside;
            r.size[1]       = 1;
            r.size[2]       = n * inside;
            r.src.stride[0] = n * inside;
            r.src.stride[1] = r.src.stride[2] = 1;
            r.dst.offset    = at * inside;
            r.dst.stride[0] = outputs[0]->length(axis) * inside;
            r.dst.stride[1] = r.dst.stride[2] = 1;
            d->regions.push_back(r);
            at += n;
        }
        return true;
    }
};

static void create() {
    GeometryComputer::registerGeometryComputer(std::shared_ptr<GeometryComputer>(new ConcatGeometry), {OpType_Concat});
}
REGISTER_GEOMETRY(ConcatGeometry, create);

} // namespace MNN
