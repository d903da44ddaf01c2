#include "kernel.h"

#define ERF(T, x) MATH(erf, x)

UNARY("Erf", EACH_FLOAT, ERF);
