#include "kernel.h"

#define AND(T, x, y) ((T)((x) & (y)))

BITWISE("BitwiseAnd", AND);
