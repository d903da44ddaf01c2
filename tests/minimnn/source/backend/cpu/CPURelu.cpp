#include "backend/cpu/CPURelu.hpp"
namespace MNN {
CPURelu::CPURelu(Backend *b) : Execution(b) {}
ErrorCode CPURelu::onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) {
    for (int i = 0; i < in[0]->elementSize(); i++) {
        float x = in[0]->host<float>()[i];
        out[0]->host<float>()[i] = x > 0.0f ? x : 0.0f;
    }
    return NO_ERROR;
}
class CPUReluCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &, const std::vector<Tensor *> &, const Op *,
                        Backend *b) const override {
        return new CPURelu(b);
    }
};
REGISTER_CPU_OP_CREATOR(CPUReluCreator, OpType_ReLU)
} // namespace MNN
