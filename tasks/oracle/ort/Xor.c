#include "binary.h"

#define XOR(T, x, y) ((x) ^ (y))

COMPARE("Xor", EACH_BOOL, XOR);
