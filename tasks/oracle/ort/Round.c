#include "unary.h"

#define ROUND(T, x) _Generic((x), float : rintf, default : rint)(x)

UNARY("Round", EACH_FLOAT, ROUND);
