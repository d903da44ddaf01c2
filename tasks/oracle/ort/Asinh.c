#include "maths.h"
#include "unary.h"

#define ASINH(T, x) MATH(asinh, x)

UNARY("Asinh", EACH_FLOAT, ASINH);
