#include "kernel.h"

struct state {
	int64_t batch;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->batch = attr_int(n, "batch_dims", 0);
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	const int64_t batch = ((struct state *)n->state)->batch;
	struct tensor x, index, y;
	int64_t dims[2 * MAXRANK], s[MAXRANK], tuple, inner, tuples, whole;
	int64_t i, k, at, v;
	int rank = 0;
	char *to;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &index));
	tuple = index.rank ? index.dims[index.rank - 1] : 0;
	if (batch < 0 || batch >= index.rank || batch + tuple > x.rank)
		return fail(n, "indices do not fit");
	for (k = 0; k < index.rank - 1; k++)
		dims[rank++] = index.dims[k];
	for (k = batch + tuple; k < x.rank; k++)
		dims[rank++] = x.dims[k];
	if (rank > MAXRANK)
		return fail(n, "rank %d is over %d", rank, MAXRANK);
	TRY(output(n, 0, rank, dims, &y));
	strides(x.rank, x.dims, s);
	inner = product(x.dims, (int)(batch + tuple), x.rank) *
		(int64_t)typesize(x.type);
	whole = product(x.dims, (int)batch, x.rank);
	tuples = product(index.dims, (int)batch, index.rank - 1);
	to = y.data;
	for (i = 0; i < product(index.dims, 0, index.rank - 1); i++) {
		at = i / tuples * whole;
		for (k = 0; k < tuple; k++) {
			v = ((const int64_t *)index.data)[i * tuple + k];
			v += v < 0 ? x.dims[batch + k] : 0;
			if (v < 0 || v >= x.dims[batch + k])
				return fail(n, "index out of range");
			at += v * s[batch + k];
		}
		memcpy(to,
		    (const char *)x.data + at * (int64_t)typesize(x.type),
		    inner);
		to += inner;
	}
	return NULL;
}

static const struct op theop = {.name = "GatherND",
    .in = "Tl",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
