// Logarithms of sums.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

#define NAME "ReduceLogSum"

namespace MNN {
namespace Express {

static VARP reduced(VARP x, const std::vector<int> &axes, bool keep) {
    return _Log(_ReduceSum(x, axes, keep));
}

} // namespace Express
} // namespace MNN
#include "transform.hpp"
