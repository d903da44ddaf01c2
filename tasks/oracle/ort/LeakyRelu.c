#include "unary.h"

#define LEAKY(T, x) ((x) < 0 ? a * (x) : (x))

UNARY_ATTR("LeakyRelu", EACH_FLOAT, LEAKY, "alpha", 0.01f, "", 0);
