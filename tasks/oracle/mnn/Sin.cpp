// The sine of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Sin, UnaryOpOperation_SIN, vsin(x))

} // namespace MNN
