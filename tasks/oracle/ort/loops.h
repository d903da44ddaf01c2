/* Strided loops: broadcasting, transposing, moving and scattering elements. */
#ifndef LOOPS_H
#define LOOPS_H

#include "kernel.h"

/*
 * A nest of loops over up to four operands, each with an element stride per
 * dimension (0 broadcasts, negative runs backwards).  Dimensions of one are
 * dropped and neighbours that every operand walks evenly become one, so that
 * the innermost loop is as long as it can be.
 */
struct loop {
	int rank, operands;
	int64_t dims[MAXLOOP];
	int64_t step[4][MAXLOOP];
	int64_t at[MAXLOOP]; /* the odometer of the outer dimensions */
	int64_t off[4];	     /* where the innermost loop starts */
	int64_t n;	     /* its length */
};

static inline void
loop_start(struct loop *l)
{
	int i, j, r = 0, k;

	for (i = 0; i < l->rank; i++) {
		if (l->dims[i] == 1)
			continue;
		for (k = 0; r > 0 && k < l->operands; k++)
			if (l->step[k][r - 1] != l->dims[i] * l->step[k][i])
				break;
		if (r > 0 && k == l->operands) {
			l->dims[r - 1] *= l->dims[i];
			for (j = 0; j < l->operands; j++)
				l->step[j][r - 1] = l->step[j][i];
			continue;
		}
		l->dims[r] = l->dims[i];
		for (j = 0; j < l->operands; j++)
			l->step[j][r] = l->step[j][i];
		r++;
	}
	if (r == 0) {
		l->dims[0] = l->rank && l->dims[0] == 0 ? 0 : 1;
		for (j = 0; j < l->operands; j++)
			l->step[j][0] = 1;
		r = 1;
	}
	l->rank = r;
	l->n = l->dims[r - 1];
	memset(l->at, 0, sizeof(l->at));
}

/* go to the next innermost loop; false after the last */
static inline bool
loop_next(struct loop *l)
{
	int i, k;

	for (i = l->rank - 2; i >= 0; i--) {
		for (k = 0; k < l->operands; k++)
			l->off[k] += l->step[k][i];
		if (++l->at[i] < l->dims[i])
			return true;
		for (k = 0; k < l->operands; k++)
			l->off[k] -= l->step[k][i] * l->dims[i];
		l->at[i] = 0;
	}
	return false;
}

/* the dims that a and b broadcast to; false if they do not */
static inline bool
broadcast(struct tensor *y, const struct tensor *x)
{
	int i, rank = y->rank > x->rank ? y->rank : x->rank;
	int64_t a, b;

	for (i = 1; i <= rank; i++) {
		a = i <= y->rank ? y->dims[y->rank - i] : 1;
		b = i <= x->rank ? x->dims[x->rank - i] : 1;
		if (a != b && a != 1 && b != 1)
			return false;
		if (i > y->rank) {
			memmove(
			    y->dims + 1, y->dims, y->rank * sizeof(*y->dims));
			y->rank++;
		}
		y->dims[y->rank - i] = a == 1 ? b : a;
	}
	y->n = product(y->dims, 0, y->rank);
	return true;
}

/* let operand k of a loop over y's dims walk tensor x, broadcast to y */
static inline void
loop_operand(
    struct loop *l, int k, const struct tensor *y, const struct tensor *x)
{
	int64_t s[MAXRANK];
	int i, skip = y->rank - x->rank;

	strides(x->rank, x->dims, s);
	for (i = 0; i < y->rank; i++)
		l->step[k][i] =
		    i < skip || x->dims[i - skip] == 1 ? 0 : s[i - skip];
}

/* a loop over y's dims: operand 0 is y, the others are the n tensors x */
static inline void
loop_broadcast(struct loop *l, const struct tensor *y, int n,
    const struct tensor *const *x)
{
	memset(l, 0, sizeof(*l));
	l->rank = y->rank;
	l->operands = n + 1;
	memcpy(l->dims, y->dims, y->rank * sizeof(*y->dims));
	strides(y->rank, y->dims, l->step[0]);
	for (int k = 0; k < n; k++)
		loop_operand(l, k + 1, y, x[k]);
	loop_start(l);
}

/* an 8 by 8 square of four-byte elements, in registers */
typedef uint32_t oct __attribute__((vector_size(32), aligned(4), may_alias));

static inline void
transpose_square(uint32_t *y, int64_t ys, const uint32_t *x, int64_t xs)
{
	const oct lo = {0, 8, 1, 9, 4, 12, 5, 13};
	const oct hi = {2, 10, 3, 11, 6, 14, 7, 15};
	const oct lo2 = {0, 1, 8, 9, 4, 5, 12, 13};
	const oct hi2 = {2, 3, 10, 11, 6, 7, 14, 15};
	const oct lo4 = {0, 1, 2, 3, 8, 9, 10, 11};
	const oct hi4 = {4, 5, 6, 7, 12, 13, 14, 15};
	oct a[8], b[8];
	int i;

	for (i = 0; i < 8; i++)
		a[i] = *(const oct *)(x + i * xs);
	for (i = 0; i < 8; i += 2) {
		b[i] = __builtin_shuffle(a[i], a[i + 1], lo);
		b[i + 1] = __builtin_shuffle(a[i], a[i + 1], hi);
	}
	for (i = 0; i < 8; i += 4) {
		a[i] = __builtin_shuffle(b[i], b[i + 2], lo2);
		a[i + 1] = __builtin_shuffle(b[i], b[i + 2], hi2);
		a[i + 2] = __builtin_shuffle(b[i + 1], b[i + 3], lo2);
		a[i + 3] = __builtin_shuffle(b[i + 1], b[i + 3], hi2);
	}
	for (i = 0; i < 4; i++) {
		*(oct *)(y + i * ys) = __builtin_shuffle(a[i], a[i + 4], lo4);
		*(oct *)(y + (i + 4) * ys) =
		    __builtin_shuffle(a[i], a[i + 4], hi4);
	}
}

/* y[i * ys + j] = x[i + j * xs] for i < m, j < n */
static inline void
transpose4(uint32_t *restrict y, int64_t ys, const uint32_t *restrict x,
    int64_t xs, int64_t m, int64_t n)
{
	int64_t i = 0, j = 0, k, h;

	if (n == 2 && ys == 2)
		for (; i < m; i++) {
			y[2 * i] = x[i];
			y[2 * i + 1] = x[i + xs];
		}
	if (n == 3 && ys == 3)
		for (; i < m; i++) {
			y[3 * i] = x[i];
			y[3 * i + 1] = x[i + xs];
			y[3 * i + 2] = x[i + 2 * xs];
		}
	/* 64 columns of y at a time keep the lines of x in the cache */
	for (h = i; j < n && h < m; j += 64)
		for (i = h; i < m; i += 8)
			for (k = j; k < min64(n, j + 64); k += 8) {
				if (i + 8 <= m && k + 8 <= n) {
					transpose_square(y + i * ys + k, ys,
					    x + i + k * xs, xs);
					continue;
				}
				for (int64_t u = i; u < min64(i + 8, m); u++)
					for (int64_t v = k; v < min64(k + 8, n);
					     v++)
						y[u * ys + v] = x[u + v * xs];
			}
}

/* the same for elements of other sizes, 16 by 16 */
static inline void
transpose(char *restrict y, int64_t ys, const char *restrict x, int64_t xs,
    int64_t m, int64_t n, size_t size)
{
	int64_t i, j, u, v;

	if (size == 4) {
		transpose4((uint32_t *)y, ys, (const uint32_t *)x, xs, m, n);
		return;
	}
	for (j = 0; j < n; j += 16)
		for (i = 0; i < m; i += 16)
			for (u = i; u < min64(i + 16, m); u++)
				for (v = j; v < min64(j + 16, n); v++) {
					char *to =
					    y + (u * ys + v) * (int64_t)size;
					const char *from =
					    x + (u + v * xs) * (int64_t)size;
					if (size == 8)
						memcpy(to, from, 8);
					else if (size == 2)
						memcpy(to, from, 2);
					else
						*to = *from;
				}
}

/* n elements a step apart, from elements a step apart */
static inline void
move_row(char *restrict y, int64_t ys, const char *restrict x, int64_t xs,
    int64_t n, size_t size)
{
	int64_t i;

#define MOVE_STEP(T, S)                                                        \
	if (ys == 1 && xs == S) {                                              \
		for (i = 0; i < n; i++)                                        \
			d[i] = s[i * S];                                       \
		return;                                                        \
	}
#define MOVE_ROW(T)                                                            \
	if (size == sizeof(T)) {                                               \
		T *restrict d = (T *)y;                                        \
		const T *restrict s = (const T *)x;                            \
		const T v = *s;                                                \
		if (xs == 0 && ys == 1)                                        \
			for (i = 0; i < n; i++)                                \
				d[i] = v;                                      \
		else                                                           \
			for (i = 0; i < n; i++)                                \
				d[i * ys] = s[i * xs];                         \
		return;                                                        \
	}
	if (xs == 1 && ys == 1) {
		memcpy(y, x, n * size);
		return;
	}
	if (size == 4) {
		uint32_t *restrict d = (uint32_t *)y;
		const uint32_t *restrict s = (const uint32_t *)x;
		MOVE_STEP(uint32_t, 2)
		MOVE_STEP(uint32_t, -1)
	}
	MOVE_ROW(uint8_t)
	MOVE_ROW(uint16_t)
	MOVE_ROW(uint32_t)
	MOVE_ROW(uint64_t)
#undef MOVE_ROW
#undef MOVE_STEP
}

/* dimension d of a copy; a repeated block is copied once from the input */
static inline void
move_nest(const struct loop *l, int d, char *y, const char *x, size_t size)
{
	const int64_t n = l->dims[d], wide = (int64_t)size;
	const int64_t ys = l->step[0][d] * wide, xs = l->step[1][d] * wide;
	int64_t i, block;

	if (d == l->rank - 1) {
		move_row(y, l->step[0][d], x, l->step[1][d], n, size);
		return;
	}
	block = product(l->dims, d + 1, l->rank) * wide;
	if (xs == 0 && ys == block && l->step[0][l->rank - 1] == 1) {
		move_nest(l, d + 1, y, x, size);
		for (i = 1; i < n; i++)
			memcpy(y + i * ys, y, block);
		return;
	}
	for (i = 0; i < n; i++)
		move_nest(l, d + 1, y + i * ys, x + i * xs, size);
}

/*
 * Copy elements of any size along a loop not yet started: operand 0 is written,
 * operand 1 read.  Whole runs are copied, and where the two sides run along
 * different dimensions the copy goes by squares.
 */
static inline void
move(struct loop *l, void *dst, const void *src, size_t size)
{
	int64_t m, n, ys, xs;
	int last, p;

	l->operands = 2;
	loop_start(l);
	if (product(l->dims, 0, l->rank) == 0)
		return;
	last = l->rank - 1;
	for (p = last; p >= 0 && l->step[1][p] != 1; p--)
		;
	n = l->dims[last];
	xs = l->step[1][last];
	if (p < 0 || p == last || xs < 2 || l->dims[p] < 4 ||
	    l->step[0][last] != 1) {
		move_nest(l, 0, dst, src, size);
		return;
	}
	m = l->dims[p];
	ys = l->step[0][p];
	l->dims[p] = 1;
	do
		transpose((char *)dst + l->off[0] * (int64_t)size, ys,
		    (const char *)src + l->off[1] * (int64_t)size, xs, m, n,
		    size);
	while (loop_next(l));
}

/* the attribute reduction of the scatter operators */
enum reduction_kind { ASSIGN, ADDED, MULTIPLIED, HIGHER, LOWER };

static inline enum reduction_kind
reduction_kind(const struct node *n)
{
	char v[8];

	attr_string(n, "reduction", "none", v, sizeof(v));
	return strcmp(v, "add") == 0   ? ADDED
	       : strcmp(v, "mul") == 0 ? MULTIPLIED
	       : strcmp(v, "max") == 0 ? HIGHER
	       : strcmp(v, "min") == 0 ? LOWER
				       : ASSIGN;
}

#define REDUCED(T, kind, a, b)                                                 \
	((T)((kind) == ADDED	    ? (a) + (b)                                \
	     : (kind) == MULTIPLIED ? (a) * (b)                                \
	     : (kind) == HIGHER	    ? ((a) > (b) ? (a) : (b))                  \
				    : ((a) < (b) ? (a) : (b))))

/* the i-th of int32 or int64 indices, counted from the end if negative */
static inline int64_t
index_at(const struct tensor *t, int64_t i, int64_t size)
{
	const int64_t v = t->type == TYPE(INT32)
			      ? ((const int32_t *)t->data)[i]
			      : ((const int64_t *)t->data)[i];

	return v < 0 ? v + size : v;
}

/* are all of them below size? */
static inline bool
index_check(const struct tensor *t, int64_t size)
{
	bool bad = false;
	int64_t i, v;

	for (i = 0; i < t->n; i++) {
		v = index_at(t, i, size);
		bad |= v < 0 || v >= size;
	}
	return !bad;
}

#endif
