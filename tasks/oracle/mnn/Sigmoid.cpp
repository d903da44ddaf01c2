// The logistic function of each element.
#include "kernel.hpp"

namespace MNN {

UNARY(Sigmoid, UnaryOpOperation_SIGMOID, vsigmoid(x))

} // namespace MNN
