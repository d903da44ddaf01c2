// Layer normalization over the last axes: two sweeps for mean and variance, a
// third for the result, all of them in cache.
#include "kernel.hpp"

#include <vector>

namespace MNN {

static float total(const float *x, int n, float mean, bool squares) {
    vf a = vset(0.0f), b = a;
    int i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        vf p = vload(x + i) - mean, q = vload(x + i + LANES) - mean;
        a = a + (squares ? p * p : p);
        b = b + (squares ? q * q : q);
    }
    float y = vsum(a + b);
    for (; i < n; i++) {
        float p = x[i] - mean;
        y += squares ? p * p : p;
    }
    return y;
}

static void normalize(float *y, const float *x, int n, const float *gamma, const float *beta, float mean, float scale) {
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        vf v = (vload(x + i) - mean) * scale;
        vstore(y + i, gamma ? v * vload(gamma + i) + vload(beta + i) : v);
    }
    for (; i < n; i++) {
        float v = (x[i] - mean) * scale;
        y[i]    = gamma ? v * gamma[i] + beta[i] : v;
    }
}

class LayerNormalization : public Execution {
public:
    LayerNormalization(Backend *b, const LayerNorm *p) : Execution(b) {
        axes    = p->axis() ? (int)p->axis()->size() : 0;
        group   = p->group();
        epsilon = p->epsilon();
        rms     = p->useRMSNorm();
        if (p->gamma() && p->beta()) {
            gamma.assign(p->gamma()->begin(), p->gamma()->end());
            beta.assign(p->beta()->begin(), p->beta()->end());
        }
    }
    ErrorCode onResize(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int rank = in[0]->dimensions();
        outside  = 1;
        inside   = 1;
        for (int i = 0; i < rank; i++) {
            (i < (group > 1 ? 1 : rank - axes) ? outside : inside) *= in[0]->length(i);
        }
        if (group > 1) {
            outside *= group;
            inside /= group;
        }
        return gamma.empty() || (int)gamma.size() == inside ? NO_ERROR : INVALID_VALUE;
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int threads = static_cast<CPUBackend *>(backend())->threadNumber();
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int o = (int)id; o < outside; o += threads) {
                const float *x = in[0]->host<float>() + (size_t)o * inside;
                float mean     = rms ? 0.0f : total(x, inside, 0.0f, false) / (float)inside;
                float variance = total(x, inside, mean, true) / (float)inside;
                normalize(out[0]->host<float>() + (size_t)o * inside, x, inside, gamma.empty() ? nullptr : gamma.data(),
                          beta.data(), mean, 1.0f / sqrtf(variance + epsilon));
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    int axes, group, outside, inside;
    float epsilon;
    bool rms;
    std::vector<float> gamma, beta;
};

class LayerNormalizationCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        if (in[0]->getType() != halide_type_of<float>() || !runnable()) {
            return nullptr;
        }
        return new LayerNormalization(b, op->main_as_LayerNorm());
    }
};
REGISTER_CPU_OP_CREATOR(LayerNormalizationCreator, OpType_LayerNorm);

} // namespace MNN
