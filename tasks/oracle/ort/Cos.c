#include "kernel.h"

UNARY_ANGLE("Cos", cosf_, cosf, cos);
