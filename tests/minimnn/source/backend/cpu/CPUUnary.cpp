// x / (1 + |x|) times a scale, for what the converter makes of Softsign, and
// other functions of one element
#include <cmath>
#include "backend/cpu/CPUBackend.hpp"
namespace MNN {
class CPUUnary : public Execution {
public:
    CPUUnary(Backend *b, const Op *op) : Execution(b), scale(op->scale), operation(op->main_as_UnaryOp()->opType()) {}
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        for (int i = 0; i < in[0]->elementSize(); i++) {
            float x = in[0]->host<float>()[i];
            out[0]->host<float>()[i] = apply(x);
        }
        return NO_ERROR;
    }
private:
    float apply(float x) const {
        switch (operation) {
        case UnaryOpOperation_ABS: return std::fabs(x);
        case UnaryOpOperation_CEIL: return std::ceil(x);
        case UnaryOpOperation_FLOOR: return std::floor(x);
        case UnaryOpOperation_NEG: return -x;
        default: return scale * x / (1.0f + std::fabs(x));
        }
    }
    float scale;
    UnaryOpOperation operation;
};
class CPUUnaryCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &, const std::vector<Tensor *> &, const Op *op,
                        Backend *b) const override {
        return new CPUUnary(b, op);
    }
};
REGISTER_CPU_OP_CREATOR(CPUUnaryCreator, OpType_UnaryOp)
} // namespace MNN
