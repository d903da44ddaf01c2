// Sums, element by element.
#include "kernel.hpp"

namespace MNN {

LOOP2(AddFloats, float, float, a + b)
LOOP2(AddIntegers, int32_t, int32_t, a + b)
BINARY(Add, BinaryOpOperation_ADD, AddFloats, AddIntegers)

} // namespace MNN
