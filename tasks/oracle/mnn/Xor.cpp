// Exclusive disjunction of booleans, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(XorFloats, float, int32_t, (a != 0) != (b != 0))
LOOP2(XorIntegers, int32_t, int32_t, (a != 0) != (b != 0))
BINARY(Xor, BinaryOpOperation_LOGICALXOR, XorFloats, XorIntegers)

} // namespace MNN
