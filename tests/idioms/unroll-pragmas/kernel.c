/* pragmas for the vectoriser and an unrolled loop */
#pragma GCC optimize("unroll-loops", "no-math-errno")
#include "kernel.h"

static void __attribute__((noinline, hot, optimize("no-trapping-math")))
relu(const float *restrict x, float *restrict y, size_t n)
{
#pragma GCC ivdep
#pragma GCC unroll 8
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] > 0 ? x[i] : 0;
}

static void
compute(struct call *c)
{
	relu(c->x, c->y, c->n);
}
