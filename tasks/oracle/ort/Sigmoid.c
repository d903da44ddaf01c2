#include "kernel.h"

#define LOGISTIC(T, x) SIGMOID(x)

UNARY("Sigmoid", EACH_FLOAT, LOGISTIC);
