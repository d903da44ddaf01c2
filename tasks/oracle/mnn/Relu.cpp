// The rectifier; its slope below zero is nought.
#include "kernel.hpp"

namespace MNN {

static void loop(float *to, const float *from, size_t n, float slope) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vf x = vload(from + i);
        vstore(to + i, x > 0.0f ? x : x * slope);
    }
    for (; i < n; i++) {
        to[i] = from[i] > 0.0f ? from[i] : from[i] * slope;
    }
}

class Rectifier : public Execution {
public:
    Rectifier(Backend *b, float s) : Execution(b), slope(s) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        size_t n = lying(backend(), in[0]);
        int threads = n < LAUNCH_MULTI_THREADS_WORKLOAD ? 1 : static_cast<CPUBackend *>(backend())->threadNumber();
        size_t part = UP_DIV(UP_DIV(n, (size_t)threads), 16) * 16;
        MNN_CONCURRENCY_BEGIN(id, threads) {
            size_t from = part * (size_t)id;
            if (from < n) {
                loop(out[0]->host<float>() + from, in[0]->host<float>() + from, part < n - from ? part : n - from, slope);
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    float slope;
};

class RectifierCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        float slope = op->main_type() == OpParameter_Relu && op->main_as_Relu() ? op->main_as_Relu()->slope() : 0.0f;
        if (in[0]->getType().code != halide_type_float || !runnable()) {
            return nullptr;
        }
        return new Rectifier(b, slope);
    }
};
REGISTER_CPU_OP_CREATOR(RectifierCreator, OpType_ReLU);

} // namespace MNN
