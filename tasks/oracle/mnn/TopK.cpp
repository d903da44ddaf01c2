// The k greatest or smallest of each row, in order, of equals the first.  Eight
// at a time are compared with the worst that is kept; few are better.
#include "kernel.hpp"

#include <utility>
#include <vector>

namespace MNN {

INLINE bool any(vi mask) {
    typedef int64_t half __attribute__((vector_size(32)));
    half h = (half)mask;
    return ((h[0] | h[1]) | (h[2] | h[3])) != 0;
}

class Best : public Execution {
public:
    Best(Backend *b, bool l) : Execution(b), sign(l ? 1.0f : -1.0f) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int n = in[0]->length(in[0]->dimensions() - 1), rows = in[0]->elementSize() / n, k = in[1]->host<int32_t>()[0];
        kept.resize(k);
        for (int r = 0; r < rows; r++) {
            row(in[0]->host<float>() + (size_t)r * n, n, k);
            for (int i = 0; i < k; i++) {
                out[0]->host<float>()[(size_t)r * k + i]   = kept[i].first * sign;
                out[1]->host<int32_t>()[(size_t)r * k + i] = kept[i].second;
            }
        }
        return NO_ERROR;
    }

private:
    float sign;
    std::vector<std::pair<float, int>> kept; // the greatest first

    void insert(float v, int at, int i) {
        for (; i > 0 && kept[i - 1].first < v; i--) {
            kept[i] = kept[i - 1];
        }
        kept[i] = {v, at};
    }
    void row(const float *x, int n, int k) {
        int i = 0;
        for (; i < k; i++) {
            insert(x[i] * sign, i, i);
        }
        while (i < n) {
            if (i + LANES <= n && !any(vload(x + i) * sign > vset(kept[k - 1].first))) {
                i += LANES;
                continue;
            }
            for (int end = i + LANES < n ? i + LANES : n; i < end; i++) {
                if (x[i] * sign > kept[k - 1].first) {
                    insert(x[i] * sign, i, k - 1);
                }
            }
        }
    }
};

class BestCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        auto p = op->main_as_TopKV2();
        if (in[0]->getType() != halide_type_of<float>() || out.size() != 2 || !runnable()) {
            return nullptr;
        }
        return new Best(b, p == nullptr || p->largest());
    }
};
REGISTER_CPU_OP_CREATOR(BestCreator, OpType_TopKV2);

} // namespace MNN
