#include "binary.h"

#define XOR(T, x, y) ((T)((x) ^ (y)))

BITWISE("BitwiseXor", XOR);
