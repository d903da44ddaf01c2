// A matrix product in blocks of six rows and sixteen columns, which twelve
// registers hold; the right matrix is packed into columns of sixteen first.
#include "kernel.hpp"

#include <vector>

namespace MNN {

enum { ROWS = 6, COLUMNS = 2 * LANES };

// rows x 16 of the product; a's elements are as and ak apart, b is packed
template <int N>
static void tile(float *y, int stride, const float *a, size_t as, size_t ak, const float *b, int k, int width) {
    vf s[N][2];
    for (int r = 0; r < N; r++) {
        s[r][0] = s[r][1] = vset(0.0f);
    }
    for (int i = 0; i < k; i++) {
        vf p = vload(b + (size_t)i * COLUMNS), q = vload(b + (size_t)i * COLUMNS + LANES);
        for (int r = 0; r < N; r++) {
            vf x    = vset(a[r * as + i * ak]);
            s[r][0] = s[r][0] + x * p;
            s[r][1] = s[r][1] + x * q;
        }
    }
    for (int r = 0; r < N; r++) {
        if (width == COLUMNS) {
            vstore(y + (size_t)r * stride, s[r][0]);
            vstore(y + (size_t)r * stride + LANES, s[r][1]);
        } else {
            memcpy(y + (size_t)r * stride, &s[r][0], width * sizeof(float));
        }
    }
}

class Product : public Execution {
public:
    Product(Backend *b, const MatMul *p) : Execution(b), ta(p->transposeA()), tb(p->transposeB()) {
    }
    ErrorCode onResize(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int ra = in[0]->dimensions(), rb = in[1]->dimensions();
        if (in.size() > 2 || ra < 2 || rb < 2) {
            return NOT_SUPPORT;
        }
        m = in[0]->length(ta ? ra - 1 : ra - 2);
        k = in[0]->length(ta ? ra - 2 : ra - 1);
        n = in[1]->length(tb ? rb - 2 : rb - 1);
        packed.resize((size_t)UP_DIV(n, (int)COLUMNS) * COLUMNS * k);
        places(lefts, in[0], out[0]);
        places(rights, in[1], out[0]);
        return NO_ERROR;
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int last = -1;
        for (size_t p = 0; p < lefts.size(); p++) {
            if (rights[p] != last) {
                pack(in[1]->host<float>() + (size_t)rights[p] * k * n);
            }
            last = rights[p];
            product(out[0]->host<float>() + p * m * n, in[0]->host<float>() + (size_t)lefts[p] * m * k);
        }
        return NO_ERROR;
    }

private:
    // which of an operand's matrices each of the result's is made of
    static void places(std::vector<int> &all, const Tensor *from, const Tensor *to) {
        int batches = to->dimensions() - 2, less = to->dimensions() - from->dimensions(), total = 1;
        for (int d = 0; d < batches; d++) {
            total *= to->length(d);
        }
        all.assign(total, 0);
        for (int p = 0; p < total; p++) {
            int rest = p, step = 1;
            for (int d = batches - 1; d >= less; d--) {
                int at = rest % to->length(d), size = from->length(d - less);
                all[p] += size == 1 ? 0 : at * step;
                step *= size;
                rest /= to->length(d);
            }
        }
    }
    void product(float *y, const float *a) {
        size_t as = ta ? 1 : (size_t)k, ak = ta ? (size_t)m : 1;
        int threads = static_cast<CPUBackend *>(backend())->threadNumber();
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int j = (int)id * COLUMNS; j < n; j += threads * COLUMNS) {
                const float *b = packed.data() + (size_t)j * k;
                int width = n - j < COLUMNS ? n - j : (int)COLUMNS, i = 0;
                for (; i + ROWS <= m; i += ROWS) {
                    tile<ROWS>(y + (size_t)i * n + j, n, a + i * as, as, ak, b, k, width);
                }
                for (; i < m; i++) {
                    tile<1>(y + (size_t)i * n + j, n, a + i * as, as, ak, b, k, width);
                }
            }
        }
        MNN_CONCURRENCY_END();
    }
    void pack(const float *b) {
        size_t row = tb ? 1 : (size_t)n, column = tb ? (size_t)k : 1;
        for (int j = 0; j < n; j += COLUMNS) {
            float *to = packed.data() + (size_t)j * k;
            int width = n - j < COLUMNS ? n - j : (int)COLUMNS;
            for (int i = 0; i < k; i++) {
                for (int c = 0; c < width; c++) {
                    to[(size_t)i * COLUMNS + c] = b[i * row + (j + c) * column];
                }
            }
        }
    }
    bool ta, tb;
    int m, k, n;
    std::vector<float> packed;
    std::vector<int> lefts, rights;
};

class ProductCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        return runnable() ? new Product(b, op->main_as_MatMul()) : nullptr;
    }
};
REGISTER_CPU_OP_CREATOR(ProductCreator, OpType_MatMul);

} // namespace MNN
