#include "kernel.h"

#define MUL(T, x, y) ((T)((x) * (y)))

BINARY("Mul", EACH_WIDE, MUL);
