#include "maths.h"
#include "unary.h"

UNARY_ANGLE("Tan", tanf_, tanf, tan);
