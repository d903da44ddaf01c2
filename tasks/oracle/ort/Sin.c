#include "maths.h"
#include "unary.h"

UNARY_ANGLE("Sin", sinf_, sinf, sin);
