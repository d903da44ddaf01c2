// The greatest integer not above of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Floor, UnaryOpOperation_FLOOR, vfloor(x))

} // namespace MNN
