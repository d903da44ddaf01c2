#include "unary.h"

#define EACH_NEG(X, F) EACH_FLOAT(X, F) EACH_SIGNED(X, F)
#define NEG(T, x) ((T)(-(x)))

UNARY("Neg", EACH_NEG, NEG);
