#include "unary.h"

/* a bool is a byte of 0 or 1 */
#define NOT(T, x) ((T)((x) ^ 1))

#define BITS(X, F) X(BOOL, uint8_t, F)
UNARY("Not", BITS, NOT);
