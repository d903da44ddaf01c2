// The greatest along one axis; MNN brings any others to it beforehand.
#include "kernel.hpp"

namespace MNN {

INLINE vf vjoin(vf a, vf b) { return vmax(a, b); }
template <typename T>
INLINE T join(T a, T b) {
    return a > b ? a : b;
}
template <typename T>
INLINE T finish(T x, int n) {
    return x;
}
static const float FIRST         = -INFINITY;
static const ReductionType WHICH = ReductionType_MAXIMUM;

} // namespace MNN
#include "reduce.hpp"
