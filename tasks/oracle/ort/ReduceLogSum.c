#include "reduce.h"

#define LOG(T, a) ((T)log((double)(a)))

#define R_INIT SUM_INIT
#define R_MAP SAME
#define R_JOIN SUM_JOIN
#define R_DONE LOG

REDUCE("ReduceLogSum", EACH_WIDE, R);
