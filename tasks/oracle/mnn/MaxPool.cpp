// The greatest of each window over packed channels.  Rows and columns that lie outside the
// input are left out of the window before it is walked.
#include "kernel.hpp"

namespace MNN {

class MaxPool : public Execution {
public:
    MaxPool(Backend *b, const Pool *p) : Execution(b), pool(p) {
        pack = static_cast<CPUBackend *>(b)->functions()->pack;
    }
    ErrorCode onResize(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        iw = in[0]->width(), ih = in[0]->height(), ow = out[0]->width(), oh = out[0]->height();
        kw = pool->kernelX(), kh = pool->kernelY(), sw = pool->strideX(), sh = pool->strideY();
        pw = pool->padX(), ph = pool->padY();
        if (pool->isGlobal()) {
            kw = sw = iw, kh = sh = ih, pw = ph = 0;
        } else if (pool->padType() == PoolPadType_SAME) {
            int w = (ow - 1) * sw + kw - iw, h = (oh - 1) * sh + kh - ih;
            pw = w > 0 ? w / 2 : 0, ph = h > 0 ? h / 2 : 0;
        } else if (pool->padType() == PoolPadType_VALID) {
            pw = ph = 0;
        }
        return NO_ERROR;
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int planes = in[0]->batch() * UP_DIV(in[0]->channel(), pack);
        int threads = static_cast<CPUBackend *>(backend())->threadNumber();
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int p = (int)id; p < planes; p += threads) {
                const float *x = in[0]->host<float>() + (size_t)p * iw * ih * pack;
                float *y       = out[0]->host<float>() + (size_t)p * ow * oh * pack;
                for (int j = 0; j < oh; j++) {
                    for (int i = 0; i < ow; i++) {
                        window(y + ((size_t)j * ow + i) * pack, x, i * sw - pw, j * sh - ph);
                    }
                }
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    void window(float *y, const float *x, int left, int top) const {
        int x0 = left < 0 ? 0 : left, x1 = left + kw > iw ? iw : left + kw;
        int y0 = top < 0 ? 0 : top, y1 = top + kh > ih ? ih : top + kh;

        if (pack == LANES) {
            vf a = vset(-INFINITY);
            for (int j = y0; j < y1; j++) {
                for (int i = x0; i < x1; i++) {
                    vf b = vload(x + ((size_t)j * iw + i) * LANES);
                    a = vmax(a, b);
                }
            }
            vstore(y, a);
            return;
        }
        for (int l = 0; l < pack; l++) {
            float a = -INFINITY;
            for (int j = y0; j < y1; j++) {
                for (int i = x0; i < x1; i++) {
                    float b = x[((size_t)j * iw + i) * pack + l];
                    a = b > a ? b : a;
                }
            }
            y[l] = a;
        }
    }
    const Pool *pool;
    int pack, iw, ih, ow, oh, kw, kh, sw, sh, pw, ph;
};

class MaxPoolCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        auto p = op->main_as_Pool();
        if (p->type() != PoolType_MAXPOOL || out.size() != 1 || in[0]->getType() != halide_type_of<float>() || !runnable()) {
            return nullptr;
        }
        return new MaxPool(b, p);
    }
};
REGISTER_CPU_OP_CREATOR(MaxPoolCreator, OpType_Pooling);

} // namespace MNN
