/* a function chosen by what the processor can do */
#include "kernel.h"

typedef void relu(const float *, float *, size_t);

static void
plain(const float *x, float *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] > 0 ? x[i] : 0;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
wide(const float *x, float *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] > 0 ? x[i] : 0;
}
#endif

static relu *
choose(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return wide;
#endif
	return plain;
}

static void
compute(struct call *c)
{
	static relu *chosen;

	if (!chosen)
		chosen = choose();
	chosen(c->x, c->y, c->n);
}
