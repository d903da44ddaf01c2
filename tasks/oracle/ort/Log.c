#include "kernel.h"

#define LOG(T, x) MATH(log, x)

UNARY("Log", EACH_FLOAT, LOG);
