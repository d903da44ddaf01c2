// Axes in another order.  Axes of one element go, neighbours that stay neighbours
// become one; of what is left the last three are a region, the others count.
#include "geometry/GeometryComputer.hpp"

#include "core/TensorUtils.hpp"

namespace MNN {

class TransposeGeometry : public GeometryComputer {
public:
    bool onCompute(const Op *op, const std::vector<Tensor *> &inputs, const std::vector<Tensor *> &outputs,
                   Context &context, CommandBuffer &commands) const override {
        struct Axis {
            int size, from, to;
        };
        std::vector<Axis> axes;
        auto order = op->main_as_Permute()->dims();
        int rank = inputs[0]->dimensions(), stride[MNN_MAX_TENSOR_DIM], to = 1, count = 1;
        for (int i = rank - 1, s = 1; i >= 0; i--) {
            stride[i] = s;
            s *= inputs[0]->length(i);
        }
        for (int i = rank - 1; i >= 0; i--) {
            int axis = order->data()[i], size = inputs[0]->length(axis);
            if (size == 1) {
                continue;
            }
            if (!axes.empty() && axes.front().size * axes.front().from == stride[axis] &&
                axes.front().size * axes.front().to == to) {
                axes.front().size *= size;
            } else {
                axes.insert(axes.begin(), Axis{size, stride[axis], to});
            }
            to *= size;
        }
        while (axes.size() < 3) {
            axes.insert(axes.begin(), Axis{1, 0, 0});
        }
        int outer = (int)axes.size() - 3;
        for (int i = 0; i < outer; i++) {
            count *= axes[i].size;
        }
        auto d        = TensorUtils::getDescribe(outputs[0]);
        d->memoryType = Tensor::InsideDescribe::MEMORY_VIRTUAL;
        d->regions.resize(count);
        for (int c = 0; c < count; c++) {
            auto &r      = d->regions[c];
            r.origin     = inputs[0];
            r.src.offset = r.dst.offset = 0;
            for (int i = outer - 1, rest = c; i >= 0; i--) {
                r.src.offset += rest % axes[i].size * axes[i].from;
                r.dst.offset += rest % axes[i].size * axes[i].to;
                rest /= axes[i].size;
            }
            for (int i = 0; i < 3; i++) {
                r.size[i]       = axes[outer + i].size;
                r.src.stride[i] = axes[outer + i].from;
                r.dst.stride[i] = axes[outer + i].to;
            }
        }
        return true;
    }
};

static void create() {
    GeometryComputer::registerGeometryComputer(std::shared_ptr<GeometryComputer>(new TransposeGeometry), {OpType_Permute});
}
REGISTER_GEOMETRY(TransposeGeometry, create);

} // namespace MNN
