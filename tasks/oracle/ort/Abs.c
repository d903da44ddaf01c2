#include "unary.h"

#define ABS(T, x) ((T)((x) <= 0 ? 0 - (x) : (x)))

UNARY("Abs", EACH_NUMBER, ABS);
