#include "kernel.h"

#define DIV(T, x, y) ((T)((x) / (y)))

BINARY("Div", EACH_WIDE, DIV);
