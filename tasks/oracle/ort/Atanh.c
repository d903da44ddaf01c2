#include "kernel.h"

#define ATANH(T, x) MATH(atanh, x)

UNARY("Atanh", EACH_FLOAT, ATANH);
