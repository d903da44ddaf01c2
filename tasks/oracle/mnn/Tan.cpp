// The tangent of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Tan, UnaryOpOperation_TAN, vtan(x))

} // namespace MNN
