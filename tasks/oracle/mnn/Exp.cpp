// The exponential of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Exp, UnaryOpOperation_EXP, vexp(x))

} // namespace MNN
