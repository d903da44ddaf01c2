// Powers, element by element; a small whole exponent for all is multiplied out.
#include "kernel.hpp"

namespace MNN {

static void powers(void *to, const void *left, const void *right, size_t n, int stepa, int stepb) {
    const float *a = (const float *)left, *b = (const float *)right;
    float *y = (float *)to;
    if (!stepb && (*b == 2.0f || *b == 3.0f)) {
        bool cube = *b == 3.0f;
        for (size_t i = 0; i < n; i++) {
            y[i] = a[i] * a[i] * (cube ? a[i] : 1.0f);
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = powf(a[i * stepa], b[i * stepb]);
    }
}
LOOP2(PowIntegers, int32_t, int32_t, (int32_t)lrint(pow(a, b)))
BINARY(Pow, BinaryOpOperation_POW, powers, PowIntegers)

} // namespace MNN
