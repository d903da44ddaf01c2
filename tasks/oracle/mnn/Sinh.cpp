// The hyperbolic sine of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Sinh, UnaryOpOperation_SINH, vsinh(x))

} // namespace MNN
