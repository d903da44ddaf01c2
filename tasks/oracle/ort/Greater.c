#include "kernel.h"

#define GREATER(T, x, y) ((x) > (y))

COMPARE("Greater", EACH_WIDE, GREATER);
