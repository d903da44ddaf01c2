#include "maths.h"
#include "unary.h"

#define ELU(T, x) ((x) < 0 ? a * MATH(expm1, x) : (x))

UNARY_ATTR("Elu", EACH_FLOAT, ELU, "alpha", 1.0f, "", 0);
