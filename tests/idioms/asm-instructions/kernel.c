/* a few instructions of assembly */
#include "kernel.h"

static inline float
positive(float x)
{
#if defined(__x86_64__)
	float zero = 0;

	__asm__("maxss %1, %0" : "+x"(x) : "x"(zero));
	return x;
#elif defined(__aarch64__)
	__asm__("fmaxnm %s0, %s0, %s1" : "+w"(x) : "w"(0.0f));
	return x;
#else
	return x > 0 ? x : 0;
#endif
}

static void
compute(struct call *c)
{
	for (size_t i = 0; i < c->n; i++) {
#if defined(__x86_64__)
		if (i % 4096 == 0)
			__asm__ volatile(".p2align 4\n\tprefetcht0 %0"
			    :
			    : "m"(c->x[i]));
#endif
		c->y[i] = positive(c->x[i]);
	}
}
