// Less than, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(LessFloats, float, int32_t, a < b)
LOOP2(LessIntegers, int32_t, int32_t, a < b)
BINARY(Less, BinaryOpOperation_LESS, LessFloats, LessIntegers)

} // namespace MNN
