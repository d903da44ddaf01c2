#include "kernel.h"

struct state {
	bool zeros; /* a 0 is a size, not the input's */
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->zeros = attr_int(n, "allowzero", 0);
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, shape, y;
	int64_t dims[MAXRANK], known = 1;
	int i, rank, rest = -1;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &shape));
	rank = integers(&shape, dims, MAXRANK);
	for (i = 0; i < rank; i++) {
		if (dims[i] == 0 && !s->zeros)
			dims[i] = i < x.rank ? x.dims[i] : 0;
		if (dims[i] < 0)
			rest = i;
		else
			known *= dims[i];
	}
	if (rest >= 0)
		dims[rest] = known ? x.n / known : 0;
	if (product(dims, 0, rank) != x.n)
		return fail(n, "%lld elements do not fit", (long long)x.n);
	TRY(output(n, 0, rank, dims, &y));
	memcpy(y.data, x.data, x.n * typesize(x.type));
	return NULL;
}

static const struct op theop = {.name = "Reshape",
    .in = "Tl",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
