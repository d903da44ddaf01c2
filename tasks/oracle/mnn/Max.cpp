// The greater of two, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(MaxFloats, float, float, (a > b || a != a) ? a : b)
LOOP2(MaxIntegers, int32_t, int32_t, a > b ? a : b)
BINARY(Max, BinaryOpOperation_MAXIMUM, MaxFloats, MaxIntegers)

} // namespace MNN
