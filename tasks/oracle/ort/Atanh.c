#include "maths.h"
#include "unary.h"

#define ATANH(T, x) MATH(atanh, x)

UNARY("Atanh", EACH_FLOAT, ATANH);
