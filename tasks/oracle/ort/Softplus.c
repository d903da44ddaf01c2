#include "maths.h"
#include "unary.h"

#define SOFTPLUS(T, x)                                                         \
	(((x) > 0 ? (x) : (T)0) + MATH(log1p, MATH(exp, (x) < 0 ? (x) : -(x))))

UNARY("Softplus", EACH_FLOAT, SOFTPLUS);
