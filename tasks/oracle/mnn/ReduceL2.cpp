// Square roots of sums of squares.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

#define NAME "ReduceL2"

namespace MNN {
namespace Express {

static VARP reduced(VARP x, const std::vector<int> &axes, bool keep) {
    return _Sqrt(_ReduceSum(_Square(x), axes, keep));
}

} // namespace Express
} // namespace MNN
#include "transform.hpp"
