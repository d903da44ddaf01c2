// Softmax along one axis: rows where the axis is the last, else columns, eight
// at a time.
#include "kernel.hpp"

namespace MNN {

static void row(float *y, const float *x, int n) {
    vf m = vset(-INFINITY), s = vset(0.0f);
    float most = -INFINITY, sum = 0.0f;
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        m = vmax(m, vload(x + i));
    }
    for (int l = 0; l < LANES; l++) {
        most = m[l] > most ? m[l] : most;
    }
    for (; i < n; i++) {
        most = x[i] > most ? x[i] : most;
    }
    for (i = 0; i + LANES <= n; i += LANES) {
        vf e = vexp(vload(x + i) - most);
        vstore(y + i, e);
        s = s + e;
    }
    sum = vsum(s);
    if (i < n) {
        float rest[LANES];
        for (int l = 0; l < LANES; l++) {
            rest[l] = i + l < n ? x[i + l] : -INFINITY;
        }
        vf e = vexp(vload(rest) - most);
        for (int l = 0; i + l < n; l++) {
            y[i + l] = e[l];
            sum += e[l];
        }
    }
    float scale = 1.0f / sum;
    for (i = 0; i + LANES <= n; i += LANES) {
        vstore(y + i, vload(y + i) * scale);
    }
    for (; i < n; i++) {
        y[i] *= scale;
    }
}

static void columns(float *y, const float *x, int n, int inside, int width) {
    float most[LANES], part[LANES];
    vf m = vset(-INFINITY), s = vset(0.0f);
    for (int a = 0; a < n; a++) {
        memcpy(part, x + (size_t)a * inside, width * sizeof(float));
        m = vmax(m, vload(part));
    }
    vstore(most, m);
    for (int a = 0; a < n; a++) {
        memcpy(part, x + (size_t)a * inside, width * sizeof(float));
        vf e = vexp(vload(part) - vload(most));
        s = s + e;
        vstore(part, e);
        memcpy(y + (size_t)a * inside, part, width * sizeof(float));
    }
    s = 1.0f / s;
    for (int a = 0; a < n; a++) {
        memcpy(part, y + (size_t)a * inside, width * sizeof(float));
        vstore(part, vload(part) * s);
        memcpy(y + (size_t)a * inside, part, width * sizeof(float));
    }
}

static void columns8(float *y, const float *x, int n, int inside) {
    vf m = vset(-INFINITY), s = vset(0.0f);
    for (int a = 0; a < n; a++) {
        m = vmax(m, vload(x + (size_t)a * inside));
    }
    for (int a = 0; a < n; a++) {
        vf e = vexp(vload(x + (size_t)a * inside) - m);
        vstore(y + (size_t)a * inside, e);
        s = s + e;
    }
    s = 1.0f / s;
    for (int a = 0; a < n; a++) {
        vstore(y + (size_t)a * inside, vload(y + (size_t)a * inside) * s);
    }
}

class Softmax : public Execution {
public:
    Softmax(Backend *b, int a) : Execution(b), axis(a) {
    }
    ErrorCode onResize(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int at  = axis < 0 ? axis + in[0]->dimensions() : axis;
        outside = inside = 1;
        for (int i = 0; i < in[0]->dimensions(); i++) {
            (i < at ? outside : inside) *= i == at ? 1 : in[0]->length(i);
        }
        length = in[0]->length(at);
        return TensorUtils::getDescribe(in[0])->dimensionFormat == MNN_DATA_FORMAT_NC4HW4 ? NOT_SUPPORT : NO_ERROR;
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int threads    = static_cast<CPUBackend *>(backend())->threadNumber();
        const float *x = in[0]->host<float>();
        float *y       = out[0]->host<float>();
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int o = (int)id; o < outside; o += threads) {
                const float *from = x + (size_t)o * length * inside;
                float *to         = y + (size_t)o * length * inside;
                int i             = 0;
                if (inside == 1) {
                    row(to, from, length);
                    continue;
                }
                for (; i + LANES <= inside; i += LANES) {
                    columns8(to + i, from + i, length, inside);
                }
                if (i < inside) {
                    columns(to + i, from + i, length, inside, inside - i);
                }
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    int axis, outside, inside, length;
};

class SoftmaxCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        return runnable() ? new Softmax(b, op->main_as_Axis()->axis()) : nullptr;
    }
};
REGISTER_CPU_OP_CREATOR(SoftmaxCreator, OpType_Softmax);

} // namespace MNN
