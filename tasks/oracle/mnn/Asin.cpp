// The arc sine of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Asin, UnaryOpOperation_ASIN, vasin(x))

} // namespace MNN
