// The arc cosine of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Acos, UnaryOpOperation_ACOS, vacos(x))

} // namespace MNN
