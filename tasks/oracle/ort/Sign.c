#include "unary.h"

#define SIGN(T, x) ((T)(((x) > 0) - ((x) < 0)))

UNARY("Sign", EACH_NUMBER, SIGN);
