#include "kernel.h"

#define ADD_INIT SUM_INIT
#define ADD_MAP SAME
#define ADD_JOIN SUM_JOIN
#define ADD_DONE SAME

REDUCE("ReduceSum", EACH_WIDE, ADD);
