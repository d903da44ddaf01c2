#include "binary.h"

#define AND(T, x, y) ((T)((x) & (y)))

BITWISE("BitwiseAnd", AND);
