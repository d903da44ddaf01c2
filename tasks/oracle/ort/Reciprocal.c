#include "unary.h"

#define RECIPROCAL(T, x) ((T)1 / (x))

UNARY("Reciprocal", EACH_FLOAT, RECIPROCAL);
