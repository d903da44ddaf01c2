// Logarithms of sums of exponentials of what lies below the largest.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

#define NAME "ReduceLogSumExp"

namespace MNN {
namespace Express {

static VARP reduced(VARP x, const std::vector<int> &axes, bool keep) {
    auto sum = _ReduceSum(_Exp(_Subtract(x, _ReduceMax(x, axes, true))), axes, keep);
    return _Add(_Log(sum), _ReduceMax(x, axes, keep));
}

} // namespace Express
} // namespace MNN
#include "transform.hpp"
