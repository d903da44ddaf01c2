#include "maths.h"
#include "unary.h"

#define TANH(T, x) MATH(tanh, x)

UNARY("Tanh", EACH_FLOAT, TANH);
