// The nearest integer, ties to even, of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Round, UnaryOpOperation_ROUND, vround(x))

} // namespace MNN
