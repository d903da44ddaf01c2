#include "unary.h"

#define ROOT(T, x) SQRT(x)

UNARY("Sqrt", EACH_FLOAT, ROOT);
