#include "binary.h"

#define OR(T, x, y) ((x) | (y))

COMPARE("Or", EACH_BOOL, OR);
