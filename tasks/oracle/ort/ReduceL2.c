#include "reduce.h"

#define SQUARE(T, x) ((x) * (x))
#define ROOT(T, a) ((T)SQRT(a))

#define R_INIT SUM_INIT
#define R_MAP SQUARE
#define R_JOIN SUM_JOIN
#define R_DONE ROOT

REDUCE("ReduceL2", EACH_WIDE, R);
