#include "reduce.h"

struct state {
	int64_t axis;
	bool keepdims, last; /* of equal ones the last */
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->axis = attr_int(n, "axis", 0);
	s->keepdims = attr_int(n, "keepdims", 1);
	s->last = attr_int(n, "select_last_index", 0);
	return NULL;
}

#define BETTER(x, y) ((x) < (y))
#define JOIN(T, x, y) (BETTER(x, y) ? (x) : (y))
enum { RUN = 256 };

/* a row: the least of it, then where it stands; columns: all RUN at once */
#define FIND(NAME, T, F)                                                       \
	REDUCE_ROW(least_##T, T, HIGHEST, SAME, JOIN)                          \
	static int64_t row_##T(const T *x, int64_t n, bool last)               \
	{                                                                      \
		const T best = least_##T##_row(x, n);                          \
		int64_t i, j;                                                  \
                                                                               \
		for (i = last ? n - 1 : 0; last && i >= 0; i--)                \
			if (x[i] == best)                                      \
				return i;                                      \
		for (i = 0; i < n; i += 64) {                                  \
			unsigned any = 0;                                      \
			for (j = i; j < min64(i + 64, n); j++)                 \
				any |= x[j] == best;                           \
			for (j = i; any && j < min64(i + 64, n); j++)          \
				if (x[j] == best)                              \
					return j;                              \
		}                                                              \
		return 0;                                                      \
	}                                                                      \
                                                                               \
	static void columns_##T(int64_t *restrict y, const T *restrict x,      \
	    int64_t n, int64_t step, int64_t w, bool last)                     \
	{                                                                      \
		T best[RUN];                                                   \
		int32_t at[RUN] = {0};                                         \
		int64_t i, j;                                                  \
                                                                               \
		memcpy(best, x, w * sizeof(T));                                \
		for (i = 1; i < n; i++)                                        \
			for (j = 0; j < w; j++) {                              \
				const T v = x[i * step + j];                   \
				const bool take = BETTER(v, best[j]) ||        \
						  (last && v == best[j]);      \
				best[j] = take ? v : best[j];                  \
				at[j] = take ? (int32_t)i : at[j];             \
			}                                                      \
		for (j = 0; j < w; j++)                                        \
			y[j] = at[j];                                          \
	}
#define EACH(X, F)                                                             \
	EACH_FLOAT(X, F)                                                       \
	X(INT32, int32_t, F) X(INT8, int8_t, F) X(UINT8, uint8_t, F)
EACH(FIND, )

#define FIND_CASE(NAME, T, F)                                                  \
	case TYPE(NAME):                                                       \
		for (i = 0; i < outer; i++)                                    \
			for (j = 0; j < inner; j += RUN) {                     \
				const T *p =                                   \
				    (const T *)x.data + i * count * inner + j; \
				int64_t *q =                                   \
				    (int64_t *)y.data + i * inner + j;         \
				if (inner == 1)                                \
					*q = row_##T(p, count, s->last);       \
				else                                           \
					columns_##T(q, p, count, inner,        \
					    min64(RUN, inner - j), s->last);   \
			}                                                      \
		break;

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, y;
	int64_t dims[MAXRANK], outer, inner, count, i, j;
	int axis, rank = 0;

	TRY(input(n, 0, &x));
	axis = axis_of(s->axis, x.rank);
	if (axis < 0)
		return fail(n, "no such axis");
	for (i = 0; i < x.rank; i++)
		if (i != axis)
			dims[rank++] = x.dims[i];
		else if (s->keepdims)
			dims[rank++] = 1;
	TRY(output(n, 0, rank, dims, &y));
	outer = product(x.dims, 0, axis);
	count = x.rank ? x.dims[axis] : 1;
	inner = product(x.dims, axis + 1, x.rank);
	if (y.n == 0)
		return NULL;
	switch (x.type) {
		EACH(FIND_CASE, )
	}
	return NULL;
}

static const struct op theop = {.name = "ArgMin",
    .in = "T",
    .out = "l",
    .T = SET(EACH),
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
