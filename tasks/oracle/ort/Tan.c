#include "kernel.h"

UNARY_ANGLE("Tan", tanf_, tanf, tan);
