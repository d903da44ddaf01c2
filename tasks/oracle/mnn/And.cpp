// Conjunction of booleans, which are integers here, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(AndFloats, float, float, a * b)
LOOP2(AndIntegers, int32_t, int32_t, a & b)
BINARY(And, BinaryOpOperation_MUL, AndFloats, AndIntegers)

} // namespace MNN
