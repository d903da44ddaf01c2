#include "binary.h"

#define EQUAL(T, x, y) ((x) == (y))
#define EACH(X, F) EACH_WIDE(X, F) EACH_BOOL(X, F)

COMPARE("Equal", EACH, EQUAL);
