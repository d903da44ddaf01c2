#include "kernel.h"

UNARY_ANGLE("Sin", sinf_, sinf, sin);
