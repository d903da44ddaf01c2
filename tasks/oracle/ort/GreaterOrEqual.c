#include "binary.h"

#define GREATEROREQUAL(T, x, y) ((x) >= (y))

COMPARE("GreaterOrEqual", EACH_WIDE, GREATEROREQUAL);
