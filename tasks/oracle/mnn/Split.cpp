// Parts of one input: a region of it for each output.
#include "geometry/GeometryComputer.hpp"

#include "core/TensorUtils.hpp"

namespace MNN {

class SplitGeometry : public GeometryComputer {
public:
    bool onCompute(const Op *op, const std::vector<Tensor *> &inputs, const std::vector<Tensor *> &outputs,
                   Context &context, CommandBuffer &commands) const override {
        int rank = inputs[0]->dimensions(), axis = op->main_as_Slice()->axis(), outside = 1, inside = 1, at = 0;
        axis     = axis < 0 ? axis + rank : axis;
        for (int i = 0; i < rank; i++) {
            (i < axis ? outside : inside) *= i == axis ? 1 : inputs[0]->length(i);
        }
        for (auto output : outputs) {
            auto d = TensorUtils::getDescribe(output);
            int n  = output->length(axis);
            Tensor::InsideDescribe::Region r;
            r.origin        = inputs[0];
            r.size[0]       = outside;
            r.size[1]       = 1;
            r.size[2]       = n * inside;
            r.src.offset    = at * inside;
            r.src.stride[0] = inputs[0]->length(axis) * inside;
            r.src.stride[1] = r.src.stride[2] = 1;
            r.dst.stride[0] = n * inside;
            r.dst.stride[1] = r.dst.stride[2] = 1;
            d->memoryType   = Tensor::InsideDescribe::MEMORY_VIRTUAL;
            d->regions      = {r};
            at += n;
        }
        return true;
    }
};

static void create() {
    GeometryComputer::registerGeometryComputer(std::shared_ptr<GeometryComputer>(new SplitGeometry), {OpType_Slice});
}
REGISTER_GEOMETRY(SplitGeometry, create);

} // namespace MNN
