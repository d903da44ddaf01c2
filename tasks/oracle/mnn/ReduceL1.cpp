// Sums of absolute values.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

#define NAME "ReduceL1"

namespace MNN {
namespace Express {

static VARP reduced(VARP x, const std::vector<int> &axes, bool keep) {
    return _ReduceSum(_Abs(x), axes, keep);
}

} // namespace Express
} // namespace MNN
#include "transform.hpp"
