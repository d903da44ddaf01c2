#include "kernel.h"

struct state {
	int64_t axis;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->axis = attr_int(n, "axis", 1);
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	struct tensor x, y;
	int64_t axis = ((struct state *)n->state)->axis, dims[2];

	TRY(input(n, 0, &x));
	if (axis < 0)
		axis += x.rank;
	if (axis < 0 || axis > x.rank)
		return fail(n, "no such axis");
	dims[0] = product(x.dims, 0, (int)axis);
	dims[1] = product(x.dims, (int)axis, x.rank);
	TRY(output(n, 0, 2, dims, &y));
	memcpy(y.data, x.data, x.n * typesize(x.type));
	return NULL;
}

static const struct op theop = {.name = "Flatten",
    .in = "T",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
