#include "binary.h"

#define LESSOREQUAL(T, x, y) ((x) <= (y))

COMPARE("LessOrEqual", EACH_WIDE, LESSOREQUAL);
