// Equality, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(EqualFloats, float, int32_t, a == b)
LOOP2(EqualIntegers, int32_t, int32_t, a == b)
BINARY(Equal, BinaryOpOperation_EQUAL, EqualFloats, EqualIntegers)

} // namespace MNN
