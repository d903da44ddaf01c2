// Convolution over packed channels, dense and depthwise.  The input is copied
// once into a frame with its padding, so that the inner loops know no border;
// a tile of neighbouring outputs shares each vector of weights.
#include "kernel.hpp"

#include "core/ConvolutionCommon.hpp"

namespace MNN {

enum { TILE = 6 };

template <int P>
struct Pack;
template <>
struct Pack<4> {
    typedef float vector __attribute__((vector_size(16)));
};
template <>
struct Pack<8> {
    typedef float vector __attribute__((vector_size(32)));
};

struct Shape {
    int pack, iw, ih, ow, oh, kw, kh, sw, sh, dw, dh, pw, ph, fw, fh;
};

class Frame : public Execution {
public:
    Frame(Backend *b, const Op *op) : Execution(b), common(op->main_as_Convolution2D()->common()) {
        s.pack   = static_cast<CPUBackend *>(b)->functions()->pack;
        outputs_ = common->outputCount();
        relu     = common->relu();
        relu6    = common->relu6();
    }
    ErrorCode onResize(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        auto pad = ConvolutionCommon::convolutionPad(in[0], out[0], common);
        s.iw = in[0]->width(), s.ih = in[0]->height(), s.ow = out[0]->width(), s.oh = out[0]->height();
        s.kw = common->kernelX(), s.kh = common->kernelY(), s.sw = common->strideX(), s.sh = common->strideY();
        s.dw = common->dilateX(), s.dh = common->dilateY(), s.pw = pad.first, s.ph = pad.second;
        s.fw = (s.ow - 1) * s.sw + (s.kw - 1) * s.dw + 1, s.fh = (s.oh - 1) * s.sh + (s.kh - 1) * s.dh + 1;
        s.fw = s.fw < s.iw + s.pw ? s.iw + s.pw : s.fw;
        s.fh = s.fh < s.ih + s.ph ? s.ih + s.ph : s.fh;
        blocks = UP_DIV(in[0]->channel(), s.pack);
        frame.reset(Tensor::createDevice<float>({in[0]->batch() * blocks * s.fh * s.fw * s.pack}));
        if (!backend()->onAcquireBuffer(frame.get(), Backend::DYNAMIC)) {
            return OUT_OF_MEMORY;
        }
        backend()->onReleaseBuffer(frame.get(), Backend::DYNAMIC);
        return NO_ERROR;
    }

protected:
    // blocks and batch keep their places
    void fill(const float *x, int planes) const {
        size_t line = (size_t)s.fw * s.pack;
        for (int p = 0; p < planes; p++) {
            float *to = frame->host<float>() + p * line * s.fh;
            for (int j = 0; j < s.fh; j++, to += line) {
                if (j < s.ph || j >= s.ph + s.ih) {
                    memset(to, 0, line * sizeof(float));
                    continue;
                }
                memset(to, 0, (size_t)s.pw * s.pack * sizeof(float));
                memcpy(to + s.pw * s.pack, x + ((size_t)p * s.ih + j - s.ph) * s.iw * s.pack,
                       (size_t)s.iw * s.pack * sizeof(float));
                memset(to + (s.pw + s.iw) * s.pack, 0, (line - (size_t)(s.pw + s.iw) * s.pack) * sizeof(float));
            }
        }
    }
    float clip(float x) const {
        x = (relu || relu6) && x < 0.0f ? 0.0f : x;
        return relu6 && x > 6.0f ? 6.0f : x;
    }
    const Convolution2DCommon *common;
    Shape s;
    int outputs_, blocks;
    bool relu, relu6;
    std::shared_ptr<Tensor> frame;
    std::vector<float> weight, bias;
};

// N neighbouring outputs of one block of P channels
template <int P, int N>
static void dense(float y[][P], const float *x, const float *w, const float *b, const Shape &s, int inputs,
                  size_t plane) {
    typedef typename Pack<P>::vector vp;
    vp sum[N], start;
    memcpy(&start, b, sizeof(start));
    for (int n = 0; n < N; n++) {
        sum[n] = start;
    }
    for (int c = 0; c < inputs; c++) {
        const float *from = x + (size_t)(c / P) * plane + c % P;
        for (int j = 0; j < s.kh; j++) {
            for (int i = 0; i < s.kw; i++, w += P) {
                const float *at = from + ((size_t)j * s.dh * s.fw + i * s.dw) * P;
                vp v;
                memcpy(&v, w, sizeof(v));
                for (int n = 0; n < N; n++) {
                    sum[n] = sum[n] + v * at[(size_t)n * s.sw * P];
                }
            }
        }
    }
    memcpy(y, sum, sizeof(sum));
}

class Dense : public Frame {
public:
    Dense(Backend *b, const Op *op, const float *w, int inputs) : Frame(b, op), inputs(inputs) {
        auto p     = op->main_as_Convolution2D();
        int kernel = common->kernelX() * common->kernelY(), pack = s.pack, count = UP_DIV(outputs_, pack);
        weight.assign((size_t)count * inputs * kernel * pack, 0.0f);
        bias.assign((size_t)count * pack, 0.0f);
        memcpy(bias.data(), p->bias()->data(), outputs_ * sizeof(float));
        for (int o = 0; o < outputs_; o++) {
            for (int i = 0; i < inputs * kernel; i++) {
                weight[((size_t)(o / pack) * inputs * kernel + i) * pack + o % pack] = w[(size_t)o * inputs * kernel + i];
            }
        }
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        fill(in[0]->host<float>(), in[0]->batch() * blocks);
        if (s.pack == 8) {
            all<8>(out[0]->host<float>(), in[0]->batch());
        } else {
            all<4>(out[0]->host<float>(), in[0]->batch());
        }
        return NO_ERROR;
    }

private:
    template <int P>
    void all(float *y, int batch) {
        int threads = static_cast<CPUBackend *>(backend())->threadNumber(), count = UP_DIV(outputs_, P);
        size_t kernel = (size_t)inputs * s.kw * s.kh * P, plane = (size_t)batch * s.fh * s.fw * P;
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int r = (int)id; r < count * batch * s.oh; r += threads) {
                int o = r / (batch * s.oh), n = r / s.oh % batch, j = r % s.oh;
                const float *x = frame->host<float>() + ((size_t)n * s.fh + j * s.sh) * s.fw * P;
                for (int i = 0; i < s.ow; i += TILE) {
                    float tile[TILE][P];
                    int wide       = s.ow - i < TILE ? s.ow - i : (int)TILE;
                    const float *at = x + (size_t)i * s.sw * P;
                    if (wide == TILE) {
                        dense<P, TILE>(tile, at, weight.data() + o * kernel, bias.data() + o * P, s, inputs, plane);
                    } else {
                        for (int t = 0; t < wide; t++) {
                            dense<P, 1>(tile + t, at + (size_t)t * s.sw * P, weight.data() + o * kernel,
                                        bias.data() + o * P, s, inputs, plane);
                        }
                    }
                    float *to = y + ((size_t)r * s.ow + i) * P;
                    for (int t = 0; t < wide * P; t++) {
                        to[t] = clip(tile[t / P][t % P]);
                    }
                }
            }
        }
        MNN_CONCURRENCY_END();
    }
    int inputs;
};

class Depthwise : public Frame {
public:
    Depthwise(Backend *b, const Op *op, const float *w) : Frame(b, op) {
        auto p     = op->main_as_Convolution2D();
        int kernel = common->kernelX() * common->kernelY(), pack = s.pack, count = UP_DIV(outputs_, pack);
        weight.assign((size_t)count * kernel * pack, 0.0f);
        bias.assign((size_t)count * pack, 0.0f);
        memcpy(bias.data(), p->bias()->data(), outputs_ * sizeof(float));
        for (int o = 0; o < outputs_; o++) {
            for (int i = 0; i < kernel; i++) {
                weight[((size_t)(o / pack) * kernel + i) * pack + o % pack] = w[(size_t)o * kernel + i];
            }
        }
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int planes = in[0]->batch() * blocks;
        fill(in[0]->host<float>(), planes);
        if (s.pack == 8) {
            all<8>(out[0]->host<float>(), planes, in[0]->batch());
        } else {
            all<4>(out[0]->host<float>(), planes, in[0]->batch());
        }
        return NO_ERROR;
    }

private:
    template <int P>
    void all(float *y, int planes, int batch) {
        typedef typename Pack<P>::vector vp;
        int threads = static_cast<CPUBackend *>(backend())->threadNumber();
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int r = (int)id; r < planes * s.oh; r += threads) {
                int p = r / s.oh, j = r % s.oh, block = p / batch;
                const float *x = frame->host<float>() + ((size_t)p * s.fh + j * s.sh) * s.fw * P;
                float *to      = y + (size_t)r * s.ow * P;
                for (int i = 0; i < s.ow; i++, to += P) {
                    const float *w = weight.data() + (size_t)block * s.kw * s.kh * P;
                    vp sum, v, a;
                    memcpy(&sum, bias.data() + block * P, sizeof(sum));
                    for (int b = 0; b < s.kh; b++) {
                        const float *at = x + ((size_t)b * s.dh * s.fw + i * s.sw) * P;
                        for (int c = 0; c < s.kw; c++, w += P, at += s.dw * P) {
                            memcpy(&v, w, sizeof(v));
                            memcpy(&a, at, sizeof(a));
                            sum = sum + v * a;
                        }
                    }
                    for (int l = 0; l < P; l++) {
                        to[l] = clip(sum[l]);
                    }
                }
            }
        }
        MNN_CONCURRENCY_END();
    }
};

class ConvCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        auto p   = op->main_as_Convolution2D();
        int pack = static_cast<CPUBackend *>(b)->functions()->pack;
        if (in.size() != 1 || !p->weight() || !p->bias() || (pack != 4 && pack != 8) ||
            in[0]->getType() != halide_type_of<float>() || !runnable()) {
            return nullptr;
        }
        if (op->type() == OpType_ConvolutionDepthwise) {
            return new Depthwise(b, op, p->weight()->data());
        }
        int kernel = p->common()->kernelX() * p->common()->kernelY();
        int inputs = (int)p->weight()->size() / (p->common()->outputCount() * kernel);
        return inputs == in[0]->channel() ? new Dense(b, op, p->weight()->data(), inputs) : nullptr;
    }
};
REGISTER_CPU_OP_CREATOR(ConvCreator, OpType_Convolution);
REGISTER_CPU_OP_CREATOR(ConvCreator, OpType_ConvolutionDepthwise);

} // namespace MNN
