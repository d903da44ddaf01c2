// A scale and a bias for each channel, which is what MNN makes of batch
// normalization; channels lie packed by the backend's number of lanes.
#include "kernel.hpp"

#include <vector>

namespace MNN {

class BatchNormalization : public Execution {
public:
    BatchNormalization(Backend *b, const Scale *p) : Execution(b) {
        pack     = static_cast<CPUBackend *>(b)->functions()->pack;
        size_t n = p->scaleData()->size(), room = UP_DIV(n, (size_t)16) * 16;
        scale.resize(room);
        bias.resize(room);
        memcpy(scale.data(), p->scaleData()->data(), n * sizeof(float));
        if (p->biasData() && p->biasData()->size() == n) {
            memcpy(bias.data(), p->biasData()->data(), n * sizeof(float));
        }
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int batch = in[0]->length(0), blocks = UP_DIV(in[0]->length(1), pack), plane = 1;
        int threads = static_cast<CPUBackend *>(backend())->threadNumber();
        for (int i = 2; i < in[0]->dimensions(); i++) {
            plane *= in[0]->length(i);
        }
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int i = (int)id; i < batch * blocks; i += threads) {
                size_t at = (size_t)i * plane * pack;
                block(out[0]->host<float>() + at, in[0]->host<float>() + at, (size_t)plane * pack, i / batch * pack);
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    // the pack is four, eight or sixteen: its scales repeated fill a vector
    void block(float *y, const float *x, size_t n, int channel) const {
        float s[16], b[16];
        size_t i = 0;
        for (int l = 0; l < 16; l++) {
            s[l] = scale[channel + l % pack];
            b[l] = bias[channel + l % pack];
        }
        for (; i + 16 <= n; i += 16) {
            vstore(y + i, vload(x + i) * vload(s) + vload(b));
            vstore(y + i + LANES, vload(x + i + LANES) * vload(s + LANES) + vload(b + LANES));
        }
        for (; i < n; i++) {
            y[i] = x[i] * s[i % 16] + b[i % 16];
        }
    }
    int pack;
    std::vector<float> scale, bias;
};

class BatchNormalizationCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        if (in[0]->getType() != halide_type_of<float>() || !runnable()) {
            return nullptr;
        }
        return new BatchNormalization(b, op->main_as_Scale());
    }
};
REGISTER_CPU_OP_CREATOR(BatchNormalizationCreator, OpType_Scale);

} // namespace MNN
