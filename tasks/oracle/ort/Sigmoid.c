#include "maths.h"
#include "unary.h"

#define LOGISTIC(T, x) SIGMOID(x)

UNARY("Sigmoid", EACH_FLOAT, LOGISTIC);
