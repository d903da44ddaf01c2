// Broadcasting: what is read has no stride along an axis that grows.  Neighbours
// of one kind become one axis; of what is left the last three are a region, the
// others count.
#include "geometry/GeometryComputer.hpp"

#include "core/TensorUtils.hpp"

namespace MNN {

class ExpandGeometry : public GeometryComputer {
public:
    bool onCompute(const Op *op, const std::vector<Tensor *> &inputs, const std::vector<Tensor *> &outputs,
                   Context &context, CommandBuffer &commands) const override {
        struct Axis {
            int size, from, to;
        };
        std::vector<Axis> axes;
        auto x = inputs[0], y = outputs[0];
        int rank = y->dimensions(), lead = rank - x->dimensions(), from = 1, to = 1, count = 1;
        for (int i = rank - 1; i >= 0; i--) {
            int size = y->length(i), own = i < lead ? 1 : x->length(i - lead);
            int step = own == 1 ? 0 : from;
            if (size > 1 && !axes.empty() && (axes.front().from == 0) == (step == 0)) {
                axes.front().size *= size;
            } else if (size > 1) {
                axes.insert(axes.begin(), Axis{size, step, to});
            }
            from *= own;
            to *= size;
        }
        while (axes.size() < 3) {
            axes.insert(axes.begin(), Axis{1, 0, 0});
        }
        int outer = (int)axes.size() - 3;
        for (int i = 0; i < outer; i++) {
            count *= axes[i].size;
        }
        auto d        = TensorUtils::getDescribe(y);
        d->memoryType = Tensor::InsideDescribe::MEMORY_VIRTUAL;
        d->regions.resize(count);
        for (int c = 0; c < count; c++) {
            auto &r      = d->regions[c];
            r.origin     = x;
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
    GeometryComputer::registerGeometryComputer(std::shared_ptr<GeometryComputer>(new ExpandGeometry), {OpType_BroadcastTo});
}
REGISTER_GEOMETRY(ExpandGeometry, create);

} // namespace MNN
