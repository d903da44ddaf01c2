#include "unary.h"

#define CEIL(T, x) _Generic((x), float : ceilf, default : ceil)(x)

UNARY("Ceil", EACH_FLOAT, CEIL);
