// The square root of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Sqrt, UnaryOpOperation_SQRT, vsqrt(x))

} // namespace MNN
