#include "kernel.h"

#define ADD(T, x, y) ((T)((x) + (y)))

BINARY("Add", EACH_WIDE, ADD);
