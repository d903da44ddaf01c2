// What is below zero times a slope, one for all or one for each channel; channels
// lie packed by the backend's number of lanes.
#include "kernel.hpp"

#include <vector>

namespace MNN {

INLINE vf bent(vf x, vf s) { return x > 0.0f ? x : x * s; }

// the pack is four, eight or sixteen: its slopes repeated fill two vectors
static void block(float *y, const float *x, size_t n, const float *slope, int pack) {
    float s[16];
    size_t i = 0;
    for (int l = 0; l < 16; l++) {
        s[l] = slope[l % pack];
    }
    for (; i + 16 <= n; i += 16) {
        vstore(y + i, bent(vload(x + i), vload(s)));
        vstore(y + i + LANES, bent(vload(x + i + LANES), vload(s + LANES)));
    }
    for (; i < n; i++) {
        y[i] = x[i] > 0.0f ? x[i] : x[i] * s[i % 16];
    }
}

class Bent : public Execution {
public:
    Bent(Backend *b, const PRelu *p) : Execution(b), one(p->slope()->size() == 1) {
        size_t n = p->slope()->size();
        pack     = static_cast<CPUBackend *>(b)->functions()->pack;
        slope.resize(UP_DIV(n, (size_t)16) * 16);
        memcpy(slope.data(), p->slope()->data(), n * sizeof(float));
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int threads = static_cast<CPUBackend *>(backend())->threadNumber();
        int batch = in[0]->length(0), blocks = one ? 1 : UP_DIV(in[0]->length(1), pack);
        if (one) {
            block(out[0]->host<float>(), in[0]->host<float>(), lying(backend(), in[0]), slope.data(), 1);
            return NO_ERROR;
        }
        size_t plane = lying(backend(), in[0]) / (batch * blocks);
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int i = (int)id; i < batch * blocks; i += threads) {
                block(out[0]->host<float>() + i * plane, in[0]->host<float>() + i * plane, plane,
                      slope.data() + i / batch * pack, pack);
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    bool one;
    int pack;
    std::vector<float> slope;
};

class PReluCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        return in[0]->getType() == halide_type_of<float>() && runnable() ? new Bent(b, op->main_as_PRelu()) : nullptr;
    }
};
REGISTER_CPU_OP_CREATOR(PReluCreator, OpType_PReLU);

} // namespace MNN
