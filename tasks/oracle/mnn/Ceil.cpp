// The least integer not below of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Ceil, UnaryOpOperation_CEIL, vceil(x))

} // namespace MNN
