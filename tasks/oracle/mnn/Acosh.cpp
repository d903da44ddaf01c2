// The inverse hyperbolic cosine of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Acosh, UnaryOpOperation_ACOSH, vacosh(x))

} // namespace MNN
