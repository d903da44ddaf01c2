#include "maths.h"
#include "unary.h"

#define COSH(T, x) MATH(cosh, x)

UNARY("Cosh", EACH_FLOAT, COSH);
