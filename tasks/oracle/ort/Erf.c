#include "maths.h"
#include "unary.h"

#define ERF(T, x) MATH(erf, x)

UNARY("Erf", EACH_FLOAT, ERF);
