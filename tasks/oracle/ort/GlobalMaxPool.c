#include "reduce.h"

#define HIGH(NAME, T, F) REDUCE_ROW(pool_##T, T, LOWEST, SAME, MAX_JOIN)
EACH_FLOAT(HIGH, )

#define POOL_CASE(NAME, T, F)                                                  \
	case TYPE(NAME):                                                       \
		for (i = 0; i < y.n; i++) {                                    \
			const T v = pool_##T##_row(                            \
			    (const T *)x.data + i * inner, inner);             \
			((T *)y.data)[i] = v;                                  \
		}                                                              \
		break;

static OrtStatus *
run(struct node *n)
{
	struct tensor x, y;
	int64_t i, inner, dims[MAXRANK];

	TRY(input(n, 0, &x));
	if (x.rank < 2)
		return fail(n, "rank %d", x.rank);
	inner = product(x.dims, 2, x.rank);
	for (i = 0; i < x.rank; i++)
		dims[i] = i < 2 ? x.dims[i] : 1;
	TRY(output(n, 0, x.rank, dims, &y));
	switch (x.type) {
		EACH_FLOAT(POOL_CASE, )
	}
	return NULL;
}

static const struct op theop = {
    .name = "GlobalMaxPool", .in = "T", .out = "T", .T = FLOATS, .run = run};
