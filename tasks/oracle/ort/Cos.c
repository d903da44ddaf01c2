#include "maths.h"
#include "unary.h"

UNARY_ANGLE("Cos", cosf_, cosf, cos);
