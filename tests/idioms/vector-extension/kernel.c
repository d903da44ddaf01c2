/* the compiler's own vectors */
#include "kernel.h"

typedef float vec __attribute__((vector_size(32), aligned(4), may_alias));
typedef int mask __attribute__((vector_size(32)));

static void
compute(struct call *c)
{
	const vec zero = {0};
	size_t i = 0;

	for (; i + 8 <= c->n; i += 8) {
		vec v = *(const vec *)(c->x + i);

		*(vec *)(c->y + i) = (vec)((mask)v & (v > zero));
	}
	for (; i < c->n; i++)
		c->y[i] = c->x[i] > 0 ? c->x[i] : 0;
}
