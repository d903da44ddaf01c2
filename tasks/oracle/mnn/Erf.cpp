// The error function of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Erf, UnaryOpOperation_ERF, verf(x))

} // namespace MNN
