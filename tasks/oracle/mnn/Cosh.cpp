// The hyperbolic cosine of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Cosh, UnaryOpOperation_COSH, vcosh(x))

} // namespace MNN
