#include "binary.h"

#define PRELU(T, x, y) ((x) < 0 ? (T)((x) * (y)) : (x))

/* the slope broadcasts to x, never x to the slope */
BINARY("PRelu", EACH_WIDE, PRELU);
