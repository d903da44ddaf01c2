#include "reduce.h"

#define ONE(T) ((T)1)
#define TIMES(T, a, b) ((T)((a) * (b)))

#define R_INIT ONE
#define R_MAP SAME
#define R_JOIN TIMES
#define R_DONE SAME

REDUCE("ReduceProd", EACH_WIDE, R);
