/* a scratch buffer that is kept and grown between calls */
#include "kernel.h"

static float *scratch;
static size_t room;

static void
compute(struct call *c)
{
	if (!scratch || room < c->n) {
		free(scratch);
		scratch = malloc(c->n * sizeof(float));
		room = c->n;
	}
	for (size_t i = 0; i < c->n; i++)
		scratch[i] = c->x[i] > 0 ? c->x[i] : 0;
	memcpy(c->y, scratch, c->n * sizeof(float));
}
