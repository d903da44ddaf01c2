#include "binary.h"

#define GREATER(T, x, y) ((x) > (y))

COMPARE("Greater", EACH_WIDE, GREATER);
