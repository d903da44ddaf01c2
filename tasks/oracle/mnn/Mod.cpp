// Remainders: MNN's MOD has the sign of the divisor; its FLOORMOD is what the
// converter makes of fmod=1, whose remainders have that of the dividend.
#include "kernel.hpp"

namespace MNN {

static int32_t floored(int32_t a, int32_t b) {
    int32_t r = b == -1 ? 0 : a % b;
    return r != 0 && (r ^ b) < 0 ? r + b : r;
}
LOOP2(Remainders, float, float, fmodf(a, b))
LOOP2(Floored, int32_t, int32_t, floored(a, b))
LOOP2(Truncated, int32_t, int32_t, b == -1 ? 0 : a % b)

class ModCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        int operation = op->main_as_BinaryOp()->opType();
        if ((operation != BinaryOpOperation_MOD && operation != BinaryOpOperation_FLOORMOD) || !runnable()) {
            return nullptr;
        }
        if (in[0]->getType().code == halide_type_float) {
            return new Binary(b, Remainders);
        }
        return new Binary(b, operation == BinaryOpOperation_MOD ? Floored : Truncated);
    }
};
REGISTER_CPU_OP_CREATOR(ModCreator, OpType_BinaryOp);

} // namespace MNN
