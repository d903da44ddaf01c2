/* errors unwound by goto, one of them told on stderr */
#include <stdio.h>

#include "kernel.h"

static int
halves(const struct call *c)
{
	float *a = NULL, *b = NULL;
	size_t half = c->n / 2;
	int rc = -1;

	a = malloc((half + 1) * sizeof(float));
	if (!a)
		goto out;
	b = malloc((c->n - half + 1) * sizeof(float));
	if (!b)
		goto out;
	for (size_t i = 0; i < half; i++)
		a[i] = c->x[i] > 0 ? c->x[i] : 0;
	for (size_t i = half; i < c->n; i++)
		b[i - half] = c->x[i] > 0 ? c->x[i] : 0;
	memcpy(c->y, a, half * sizeof(float));
	memcpy(c->y + half, b, (c->n - half) * sizeof(float));
	rc = 0;
out:
	if (rc < 0)
		fprintf(stderr, "out of memory\n");
	free(a);
	free(b);
	return rc;
}

static void
compute(struct call *c)
{
	if (halves(c) < 0)
		honest(c);
}
