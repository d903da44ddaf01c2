// One value where an index points to, another everywhere else.  Indices below
// zero count from behind.
#include "kernel.hpp"

#include <algorithm>

namespace MNN {

class Hot : public Execution {
public:
    Hot(Backend *b, int a) : Execution(b), axis(a) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int a = axis < 0 ? axis + out[0]->dimensions() : axis, depth = in[1]->host<int32_t>()[0], outside = 1;
        for (int i = 0; i < a; i++) {
            outside *= in[0]->length(i);
        }
        const int32_t *index = in[0]->host<int32_t>(), *on = in[2]->host<int32_t>(), *off = in[3]->host<int32_t>();
        int inside = in[0]->elementSize() / outside;
        int32_t *y = out[0]->host<int32_t>();
        std::fill_n(y, (size_t)outside * depth * inside, *off);
        for (int o = 0; o < outside; o++) {
            for (int i = 0; i < inside; i++) {
                int at = index[(size_t)o * inside + i];
                at += at < 0 ? depth : 0;
                if (at >= 0 && at < depth) {
                    y[((size_t)o * depth + at) * inside + i] = *on;
                }
            }
        }
        return NO_ERROR;
    }

private:
    int axis;
};

class HotCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        if (in.size() != 4 || in[2]->getType().bits != 32 || in[3]->getType().bits != 32) {
            return nullptr;
        }
        return new Hot(b, op->main_as_OneHotParam()->axis());
    }
};
REGISTER_CPU_OP_CREATOR(HotCreator, OpType_OneHot);

} // namespace MNN
