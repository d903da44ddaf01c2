// The place of the least along an axis, the first of several.
#include "kernel.hpp"

namespace MNN {
INLINE bool better(float a, float b) { return a < b; }
} // namespace MNN
#include "place.hpp"
namespace MNN {
REGISTER_CPU_OP_CREATOR(PlaceCreator, OpType_ArgMin);
} // namespace MNN
