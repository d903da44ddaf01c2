// The inverse hyperbolic sine of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Asinh, UnaryOpOperation_ASINH, vasinh(x))

} // namespace MNN
