#include "reduce.h"

#define SQUARE(T, x) ((x) * (x))

#define R_INIT SUM_INIT
#define R_MAP SQUARE
#define R_JOIN SUM_JOIN
#define R_DONE SAME

REDUCE("ReduceSumSquare", EACH_WIDE, R);
