// Values between two bounds: MNN's ReLU6 with bounds of its own.
#include "kernel.hpp"

namespace MNN {

static void loop(float *to, const float *from, size_t n, float low, float high) {
    vf l = vset(low), h = vset(high);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vstore(to + i, vmin(vmax(vload(from + i), l), h));
    }
    for (; i < n; i++) {
        float x = from[i] < low ? low : from[i];
        to[i]   = x > high ? high : x;
    }
}

class Clip : public Execution {
public:
    Clip(Backend *b, float l, float h) : Execution(b), low(l), high(h) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        loop(out[0]->host<float>(), in[0]->host<float>(), lying(backend(), in[0]), low, high);
        return NO_ERROR;
    }

private:
    float low, high;
};

class ClipCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        auto p = op->main_as_Relu6();
        if (in[0]->getType().code != halide_type_float || !runnable()) {
            return nullptr;
        }
        return new Clip(b, p ? p->minValue() : 0.0f, p ? p->maxValue() : 6.0f);
    }
};
REGISTER_CPU_OP_CREATOR(ClipCreator, OpType_ReLU6);

} // namespace MNN
