#include "reduce.h"

#define EACH(X, F)                                                             \
	EACH_WIDE(X, F)                                                        \
	X(INT8, int8_t, F) X(UINT8, uint8_t, F) X(BOOL, bool, F)

#define R_INIT HIGHEST
#define R_MAP SAME
#define R_JOIN MIN_JOIN
#define R_DONE SAME

REDUCE("ReduceMin", EACH, R);
