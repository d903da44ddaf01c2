// Greater than or equal, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(GreaterOrEqualFloats, float, int32_t, a >= b)
LOOP2(GreaterOrEqualIntegers, int32_t, int32_t, a >= b)
BINARY(GreaterOrEqual, BinaryOpOperation_GREATER_EQUAL, GreaterOrEqualFloats, GreaterOrEqualIntegers)

} // namespace MNN
