// Determinants by elimination with partial pivoting, in a copy of the matrix.
#include "kernel.hpp"

#include <algorithm>
#include <vector>

namespace MNN {

static float determinant(float *m, int n) {
    float det = 1.0f;
    for (int k = 0; k < n; k++) {
        int pivot = k;
        for (int i = k + 1; i < n; i++) {
            if (fabsf(m[i * n + k]) > fabsf(m[pivot * n + k])) {
                pivot = i;
            }
        }
        if (m[pivot * n + k] == 0.0f) {
            return 0.0f;
        }
        if (pivot != k) {
            std::swap_ranges(m + k * n + k, m + (k + 1) * n, m + pivot * n + k);
            det = -det;
        }
        det *= m[k * n + k];
        float inverse = 1.0f / m[k * n + k];
        for (int i = k + 1; i < n; i++) {
            float factor = m[i * n + k] * inverse;
            for (int j = k + 1; j < n; j++) {
                m[i * n + j] -= factor * m[k * n + j];
            }
        }
    }
    return det;
}

class Det : public Execution {
public:
    explicit Det(Backend *b) : Execution(b) {
    }
    ErrorCode onResize(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        n = in[0]->length(in[0]->dimensions() - 1);
        copy.resize((size_t)n * n);
        return NO_ERROR;
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        size_t size = (size_t)n * n, count = (size_t)in[0]->elementSize() / size;
        for (size_t i = 0; i < count; i++) {
            memcpy(copy.data(), in[0]->host<float>() + i * size, size * sizeof(float));
            out[0]->host<float>()[i] = determinant(copy.data(), n);
        }
        return NO_ERROR;
    }

private:
    int n;
    std::vector<float> copy;
};

class DetCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        return runnable() ? new Det(b) : nullptr;
    }
};
REGISTER_CPU_OP_CREATOR(DetCreator, OpType_Det);

} // namespace MNN
