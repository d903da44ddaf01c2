#include "maths.h"
#include "unary.h"

#define EXP(T, x) MATH(exp, x)

UNARY("Exp", EACH_FLOAT, EXP);
