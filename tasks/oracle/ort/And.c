#include "binary.h"

#define AND(T, x, y) ((x) & (y))

COMPARE("And", EACH_BOOL, AND);
