#include "kernel.h"

#define NOT(T, x) (!(x))

UNARY("Not", EACH_BOOL, NOT);
