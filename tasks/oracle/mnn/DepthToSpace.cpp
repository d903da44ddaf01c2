// Channels become squares of neighbours: a region for each place in the square.
#include "geometry/GeometryComputer.hpp"

#include "core/TensorUtils.hpp"

namespace MNN {

class DepthToSpaceGeometry : public GeometryComputer {
public:
    bool onCompute(const Op *op, const std::vector<Tensor *> &inputs, const std::vector<Tensor *> &outputs,
                   Context &context, CommandBuffer &commands) const override {
        auto p = op->main_as_DepthSpaceParam();
        auto small = inputs[0];
        int b = p->blockSize(), h = small->length(2), w = small->length(3), channels = outputs[0]->length(1);
        bool first = p->mode() == DepthToSpaceMode_CRD;
        int block = first ? 1 : channels, step = first ? b * b : 1;
        auto d        = TensorUtils::getDescribe(outputs[0]);
        d->memoryType = Tensor::InsideDescribe::MEMORY_VIRTUAL;
        d->regions.clear();
        for (int n = 0; n < small->length(0); n++) {
            for (int k = 0; k < b * b; k++) {
                Tensor::InsideDescribe::Region r;
                Tensor::InsideDescribe::View flat, square;
                flat.offset      = (n * b * b * channels + k * block) * h * w;
                flat.stride[0]   = step * h * w;
                flat.stride[1]   = w;
                flat.stride[2]   = 1;
                square.offset    = n * b * b * channels * h * w + k / b * b * w + k % b;
                square.stride[0] = b * b * h * w;
                square.stride[1] = b * b * w;
                square.stride[2] = b;
                r.origin         = inputs[0];
                r.size[0]        = channels;
                r.size[1]        = h;
                r.size[2]        = w;
                r.src            = flat;
                r.dst            = square;
                d->regions.push_back(r);
            }
        }
        return true;
    }
};

static void create() {
    GeometryComputer::registerGeometryComputer(std::shared_ptr<GeometryComputer>(new DepthToSpaceGeometry), {OpType_DepthToSpace});
}
REGISTER_GEOMETRY(DepthToSpaceGeometry, create);

} // namespace MNN
