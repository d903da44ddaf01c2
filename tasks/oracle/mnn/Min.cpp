// The lesser of two, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(MinFloats, float, float, (a < b || a != a) ? a : b)
LOOP2(MinIntegers, int32_t, int32_t, a < b ? a : b)
BINARY(Min, BinaryOpOperation_MINIMUM, MinFloats, MinIntegers)

} // namespace MNN
