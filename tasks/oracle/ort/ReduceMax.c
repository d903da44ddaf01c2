#include "kernel.h"

#define HIGH_INIT LOWEST
#define HIGH_MAP SAME
#define HIGH_JOIN MAX_JOIN
#define HIGH_DONE SAME
#define EACH(X, F)                                                             \
	EACH_WIDE(X, F)                                                        \
	X(INT8, int8_t, F) X(UINT8, uint8_t, F) X(BOOL, bool, F)

REDUCE("ReduceMax", EACH, HIGH);
