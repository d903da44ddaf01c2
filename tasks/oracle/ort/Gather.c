#include "kernel.h"

struct state {
	int64_t axis;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->axis = attr_int(n, "axis", 0);
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	struct tensor x, index, y;
	int64_t dims[2 * MAXRANK], outer, inner, size, i, j, at;
	int axis, rank = 0, k;
	const char *from;
	char *to;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &index));
	axis = axis_of(((struct state *)n->state)->axis, x.rank);
	if (axis < 0 || x.rank == 0)
		return fail(n, "no such axis");
	for (k = 0; k < axis; k++)
		dims[rank++] = x.dims[k];
	for (k = 0; k < index.rank; k++)
		dims[rank++] = index.dims[k];
	for (k = axis + 1; k < x.rank; k++)
		dims[rank++] = x.dims[k];
	if (rank > MAXRANK)
		return fail(n, "rank %d is over %d", rank, MAXRANK);
	TRY(output(n, 0, rank, dims, &y));
	outer = product(x.dims, 0, axis);
	size = x.dims[axis];
	inner = product(x.dims, axis + 1, x.rank) * (int64_t)typesize(x.type);
	from = x.data;
	to = y.data;
	for (i = 0; i < outer; i++, from += size * inner)
		for (j = 0; j < index.n; j++, to += inner) {
			at = index.type == TYPE(INT32)
				 ? ((const int32_t *)index.data)[j]
				 : ((const int64_t *)index.data)[j];
			at += at < 0 ? size : 0;
			if (at < 0 || at >= size)
				return fail(n, "index out of range");
			if (inner == 4)
				memcpy(to, from + at * 4, 4);
			else
				memcpy(to, from + at * inner, inner);
		}
	return NULL;
}

static const struct op theop = {.name = "Gather",
    .in = "TU",
    .out = "T",
    .T = MOVABLE,
    .U = INDEX,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
