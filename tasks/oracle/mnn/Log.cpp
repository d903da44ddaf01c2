// The natural logarithm of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Log, UnaryOpOperation_LOG, vlog(x))

} // namespace MNN
