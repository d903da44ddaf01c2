// Greater than, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(GreaterFloats, float, int32_t, a > b)
LOOP2(GreaterIntegers, int32_t, int32_t, a > b)
BINARY(Greater, BinaryOpOperation_GREATER, GreaterFloats, GreaterIntegers)

} // namespace MNN
