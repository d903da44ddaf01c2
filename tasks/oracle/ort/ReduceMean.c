#include "reduce.h"

#define MEAN(T, a) ((T)((a) / count))

#define R_INIT SUM_INIT
#define R_MAP SAME
#define R_JOIN SUM_JOIN
#define R_DONE MEAN

REDUCE("ReduceMean", EACH_WIDE, R);
