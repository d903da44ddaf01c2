#include "kernel.h"

#define EXP(T, x) MATH(exp, x)

UNARY("Exp", EACH_FLOAT, EXP);
