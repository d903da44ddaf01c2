// Bits moved to the left or right; unsigned numbers lie in integers here.
#include "kernel.hpp"

namespace MNN {

LOOP2(ShiftLeft, uint32_t, uint32_t, b < 32 ? a << b : 0)
LOOP2(ShiftRight, uint32_t, uint32_t, b < 32 ? a >> b : 0)

class BitShiftCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        int operation = op->main_as_BinaryOp()->opType();
        bool left = operation == BinaryOpOperation_LEFTSHIFT;
        if ((!left && operation != BinaryOpOperation_RIGHTSHIFT) || in[0]->getType().bits != 32) {
            return nullptr;
        }
        return new Binary(b, left ? ShiftLeft : ShiftRight);
    }
};
REGISTER_CPU_OP_CREATOR(BitShiftCreator, OpType_BinaryOp);

} // namespace MNN
