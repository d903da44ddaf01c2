#include "loops.h"

struct state {
	enum reduction_kind kind;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->kind = reduction_kind(n);
	return NULL;
}

#define SCATTER(NAME, T, F)                                                    \
	case TYPE(NAME): {                                                     \
		T *restrict to = (T *)y.data + at;                             \
		const T *restrict from = (const T *)u.data + i * inner;        \
		switch (kind) {                                                \
		case ADDED:                                                    \
			for (j = 0; j < inner; j++)                            \
				to[j] = (T)(to[j] + from[j]);                  \
			break;                                                 \
		default:                                                       \
			for (j = 0; j < inner; j++)                            \
				to[j] = REDUCED(T, kind, to[j], from[j]);      \
		}                                                              \
		break;                                                         \
	}

static OrtStatus *
run(struct node *n)
{
	const enum reduction_kind kind = ((struct state *)n->state)->kind;
	struct tensor x, index, u, y;
	int64_t s[MAXRANK], tuple, inner, width, at, v, i, j, k, tuples;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &index));
	TRY(input(n, 2, &u));
	tuple = index.rank ? index.dims[index.rank - 1] : 0;
	if (tuple < 1 || tuple > x.rank)
		return fail(n, "indices do not fit");
	TRY(output(n, 0, x.rank, x.dims, &y));
	width = (int64_t)typesize(x.type);
	memcpy(y.data, x.data, x.n * width);
	strides(x.rank, x.dims, s);
	inner = product(x.dims, (int)tuple, x.rank);
	tuples = product(index.dims, 0, index.rank - 1);
	if (u.n != tuples * inner)
		return fail(n, "updates do not fit");
	for (i = 0; i < tuples; i++) {
		for (k = at = 0; k < tuple; k++) {
			v = ((const int64_t *)index.data)[i * tuple + k];
			v += v < 0 ? x.dims[k] : 0;
			if (v < 0 || v >= x.dims[k])
				return fail(n, "index out of range");
			at += v * s[k];
		}
		if (kind == ASSIGN)
			memcpy((char *)y.data + at * width,
			    (const char *)u.data + i * inner * width,
			    inner * width);
		else
			switch (x.type) {
				EACH_NUMBER(SCATTER, )
			}
	}
	return NULL;
}

static const struct op theop = {.name = "ScatterND",
    .in = "TlT",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
