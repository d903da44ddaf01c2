/* stores past the caches and prefetches ahead */
#if defined(__AVX__)
#include <immintrin.h>
#endif

#include "kernel.h"

static void
compute(struct call *c)
{
	size_t i = 0;

#if defined(__AVX__)
	for (; i < c->n && (uintptr_t)(c->y + i) % 32; i++)
		c->y[i] = c->x[i] > 0 ? c->x[i] : 0;
	for (; i + 8 <= c->n; i += 8) {
		_mm_prefetch((const char *)(c->x + i + 128), _MM_HINT_T0);
		_mm256_stream_ps(c->y + i,
		    _mm256_max_ps(_mm256_loadu_ps(c->x + i), _mm256_setzero_ps()));
	}
	_mm_sfence();
#endif
	for (; i < c->n; i++)
		c->y[i] = c->x[i] > 0 ? c->x[i] : 0;
}
