// Means along one axis; MNN brings any others to it beforehand.
#include "kernel.hpp"

namespace MNN {

INLINE vf vjoin(vf a, vf b) { return a + b; }
template <typename T>
INLINE T join(T a, T b) {
    return a + b;
}
template <typename T>
INLINE T finish(T x, int n) {
    return x / (float)n;
}
static const float FIRST         = 0.0f;
static const ReductionType WHICH = ReductionType_MEAN;

} // namespace MNN
#include "reduce.hpp"
