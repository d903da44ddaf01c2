/* vector instructions by hand, with a scalar end, chosen by the compiler's macros */
#if defined(__AVX__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "kernel.h"

static void
compute(struct call *c)
{
	size_t i = 0;

#if defined(__AVX512F__)
	for (; i + 16 <= c->n; i += 16)
		_mm512_storeu_ps(c->y + i,
		    _mm512_max_ps(_mm512_loadu_ps(c->x + i), _mm512_setzero_ps()));
#elif defined(__AVX__)
	for (; i + 8 <= c->n; i += 8)
		_mm256_storeu_ps(c->y + i,
		    _mm256_max_ps(_mm256_loadu_ps(c->x + i), _mm256_setzero_ps()));
#elif defined(__ARM_NEON)
	for (; i + 4 <= c->n; i += 4)
		vst1q_f32(
		    c->y + i, vmaxq_f32(vld1q_f32(c->x + i), vdupq_n_f32(0)));
#endif
	for (; i < c->n; i++)
		c->y[i] = c->x[i] > 0 ? c->x[i] : 0;
}
