#include "maths.h"
#include "unary.h"

#define ACOS(T, x) MATH(acos, x)

UNARY("Acos", EACH_FLOAT, ACOS);
