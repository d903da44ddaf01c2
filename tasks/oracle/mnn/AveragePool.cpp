// The mean of each window over packed channels.  Rows and columns that lie outside the
// input are left out of the window before it is walked.
#include "kernel.hpp"

namespace MNN {

class AveragePool : public Execution {
public:
    AveragePool(Backend *b, const Pool *p) : Execution(b), pool(p) {
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
        bool whole  = pool->countType() == AvgPoolCountType_INCLUDE_PADDING ||
                     (pool->countType() == AvgPoolCountType_DEFAULT && pool->padType() == PoolPadType_CAFFE &&
                      pool->pads() == nullptr);
        int right   = left + kw > iw + pw ? iw + pw : left + kw, bottom = top + kh > ih + ph ? ih + ph : top + kh;
        float scale = 1.0f / (float)(whole ? (right - left) * (bottom - top) : (x1 - x0) * (y1 - y0));
        if (pack == LANES) {
            vf a = vset(0.0f);
            for (int j = y0; j < y1; j++) {
                for (int i = x0; i < x1; i++) {
                    vf b = vload(x + ((size_t)j * iw + i) * LANES);
                    a = a + b;
                }
            }
            vstore(y, a * scale);
            return;
        }
        for (int l = 0; l < pack; l++) {
            float a = 0.0f;
            for (int j = y0; j < y1; j++) {
                for (int i = x0; i < x1; i++) {
                    float b = x[((size_t)j * iw + i) * pack + l];
                    a = a + b;
                }
            }
            y[l] = a * scale;
        }
    }
    const Pool *pool;
    int pack, iw, ih, ow, oh, kw, kh, sw, sh, pw, ph;
};

class AveragePoolCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        auto p = op->main_as_Pool();
        if (p->type() != PoolType_AVEPOOL || out.size() != 1 || in[0]->getType() != halide_type_of<float>() || !runnable()) {
            return nullptr;
        }
        return new AveragePool(b, p);
    }
};
REGISTER_CPU_OP_CREATOR(AveragePoolCreator, OpType_Pooling);

} // namespace MNN
