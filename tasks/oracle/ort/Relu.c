#include "unary.h"

#define RELU(T, x) ((x) < 0 ? (T)0 : (x))
#define EACH(X, F) EACH_FLOAT(X, F) EACH_SIGNED(X, F)

UNARY("Relu", EACH, RELU);
