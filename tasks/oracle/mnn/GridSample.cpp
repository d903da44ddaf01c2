// Samples of packed images at places given by a grid: neighbours of each place
// are found once and weighed for all blocks of channels.
#include "kernel.hpp"

namespace MNN {

class Sampler : public Execution {
public:
    Sampler(Backend *b, const GridSample *p) : Execution(b) {
        nearest = p->mode() == SampleMode_NEAREST;
        zeros   = p->paddingMode() == BorderMode_ZEROS;
        corners = p->alignCorners();
        pack    = static_cast<CPUBackend *>(b)->functions()->pack;
    }
    ErrorCode onResize(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        return out[0]->dimensions() == 4 ? NO_ERROR : NOT_SUPPORT;
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        int batch = in[0]->length(0), blocks = UP_DIV(in[0]->length(1), pack);
        int h = in[0]->length(2), w = in[0]->length(3), oh = out[0]->length(2), ow = out[0]->length(3);
        int threads = static_cast<CPUBackend *>(backend())->threadNumber();
        // blocks of channels are outermost, the batch within them
        size_t from = (size_t)batch * h * w * pack, to = (size_t)batch * oh * ow * pack;
        MNN_CONCURRENCY_BEGIN(id, threads) {
            for (int row = (int)id; row < batch * oh; row += threads) {
                int b = row / oh;
                for (int i = 0; i < ow; i++) {
                    size_t at         = (size_t)row * ow + i;
                    const float *grid = in[1]->host<float>() + at * 2;
                    sample(out[0]->host<float>() + at * pack, in[0]->host<float>() + (size_t)b * h * w * pack,
                           place(grid[0], w), place(grid[1], h), w, h, blocks, from, to);
                }
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    float place(float x, int n) const {
        return corners ? (1.0f + x) * 0.5f * (float)(n - 1) : ((1.0f + x) * (float)n - 1.0f) * 0.5f;
    }
    // where a neighbour lies, its weight nought if that is outside
    int neighbour(int x, int y, int w, int h, float *weight) const {
        int cx = x < 0 ? 0 : x >= w ? w - 1 : x, cy = y < 0 ? 0 : y >= h ? h - 1 : y;
        if (zeros && (cx != x || cy != y)) {
            *weight = 0.0f;
        }
        return (cy * w + cx) * pack;
    }
    void sample(float *y, const float *x, float px, float py, int w, int h, int blocks, size_t from, size_t to) const {
        float weight[4] = {1.0f, 0.0f, 0.0f, 0.0f};
        int at[4], n = 1;
        if (nearest) {
            at[0] = neighbour((int)nearbyintf(px), (int)nearbyintf(py), w, h, weight);
        } else {
            int x0 = (int)floorf(px), y0 = (int)floorf(py);
            float fx = px - (float)x0, fy = py - (float)y0;
            for (n = 0; n < 4; n++) {
                weight[n] = (n & 1 ? fx : 1.0f - fx) * (n & 2 ? fy : 1.0f - fy);
                at[n]     = neighbour(x0 + (n & 1), y0 + (n >> 1), w, h, &weight[n]);
            }
        }
        for (int c = 0; c < blocks; c++) {
            for (int l = 0; l < pack; l++) {
                float sum = 0.0f;
                for (int i = 0; i < n; i++) {
                    sum += weight[i] * x[at[i] + l];
                }
                y[l] = sum;
            }
            x += from;
            y += to;
        }
    }
    bool nearest, zeros, corners;
    int pack;
};

class GridSampleCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        auto p = op->main_as_GridSample();
        if (p->backward() || in[0]->getType() != halide_type_of<float>() || !runnable()) {
            return nullptr;
        }
        return new Sampler(b, p);
    }
};
REGISTER_CPU_OP_CREATOR(GridSampleCreator, OpType_GridSample);

} // namespace MNN
