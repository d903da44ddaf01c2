#include "unary.h"

#define SOFTSIGN(T, x) ((x) / ((T)1 + ((x) < 0 ? -(x) : (x))))

UNARY("Softsign", EACH_FLOAT, SOFTSIGN);
