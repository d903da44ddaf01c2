/* Family: reductions. */
#ifndef REDUCE_H
#define REDUCE_H

#include "kernel.h"
#include "loops.h"

struct reduce {
	bool keepdims, noop;
	int naxes; /* axes of the attribute, -1: they are an input or all */
	int64_t axes[MAXRANK];
};

/*
 * What is kept and what is reduced, as loops over the input: operand 0 of kept
 * walks the output, operand 1 the input; operand 0 of cut walks the input.
 */
struct reduction {
	struct loop kept, cut;
	int64_t count; /* elements per output */
	bool rows;     /* the reduced elements lie side by side */
};

static inline OrtStatus *
reduce_setup(struct node *n)
{
	struct reduce *s = n->state;

	s->keepdims = attr_int(n, "keepdims", 1);
	s->noop = attr_int(n, "noop_with_empty_axes", 0);
	s->naxes = attr_ints(n, "axes", s->axes, MAXRANK);
	return NULL;
}

/* plan the reduction of x over the axes of a mask, in given strides */
static inline void
reduction_plan(struct reduction *r, const struct tensor *x, unsigned mask)
{
	int64_t s[MAXRANK], y = 1;
	struct loop *k = &r->kept, *c = &r->cut;
	int i;

	memset(r, 0, sizeof(*r));
	k->operands = 2;
	c->operands = 1;
	strides(x->rank, x->dims, s);
	for (i = 0; i < x->rank; i++) {
		struct loop *l = mask >> i & 1 ? c : k;
		l->dims[l->rank] = x->dims[i];
		l->step[l == k][l->rank++] = s[i];
	}
	for (i = k->rank - 1; i >= 0; i--) {
		k->step[0][i] = y;
		y *= k->dims[i];
	}
	r->count = product(c->dims, 0, c->rank);
	loop_start(k);
	loop_start(c);
	r->rows = c->n > 1 && c->step[0][c->rank - 1] == 1;
	if (r->rows) { /* all kept dimensions become outer ones */
		k->dims[k->rank] = k->n = 1;
		k->step[0][k->rank] = k->step[1][k->rank] = 0;
		k->rank++;
	}
}

/* the inputs, the output and the plan of a Reduce operator */
static inline OrtStatus *
reduce_start(
    struct node *n, struct tensor *x, struct tensor *y, struct reduction *r)
{
	const struct reduce *s = n->state;
	struct tensor axes;
	int64_t v[MAXRANK], dims[MAXRANK];
	int i, a, count, rank = 0;
	unsigned mask = 0;

	TRY(input(n, 0, x));
	TRY(input(n, 1, &axes));
	memcpy(v, s->axes, sizeof(v));
	count = s->naxes >= 0 ? s->naxes : integers(&axes, v, MAXRANK);
	for (i = 0; i < count; i++) {
		a = axis_of(v[i], x->rank);
		if (a < 0)
			return fail(
			    n, "axis %d of rank %d", (int)v[i], x->rank);
		mask |= 1u << a;
	}
	if (count <= 0 && !s->noop)
		mask = ~0u;
	for (i = 0; i < x->rank; i++)
		if (!(mask >> i & 1))
			dims[rank++] = x->dims[i];
		else if (s->keepdims)
			dims[rank++] = 1;
	TRY(output(n, 0, rank, dims, y));
	reduction_plan(r, x, mask);
	return NULL;
}

/*
 * JOIN(T, a, b) of MAP(T, x) over a row of n, in lanes of their own so that the
 * loop becomes vector code.
 */
#define REDUCE_ROW(NAME, T, INIT, MAP, JOIN)                                   \
	static __attribute__((noinline)) T NAME##_row(const T *x, int64_t n)   \
	{                                                                      \
		enum { L = 32 };                                               \
		T acc[L];                                                      \
		int64_t i, j;                                                  \
                                                                               \
		if (n < 8) {                                                   \
			acc[0] = INIT(T);                                      \
			for (i = 0; i < n; i++)                                \
				acc[0] = JOIN(T, acc[0], MAP(T, x[i]));        \
			return acc[0];                                         \
		}                                                              \
		for (j = 0; j < L; j++)                                        \
			acc[j] = INIT(T);                                      \
		for (i = 0; i + L <= n; i += L)                                \
			for (j = 0; j < L; j++)                                \
				acc[j] = JOIN(T, acc[j], MAP(T, x[i + j]));    \
		for (; i + 8 <= n; i += 8)                                     \
			for (j = 0; j < 8; j++)                                \
				acc[j] = JOIN(T, acc[j], MAP(T, x[i + j]));    \
		for (j = 0; i + j < n; j++)                                    \
			acc[j] = JOIN(T, acc[j], MAP(T, x[i + j]));            \
		for (j = 0; j < 8; j++) {                                      \
			const T a = JOIN(T, acc[j], acc[j + 8]);               \
			const T b = JOIN(T, acc[j + 16], acc[j + 24]);         \
			acc[j] = JOIN(T, a, b);                                \
		}                                                              \
		for (j = 0; j < 4; j++)                                        \
			acc[j] = JOIN(T, acc[j], acc[j + 4]);                  \
		acc[0] = JOIN(T, acc[0], acc[2]);                              \
		acc[1] = JOIN(T, acc[1], acc[3]);                              \
		return JOIN(T, acc[0], acc[1]);                                \
	}

/* the same over m rows, a step apart, of n columns each, into acc */
#define REDUCE_COLUMNS(NAME, T, MAP, JOIN)                                     \
	static __attribute__((noinline)) void NAME##_columns(                  \
	    T *restrict acc, const T *x, int64_t step, int64_t m, int64_t n)   \
	{                                                                      \
		int64_t i, j;                                                  \
                                                                               \
		for (i = 0; i + 4 <= m; i += 4, x += 4 * step)                 \
			for (j = 0; j < n; j++) {                              \
				T a = JOIN(                                    \
				    T, MAP(T, x[j]), MAP(T, x[step + j]));     \
				T b = JOIN(T, MAP(T, x[2 * step + j]),         \
				    MAP(T, x[3 * step + j]));                  \
				acc[j] = JOIN(T, acc[j], JOIN(T, a, b));       \
			}                                                      \
		for (; i < m; i++, x += step)                                  \
			for (j = 0; j < n; j++)                                \
				acc[j] = JOIN(T, acc[j], MAP(T, x[j]));        \
	}

#define REDUCE_TYPE(NAME, T, F)                                                \
	REDUCE_ROW(reduce_##T, T, F##_INIT, F##_MAP, F##_JOIN)                 \
	REDUCE_COLUMNS(reduce_##T, T, F##_MAP, F##_JOIN)                       \
	static void run_##T(struct reduction *r, T *y, const T *x)             \
	{                                                                      \
		struct loop *k = &r->kept, *c = &r->cut;                       \
		const double count = (double)r->count;                         \
		const int last = c->rank - 1;                                  \
                                                                               \
		(void)count;                                                   \
		do {                                                           \
			T *out = y + k->off[0];                                \
			const T *in = x + k->off[1];                           \
			for (int64_t j = 0; j < k->n; j++)                     \
				out[j] = F##_INIT(T);                          \
			do {                                                   \
				if (r->rows)                                   \
					*out = F##_JOIN(T, *out,               \
					    reduce_##T##_row(                  \
						in + c->off[0], c->n));        \
				else                                           \
					reduce_##T##_columns(out,              \
					    in + c->off[0], c->step[0][last],  \
					    c->n, k->n);                       \
			} while (loop_next(c));                                \
			for (int64_t j = 0; j < k->n; j++)                     \
				out[j] = F##_DONE(T, out[j]);                  \
		} while (loop_next(k));                                        \
	}

#define REDUCE_CASE(NAME, T, F)                                                \
	case TYPE(NAME): run_##T(&r, y.data, x.data); break;

/* a Reduce operator from macros F_INIT(T), F_MAP(T, x), F_JOIN(T, a, b) and
   F_DONE(T, a), which may use count */
#define REDUCE(OP, EACH, F)                                                    \
	EACH(REDUCE_TYPE, F)                                                   \
	static OrtStatus *run(struct node *n)                                  \
	{                                                                      \
		struct tensor x, y;                                            \
		struct reduction r;                                            \
                                                                               \
		TRY(reduce_start(n, &x, &y, &r));                              \
		if (y.n > 0)                                                   \
			switch (x.type) {                                      \
				EACH(REDUCE_CASE, F)                           \
			}                                                      \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static const struct op theop = {.name = OP,                            \
	    .in = "Tl?",                                                       \
	    .out = "T",                                                        \
	    .T = SET(EACH),                                                    \
	    .state = sizeof(struct reduce),                                    \
	    .setup = reduce_setup,                                             \
	    .run = run}

#define SUM_INIT(T) ((T)0)
#define SUM_JOIN(T, a, b) ((T)((a) + (b)))
#define MAX_JOIN(T, a, b) ((a) > (b) ? (a) : (b))
#define MIN_JOIN(T, a, b) ((a) < (b) ? (a) : (b))
#define SAME(T, x) (x)

/*
 * NAME(x, n, &mean, &variance) of a run of floats, the second pass around the
 * mean, so that an offset costs no digits.
 */
#define MOMENTS(NAME)                                                          \
	REDUCE_ROW(NAME##_total, float, SUM_INIT, SAME, SUM_JOIN)              \
	static void NAME(                                                      \
	    const float *x, int64_t n, float *mean, float *variance)           \
	{                                                                      \
		const float m = NAME##_total_row(x, n) / (float)n;             \
		float acc[64] = {0}, d;                                        \
		int64_t i, j;                                                  \
                                                                               \
		for (i = 0; i + 64 <= n; i += 64)                              \
			for (j = 0; j < 64; j++) {                             \
				d = x[i + j] - m;                              \
				acc[j] += d * d;                               \
			}                                                      \
		for (j = 0; i + j < n; j++) {                                  \
			d = x[i + j] - m;                                      \
			acc[j] += d * d;                                       \
		}                                                              \
		*mean = m;                                                     \
		*variance = NAME##_total_row(acc, 64) / (float)n;              \
	}

#endif
