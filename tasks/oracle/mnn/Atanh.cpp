// The inverse hyperbolic tangent of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Atanh, UnaryOpOperation_ATANH, vatanh(x))

} // namespace MNN
