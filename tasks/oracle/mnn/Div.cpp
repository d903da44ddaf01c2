// Quotients, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(DivFloats, float, float, a / b)
LOOP2(DivIntegers, int32_t, int32_t, b ? a / b : 0)
BINARY(Div, BinaryOpOperation_REALDIV, DivFloats, DivIntegers)

} // namespace MNN
