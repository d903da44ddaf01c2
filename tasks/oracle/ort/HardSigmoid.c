#include "unary.h"

#define CLAMP01(T, v) ((v) < 0 ? (T)0 : (v) > 1 ? (T)1 : (v))
#define HARDSIGMOID(T, x) CLAMP01(T, a *(x) + b)

UNARY_ATTR("HardSigmoid", EACH_FLOAT, HARDSIGMOID, "alpha", 0.2f, "beta", 0.5f);
