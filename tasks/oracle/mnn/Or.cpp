// Disjunction of booleans, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(OrFloats, float, int32_t, (a != 0) | (b != 0))
LOOP2(OrIntegers, int32_t, int32_t, (a | b) != 0)
BINARY(Or, BinaryOpOperation_LOGICALOR, OrFloats, OrIntegers)

} // namespace MNN
