#include "binary.h"

#define LESS(T, x, y) ((x) < (y))

COMPARE("Less", EACH_WIDE, LESS);
