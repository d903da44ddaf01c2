// The arc tangent of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Atan, UnaryOpOperation_ATAN, vatan(x))

} // namespace MNN
