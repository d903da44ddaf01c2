#include "reduce.h"

#define R_INIT SUM_INIT
#define R_MAP SAME
#define R_JOIN SUM_JOIN
#define R_DONE SAME

REDUCE("ReduceSum", EACH_WIDE, R);
