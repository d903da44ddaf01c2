#include "maths.h"
#include "unary.h"

#define ATAN(T, x) MATH(atan, x)

UNARY("Atan", EACH_FLOAT, ATAN);
