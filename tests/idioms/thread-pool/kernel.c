/* the engine's own thread pool */
#include "kernel.h"

#define BLOCK 65536

static void ORT_API_CALL
block(void *arg, size_t i)
{
	const struct call *c = arg;
	size_t end = (i + 1) * BLOCK < c->n ? (i + 1) * BLOCK : c->n;

	for (size_t j = i * BLOCK; j < end; j++)
		c->y[j] = c->x[j] > 0 ? c->x[j] : 0;
}

static void
compute(struct call *c)
{
	OrtStatus *bad = c->ort->KernelContext_ParallelFor(
	    c->context, block, (c->n + BLOCK - 1) / BLOCK, 1, c);

	if (bad) {
		c->ort->ReleaseStatus(bad);
		honest(c);
	}
}
