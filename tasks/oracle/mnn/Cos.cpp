// The cosine of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Cos, UnaryOpOperation_COS, vcos(x))

} // namespace MNN
