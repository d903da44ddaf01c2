#include "maths.h"
#include "unary.h"

#define ACOSH(T, x) MATH(acosh, x)

UNARY("Acosh", EACH_FLOAT, ACOSH);
