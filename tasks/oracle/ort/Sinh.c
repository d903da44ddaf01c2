#include "maths.h"
#include "unary.h"

#define SINH(T, x) MATH(sinh, x)

UNARY("Sinh", EACH_FLOAT, SINH);
