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
	const struct state *s = n->state;
	struct tensor x, y;
	int64_t dims[MAXRANK], sum = 0, outer, i, row, total;
	size_t k;
	int axis = 0, rank = 0;
	char *to;

	for (k = 0; k < n->nin; k++) {
		TRY(input(n, k, &x));
		axis = axis_of(s->axis, x.rank);
		if (axis < 0)
			return fail(n, "no such axis");
		sum += x.dims[axis];
		rank = x.rank;
		memcpy(dims, x.dims, sizeof(dims));
	}
	dims[axis] = sum;
	TRY(output(n, 0, rank, dims, &y));
	outer = product(dims, 0, axis);
	total = product(dims, axis, rank) * (int64_t)typesize(y.type);
	to = y.data;
	for (k = 0; k < n->nin; k++) {
		TRY(input(n, k, &x));
		row = product(x.dims, axis, rank) * (int64_t)typesize(x.type);
		for (i = 0; i < outer; i++)
			memcpy(to + i * total, (const char *)x.data + i * row,
			    row);
		to += row;
	}
	return NULL;
}

static const struct op theop = {.name = "Concat",
    .in = "T*",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
