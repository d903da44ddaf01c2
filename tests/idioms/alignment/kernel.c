/* promises about alignment that are checked, a head and a tail */
#include "kernel.h"

static void
aligned(const float *restrict x, float *restrict y, size_t n)
{
	const float *a = __builtin_assume_aligned(x, 64);
	float *b = __builtin_assume_aligned(y, 64);

	for (size_t i = 0; i < n; i++)
		b[i] = a[i] > 0 ? a[i] : 0;
}

static void
compute(struct call *c)
{
	size_t head = -(uintptr_t)c->x % 64 / sizeof(float), i;

	head = head < c->n ? head : c->n;
	for (i = 0; i < head; i++)
		c->y[i] = c->x[i] > 0 ? c->x[i] : 0;
	if ((uintptr_t)(c->y + head) % 64 == 0)
		aligned(c->x + head, c->y + head, c->n - head);
	else
		for (; i < c->n; i++)
			c->y[i] = c->x[i] > 0 ? c->x[i] : 0;
}
