// Products, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(MulFloats, float, float, a * b)
LOOP2(MulIntegers, int32_t, int32_t, a * b)
BINARY(Mul, BinaryOpOperation_MUL, MulFloats, MulIntegers)

} // namespace MNN
