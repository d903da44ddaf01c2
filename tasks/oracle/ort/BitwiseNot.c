#include "unary.h"

#define BITWISENOT(T, x) ((T) ~(x))

UNARY("BitwiseNot", EACH_INT, BITWISENOT);
