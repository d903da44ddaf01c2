// The reciprocal of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Reciprocal, UnaryOpOperation_RECIPROCAL, 1.0f / x)

} // namespace MNN
