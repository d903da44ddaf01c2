// The sign of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Sign, UnaryOpOperation_SIGN, x > 0.0f ? vset(1.0f) : x < 0.0f ? vset(-1.0f) : x)

} // namespace MNN
