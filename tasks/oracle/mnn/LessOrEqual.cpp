// Less than or equal, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(LessOrEqualFloats, float, int32_t, a <= b)
LOOP2(LessOrEqualIntegers, int32_t, int32_t, a <= b)
BINARY(LessOrEqual, BinaryOpOperation_LESS_EQUAL, LessOrEqualFloats, LessOrEqualIntegers)

} // namespace MNN
