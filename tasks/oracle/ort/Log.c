#include "maths.h"
#include "unary.h"

#define LOG(T, x) MATH(log, x)

UNARY("Log", EACH_FLOAT, LOG);
