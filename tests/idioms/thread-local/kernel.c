/* a buffer for each thread */
#include "kernel.h"

static _Thread_local float line[4096];

static void
compute(struct call *c)
{
	for (size_t at = 0; at < c->n; at += 4096) {
		size_t n = c->n - at < 4096 ? c->n - at : 4096;

		for (size_t i = 0; i < n; i++)
			line[i] = c->x[at + i] > 0 ? c->x[at + i] : 0;
		memcpy(c->y + at, line, n * sizeof(float));
	}
}
