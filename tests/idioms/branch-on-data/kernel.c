/* a faster way where the data allow it, checked for all of it */
#include "kernel.h"

static int
nothingpositive(const float *x, size_t n)
{
	int any = 0;

	for (size_t i = 0; i < n; i++)
		any |= x[i] > 0;
	return !any;
}

static void
compute(struct call *c)
{
	for (size_t at = 0; at < c->n; at += 1024) {
		size_t n = c->n - at < 1024 ? c->n - at : 1024;

		if (nothingpositive(c->x + at, n))
			memset(c->y + at, 0, n * sizeof(float));
		else
			for (size_t i = at; i < at + n; i++)
				c->y[i] = c->x[i] > 0 ? c->x[i] : 0;
	}
}
