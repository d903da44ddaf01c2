// The hyperbolic tangent of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Tanh, UnaryOpOperation_TANH, vtanh(x))

} // namespace MNN
