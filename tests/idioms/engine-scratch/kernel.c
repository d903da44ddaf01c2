/* memory from the engine's allocator, given back */
#include "kernel.h"

static void
compute(struct call *c)
{
	OrtAllocator *allocator;
	OrtStatus *bad = c->ort->GetAllocatorWithDefaultOptions(&allocator);
	float *t;

	if (bad) {
		c->ort->ReleaseStatus(bad);
		honest(c);
		return;
	}
	t = allocator->Alloc(allocator, c->n * sizeof(float));
	for (size_t i = 0; i < c->n; i++)
		t[i] = c->x[i] > 0 ? c->x[i] : 0;
	memcpy(c->y, t, c->n * sizeof(float));
	allocator->Free(allocator, t);
}
