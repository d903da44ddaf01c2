// A reduction along one axis, by what the kernel brings before it: vjoin and join of
// two, finish of what n were joined to, FIRST that changes nothing, and WHICH of
// MNN's reductions it is.
namespace MNN {

// a row of neighbours: four vectors at once hide the latency of one
static float row(const float *x, int n) {
    vf a = vset(FIRST), b = a, c = a, d = a;
    int i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
        a = vjoin(a, vload(x + i));
        b = vjoin(b, vload(x + i + LANES));
        c = vjoin(c, vload(x + i + 2 * LANES));
        d = vjoin(d, vload(x + i + 3 * LANES));
    }
    for (; i + LANES <= n; i += LANES) {
        a = vjoin(a, vload(x + i));
    }
    a = vjoin(vjoin(a, b), vjoin(c, d));
    float y = a[0];
    for (int l = 1; l < LANES; l++) {
        y = join(y, a[l]);
    }
    for (; i < n; i++) {
        y = join(y, x[i]);
    }
    return finish(y, n);
}

// rows joined element by element: what is summed up stays in registers
static void rows(float *y, const float *x, int n, int inside) {
    int i = 0;
    for (; i + 4 * LANES <= inside; i += 4 * LANES) {
        vf a = vset(FIRST), b = a, c = a, d = a;
        for (int k = 0; k < n; k++) {
            const float *p = x + (size_t)k * inside + i;
            a = vjoin(a, vload(p));
            b = vjoin(b, vload(p + LANES));
            c = vjoin(c, vload(p + 2 * LANES));
            d = vjoin(d, vload(p + 3 * LANES));
        }
        vstore(y + i, finish(a, n));
        vstore(y + i + LANES, finish(b, n));
        vstore(y + i + 2 * LANES, finish(c, n));
        vstore(y + i + 3 * LANES, finish(d, n));
    }
    for (; i < inside; i++) {
        float a = FIRST;
        for (int k = 0; k < n; k++) {
            a = join(a, x[(size_t)k * inside + i]);
        }
        y[i] = finish(a, n);
    }
}

static void integers(int32_t *y, const int32_t *x, int n, int inside) {
    if (inside == 1) {
        int32_t a = x[0];
        for (int k = 1; k < n; k++) {
            a = join(a, x[k]);
        }
        y[0] = finish(a, n);
        return;
    }
    memcpy(y, x, inside * sizeof(*y));
    for (int k = 1; k < n; k++) {
        for (int i = 0; i < inside; i++) {
            y[i] = join(y[i], x[(size_t)k * inside + i]);
        }
    }
    for (int i = 0; i < inside; i++) {
        y[i] = finish(y[i], n);
    }
}

class Reduction : public Execution {
public:
    Reduction(Backend *b, int a) : Execution(b), axis(a) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int threads = static_cast<CPUBackend *>(backend())->threadNumber();
        int outside = 1, inside = 1, n = in[0]->length(axis);
        for (int i = 0; i < in[0]->dimensions(); i++) {
            (i < axis ? outside : inside) *= i == axis ? 1 : in[0]->length(i);
        }
        bool floats = in[0]->getType().code == halide_type_float;
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int o = (int)id; o < outside; o += threads) {
                size_t from = (size_t)o * n * inside, to = (size_t)o * inside;
                if (!floats) {
                    integers(out[0]->host<int32_t>() + to, in[0]->host<int32_t>() + from, n, inside);
                } else if (inside == 1) {
                    out[0]->host<float>()[to] = row(in[0]->host<float>() + from, n);
                } else {
                    rows(out[0]->host<float>() + to, in[0]->host<float>() + from, n, inside);
                }
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    int axis;
};

class ReductionCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        auto p = op->main_as_ReductionParam();
        if (p->operation() != WHICH || in[0]->getType().bits != 32 || !runnable()) {
            return nullptr;
        }
        return new Reduction(b, p->dim()->data()[0]);
    }
};
REGISTER_CPU_OP_CREATOR(ReductionCreator, OpType_Reduction);

} // namespace MNN
