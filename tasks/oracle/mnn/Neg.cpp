// The negative of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Neg, UnaryOpOperation_NEG, -x)

} // namespace MNN
