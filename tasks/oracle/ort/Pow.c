#include "maths.h"
#include "binary.h"

#define POWER(T, x, y) powf_(x, y)
#define SQUARE(T, x, y) ((x) * (x))
#define CUBE(T, x, y) ((x) * (x) * (x))
#define ROOT(T, x, y) sqrtf(x)

static double
number(const struct tensor *t, int64_t i)
{
	switch (t->type) {
	case TYPE(FLOAT): return ((const float *)t->data)[i];
	case TYPE(DOUBLE): return ((const double *)t->data)[i];
	case TYPE(INT32): return ((const int32_t *)t->data)[i];
	default: return (double)((const int64_t *)t->data)[i];
	}
}

static OrtStatus *
run(struct node *n)
{
	struct tensor a, b, c;
	struct loop l;
	int64_t i;
	float e;

	TRY(binary_start(n, &a, &b, &c, &l));
	if (c.n == 0)
		return NULL;
	if (a.type == TYPE(FLOAT) && b.type == TYPE(FLOAT)) {
		e = *(const float *)b.data;
		if (b.n == 1 && e == 2.0f) {
			BINARY_ROWS(
			    float, float, SQUARE, c.data, a.data, b.data)
		} else if (b.n == 1 && e == 3.0f) {
			BINARY_ROWS(float, float, CUBE, c.data, a.data, b.data)
		} else if (b.n == 1 && e == 0.5f) {
			BINARY_ROWS(float, float, ROOT, c.data, a.data, b.data)
		} else
			BINARY_ROWS(float, float, POWER, c.data, a.data, b.data)
		return NULL;
	}
	do
		for (i = 0; i < l.n; i++) {
			const int64_t o = l.off[0] + i;
			const double v = pow(
			    number(&a, l.off[1] + i * l.step[1][l.rank - 1]),
			    number(&b, l.off[2] + i * l.step[2][l.rank - 1]));
			switch (c.type) {
			case TYPE(FLOAT):
				((float *)c.data)[o] = (float)v;
				break;
			case TYPE(DOUBLE): ((double *)c.data)[o] = v; break;
			case TYPE(INT32):
				((int32_t *)c.data)[o] = (int32_t)v;
				break;
			default: ((int64_t *)c.data)[o] = (int64_t)v;
			}
		}
	while (loop_next(&l));
	return NULL;
}

static const struct op theop = {.name = "Pow",
    .in = "TU",
    .out = "T",
    .T = SET(EACH_WIDE),
    .U = SET(EACH_WIDE),
    .run = run};
