// Differences, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(SubFloats, float, float, a - b)
LOOP2(SubIntegers, int32_t, int32_t, a - b)
BINARY(Sub, BinaryOpOperation_SUB, SubFloats, SubIntegers)

} // namespace MNN
