#include "maths.h"
#include "unary.h"

#define ASIN(T, x) MATH(asin, x)

UNARY("Asin", EACH_FLOAT, ASIN);
