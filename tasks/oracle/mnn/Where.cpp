// One of two values by a condition; each of the three may be a single element.
#include "kernel.hpp"

namespace MNN {

class Where : public Execution {
public:
    explicit Where(Backend *b) : Execution(b) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        size_t n = lying(backend(), out[0]);
        const int32_t *c = in[0]->host<int32_t>(), *a = in[1]->host<int32_t>(), *b = in[2]->host<int32_t>();
        int sc = lying(backend(), in[0]) != 1, sa = lying(backend(), in[1]) != 1, sb = lying(backend(), in[2]) != 1;
        int32_t *y = out[0]->host<int32_t>();
        if (sc && sa && sb) {
            for (size_t i = 0; i < n; i++) {
                int32_t p = a[i], q = b[i];
                y[i] = c[i] ? p : q;
            }
        } else {
            for (size_t i = 0; i < n; i++) {
                y[i] = c[i * sc] ? a[i * sa] : b[i * sb];
            }
        }
        return NO_ERROR;
    }
};

class WhereCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        return out[0]->getType().bits == 32 && runnable() ? new Where(b) : nullptr;
    }
};
REGISTER_CPU_OP_CREATOR(WhereCreator, OpType_Select);

} // namespace MNN
