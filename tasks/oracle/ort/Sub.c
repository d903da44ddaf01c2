#include "kernel.h"

#define SUB(T, x, y) ((T)((x) - (y)))

BINARY("Sub", EACH_WIDE, SUB);
