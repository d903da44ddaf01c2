#include "kernel.h"

#define ASIN(T, x) MATH(asin, x)

UNARY("Asin", EACH_FLOAT, ASIN);
