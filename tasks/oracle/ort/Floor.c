#include "unary.h"

#define FLOOR(T, x) _Generic((x), float : floorf, default : floor)(x)

UNARY("Floor", EACH_FLOAT, FLOOR);
