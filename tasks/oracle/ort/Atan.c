#include "kernel.h"

#define ATAN(T, x) MATH(atan, x)

UNARY("Atan", EACH_FLOAT, ATAN);
