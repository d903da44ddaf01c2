// x clip(x + 3, 0, 6) / 6 of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(HardSwish, UnaryOpOperation_HARDSWISH, x * vmin(vmax(x + 3.0f, vset(0.0f)), vset(6.0f)) * (1.0f / 6.0f))

} // namespace MNN
