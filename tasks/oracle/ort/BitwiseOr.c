#include "binary.h"

#define OR(T, x, y) ((T)((x) | (y)))

BITWISE("BitwiseOr", OR);
