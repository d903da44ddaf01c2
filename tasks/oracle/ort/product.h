/* Family: matrix products. */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "kernel.h"
#include "loops.h"

#if defined(__AVX512F__)
#define LANES 16
#define TALL 12
#elif defined(__AVX__)
#define LANES 8
#define TALL 6
#elif defined(__aarch64__)
#define LANES 4
#define TALL 12
#else
#define LANES 4
#define TALL 6
#endif
#define WIDE (2 * LANES) /* columns of a panel of B */
#define DEEP 256	 /* terms of the inner sum done at once */

typedef float lanes
    __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));

/* rows of C are taken so many at a time, the tallest that fit first */
static inline int
tall(int64_t rows)
{
	if (TALL > 8 && (rows == 8 || rows == 16 || (rows > 8 && rows < TALL)))
		return 8;
	return rows >= TALL ? TALL : rows >= 4 ? 4 : 1;
}

/* A (m by k, element (i, j) at a[i * rs + j * cs]), scaled, into m * k floats
 */
static inline void
pack_a(float *restrict p, const float *a, int64_t rs, int64_t cs, int64_t m,
    int64_t k, float scale)
{
	int64_t i, j, r, t;

	for (i = 0; i < m; i += t) {
		t = tall(m - i);
		for (r = 0; r < t; r++)
			for (j = 0; j < k; j++)
				p[i * k + j * t + r] =
				    scale * a[(i + r) * rs + j * cs];
	}
}

/* floats that B packed takes */
static inline int64_t
packed_b(int64_t k, int64_t n)
{
	return (n + WIDE - 1) / WIDE * WIDE * k;
}

/* B (k by n, element (i, j) at b[i * rs + j * cs]) in panels of WIDE columns */
static inline void
pack_b(float *restrict p, const float *b, int64_t rs, int64_t cs, int64_t k,
    int64_t n)
{
	int64_t i, j, c, w;

	for (j = 0; j < n; j += WIDE, p += k * WIDE) {
		w = min64(WIDE, n - j);
		if (w < WIDE)
			memset(p, 0, k * WIDE * sizeof(*p));
		if (cs == 1 && w == WIDE)
			for (i = 0; i < k; i++)
				memcpy(p + i * WIDE, b + i * rs + j,
				    WIDE * sizeof(*p));
		else if (rs == 1)
			transpose4((uint32_t *)p, WIDE,
			    (const uint32_t *)b + j * cs, cs, k, w);
		else
			for (i = 0; i < k; i++)
				for (c = 0; c < w; c++)
					p[i * WIDE + c] =
					    b[i * rs + (j + c) * cs];
	}
}

/*
 * One tile: T rows of c by V times LANES columns.  c += A B or, where first,
 * c = bias + A B; row j of B is at B, which may use b and off.
 */
#define TILE(NAME, T, V, B)                                                    \
	__attribute__((noinline, unused)) static void NAME##_##T##_##V(        \
	    int64_t k, const float *restrict a, int64_t rs, int64_t cs,        \
	    const float *restrict b, const int64_t *restrict off,              \
	    float *restrict c, int64_t ldc, bool first, const float *bias)     \
	{                                                                      \
		lanes x[T], y[T];                                              \
		int64_t i, j;                                                  \
                                                                               \
		(void)off;                                                     \
		for (i = 0; i < T; i++) {                                      \
			x[i] = (lanes){0} + (first && bias ? bias[i] : 0.0f);  \
			y[i] = x[i];                                           \
			if (first)                                             \
				continue;                                      \
			x[i] = *(const lanes *)(c + i * ldc);                  \
			if (V > 1)                                             \
				y[i] = *(const lanes *)(c + i * ldc + LANES);  \
		}                                                              \
		for (j = 0; j < k; j++, a += cs) {                             \
			const float *row = B;                                  \
			const lanes u = *(const lanes *)row;                   \
			const lanes v =                                        \
			    *(const lanes *)(row + (V > 1 ? LANES : 0));       \
			for (i = 0; i < T; i++) {                              \
				x[i] += a[i * rs] * u;                         \
				if (V > 1)                                     \
					y[i] += a[i * rs] * v;                 \
			}                                                      \
		}                                                              \
		for (i = 0; i < T; i++) {                                      \
			*(lanes *)(c + i * ldc) = x[i];                        \
			if (V > 1)                                             \
				*(lanes *)(c + i * ldc + LANES) = y[i];        \
		}                                                              \
	}
/* NAME(t, w, ...): the tile of t rows, and w columns rounded up */
#define TILES_OF(NAME, HIGH, MIDDLE, B)                                        \
	TILE(NAME, HIGH, 2, B)                                                 \
	TILE(NAME, MIDDLE, 2, B)                                               \
	TILE(NAME, 4, 2, B)                                                    \
	TILE(NAME, 1, 2, B)                                                    \
	TILE(NAME, HIGH, 1, B)                                                 \
	TILE(NAME, 4, 1, B)                                                    \
	TILE(NAME, 1, 1, B)                                                    \
	static inline void NAME(int t, int64_t w, int64_t k, const float *a,   \
	    int64_t rs, int64_t cs, const float *b, const int64_t *off,        \
	    float *c, int64_t ldc, bool first, const float *bias)              \
	{                                                                      \
		if (w > LANES || t == MIDDLE)                                  \
			(t == HIGH	  ? NAME##_##HIGH##_2                  \
			    : t == MIDDLE ? NAME##_##MIDDLE##_2                \
			    : t == 4	  ? NAME##_4_2                         \
					  : NAME##_1_2)(                            \
			    k, a, rs, cs, b, off, c, ldc, first, bias);        \
		else                                                           \
			(t == HIGH   ? NAME##_##HIGH##_1                       \
			    : t == 4 ? NAME##_4_1                              \
				     : NAME##_1_1)(                            \
			    k, a, rs, cs, b, off, c, ldc, first, bias);        \
	}
#if TALL == 12
#define TILES(NAME, B) TILES_OF(NAME, 12, 8, B)
#else
#define TILES(NAME, B) TILES_OF(NAME, 6, 2, B)
#endif
TILES(tile, b + j * WIDE)

/*
 * C = A B, or C += A B where add.  B is packed; A is packed where rs is 0, else
 * element (i, j) is at a[i * rs + j * cs].  bias, if there is one, has a number
 * for each row of C.
 */
static inline void
gemm(int64_t m, int64_t n, int64_t k, const float *a, int64_t rs, int64_t cs,
    const float *b, float *c, int64_t ldc, bool add, const float *bias)
{
	const int64_t broad = 16 * WIDE;
	float edge[TALL * WIDE];
	int64_t i, j, v, p, r, w, step;
	int t;

	for (j = 0; j < n; j += broad)
		for (p = 0; p < k || p == 0; p += DEEP)
			for (i = 0; i < m; i += t) {
				t = tall(m - i);
				step = min64(DEEP, k - p);
				for (v = j; v < min64(n, j + broad);
				     v += WIDE) {
					const bool first = !add && p == 0;
					const float *pb = b + v * k + p * WIDE;
					float *to = c + i * ldc + v;

					w = min64(WIDE, n - v);
					const bool whole =
					    w == WIDE ||
					    (w == LANES && t != 8 && t != 2);
					for (r = 0; r < t && !whole && !first;
					     r++)
						memcpy(edge + r * WIDE,
						    to + r * ldc,
						    w * sizeof(*c));
					tile(t, w, step,
					    rs ? a + i * rs + p * cs
					       : a + i * k + p * t,
					    rs ? rs : 1, rs ? cs : t, pb, NULL,
					    whole ? to : edge,
					    whole ? ldc : WIDE, first,
					    bias ? bias + i : NULL);
					for (r = 0; r < t && !whole; r++)
						memcpy(to + r * ldc,
						    edge + r * WIDE,
						    w * sizeof(*c));
				}
			}
}

/* rows a multiple of a page apart crowd one set of the cache: pack those */
static inline bool
crowded(int64_t rs, int64_t cs, int64_t m)
{
	return m >= 4 && cs == 1 && rs * sizeof(float) % 2048 == 0;
}

/* C = A B (B packed), A packed into room of m * k floats if it is better so */
static inline void
gemm_auto(int64_t m, int64_t n, int64_t k, const float *a, int64_t rs,
    int64_t cs, float *room, const float *b, float *c, int64_t ldc, bool add)
{
	if (crowded(rs, cs, m)) {
		pack_a(room, a, rs, cs, m, k, 1.0f);
		gemm(m, n, k, room, 0, 0, b, c, ldc, add, NULL);
	} else
		gemm(m, n, k, a, rs, cs, b, c, ldc, add, NULL);
}

#endif
