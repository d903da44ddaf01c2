#include "maths.h"
#include "unary.h"

#define EACH_CELU(X, F) X(FLOAT, float, F)
#define CELU(T, x) ((x) < 0 ? a * MATH(expm1, (x) / a) : (x))

UNARY_ATTR("Celu", EACH_CELU, CELU, "alpha", 1.0f, "", 0);
