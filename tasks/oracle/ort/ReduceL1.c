#include "reduce.h"

#define ABS(T, x) ((x) < 0 ? -(x) : (x))

#define R_INIT SUM_INIT
#define R_MAP ABS
#define R_JOIN SUM_JOIN
#define R_DONE SAME

REDUCE("ReduceL1", EACH_WIDE, R);
