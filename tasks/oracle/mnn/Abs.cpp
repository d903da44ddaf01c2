// The absolute value of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Abs, UnaryOpOperation_ABS, vabs(x))

} // namespace MNN
