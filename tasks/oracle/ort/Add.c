#include "binary.h"

#define ADD(T, x, y) ((T)((x) + (y)))

#define EACH(X, F) EACH_WIDE(X, F) X(INT8, int8_t, F) X(UINT8, uint8_t, F)

BINARY("Add", EACH, ADD);
