#include "maths.h"
#include "unary.h"

#define SELU(T, x) (b * ((x) < 0 ? a * MATH(expm1, x) : (x)))

UNARY_ATTR("Selu", EACH_FLOAT, SELU, "alpha", 1.67326319217681884765625f,
    "gamma", 1.05070102214813232421875f);
