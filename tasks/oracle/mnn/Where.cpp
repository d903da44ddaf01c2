// One of two values by a condition, each broadcast to the output's shape: its
// strides are nought along the axes where it has one element.
#include "kernel.hpp"

namespace MNN {

enum { OPERANDS = 3, AXES = 8 };

class Where : public Execution {
public:
    explicit Where(Backend *b) : Execution(b) {
    }
    ErrorCode onResize(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        rank = out[0]->dimensions();
        if (rank > AXES) {
            return NOT_SUPPORT;
        }
        for (int i = 0; i < rank; i++) {
            size[i] = out[0]->length(i);
        }
        for (int o = 0; o < OPERANDS; o++) {
            int own = in[o]->dimensions(), at = 1;
            for (int i = rank - 1; i >= 0; i--) {
                int axis     = i - (rank - own);
                int length   = axis < 0 ? 1 : in[o]->length(axis);
                stride[o][i] = length == 1 ? 0 : at;
                at *= length;
            }
        }
        return NO_ERROR;
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int32_t *y  = out[0]->host<int32_t>();
        int outside = 1, width = rank ? size[rank - 1] : 1;
        for (int i = 0; i < rank - 1; i++) {
            outside *= size[i];
        }
        for (int o = 0; o < outside; o++, y += width) {
            const int32_t *p[OPERANDS];
            int step[OPERANDS];
            for (int k = 0; k < OPERANDS; k++) {
                int offset = 0, rest = o;
                for (int i = rank - 2; i >= 0; i--) {
                    offset += rest % size[i] * stride[k][i];
                    rest /= size[i];
                }
                p[k]    = in[k]->host<int32_t>() + offset;
                step[k] = rank ? stride[k][rank - 1] : 0;
            }
            row(y, p[0], p[1], p[2], step, width);
        }
        return NO_ERROR;
    }

private:
    static void row(int32_t *y, const int32_t *c, const int32_t *a, const int32_t *b, const int *step, int n) {
        if (step[0] == 1 && step[1] == 1 && step[2] == 1) {
            for (int i = 0; i < n; i++) {
                int32_t p = a[i], q = b[i];
                y[i] = c[i] ? p : q;
            }
        } else if (step[0] == 1 && step[1] == 1) {
            int32_t q = *b;
            for (int i = 0; i < n; i++) {
                int32_t p = a[i];
                y[i] = c[i] ? p : q;
            }
        } else {
            for (int i = 0; i < n; i++) {
                y[i] = c[i * step[0]] ? a[i * step[1]] : b[i * step[2]];
            }
        }
    }
    int rank, size[AXES], stride[OPERANDS][AXES];
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
