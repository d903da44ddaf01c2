#include "kernel.h"

#define ACOS(T, x) MATH(acos, x)

UNARY("Acos", EACH_FLOAT, ACOS);
