// The place along an axis of what is better than all others, the first of several, by
// what the kernel brings before it: better of two.
#include <vector>

namespace MNN {

class Place : public Execution {
public:
    Place(Backend *b, int a) : Execution(b), axis(a) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int rank = in[0]->dimensions(), a = axis < 0 ? axis + rank : axis, outside = 1, inside = 1, n = in[0]->length(a);
        for (int i = 0; i < rank; i++) {
            (i < a ? outside : inside) *= i == a ? 1 : in[0]->length(i);
        }
        std::vector<float> best(inside);
        for (int o = 0; o < outside; o++) {
            const float *x = in[0]->host<float>() + (size_t)o * n * inside;
            int32_t *y     = out[0]->host<int32_t>() + (size_t)o * inside;
            memcpy(best.data(), x, inside * sizeof(float));
            memset(y, 0, inside * sizeof(*y));
            for (int k = 1; k < n; k++) {
                for (int i = 0; i < inside; i++) {
                    float v    = x[(size_t)k * inside + i];
                    bool found = better(v, best[i]);
                    best[i]    = found ? v : best[i];
                    y[i]       = found ? k : y[i];
                }
            }
        }
        return NO_ERROR;
    }

private:
    int axis;
};

class PlaceCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        auto p = op->main_as_ArgMax();
        if (p->topK() > 1 || p->outMaxVal() || in[0]->getType() != halide_type_of<float>()) {
            return nullptr;
        }
        return new Place(b, p->axis());
    }
};

} // namespace MNN
