#include "unary.h"

#define CLAMP01(T, v) ((v) < 0 ? (T)0 : (v) > 1 ? (T)1 : (v))
#define HARDSWISH(T, x) ((x)*CLAMP01(T, (x) * (T)(1.0 / 6.0) + (T)0.5))

UNARY("HardSwish", EACH_FLOAT, HARDSWISH);
