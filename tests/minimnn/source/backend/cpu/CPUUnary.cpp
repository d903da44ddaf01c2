// x / (1 + |x|) times a scale, for what the converter makes of Softsign
#include <cmath>
#include "backend/cpu/CPUBackend.hpp"
namespace MNN {
class CPUUnary : public Execution {
public:
    CPUUnary(Backend *b, float s) : Execution(b), scale(s) {}
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        for (int i = 0; i < in[0]->elementSize(); i++) {
            float x = in[0]->host<float>()[i];
            out[0]->host<float>()[i] = scale * x / (1.0f + std::fabs(x));
        }
        return NO_ERROR;
    }
private:
    float scale;
};
class CPUUnaryCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &, const std::vector<Tensor *> &, const Op *op,
                        Backend *b) const override {
        return new CPUUnary(b, op->scale);
    }
};
REGISTER_CPU_OP_CREATOR(CPUUnaryCreator, OpType_UnaryOp)
} // namespace MNN
