#include "kernel.h"

/* axes are an input since opset 13, an attribute before */
struct state {
	int count;
	int64_t axes[MAXRANK];
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->count = attr_ints(n, "axes", s->axes, MAXRANK);
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, axes, y;
	int64_t v[MAXRANK], dims[MAXRANK];
	int i, a, count = s->count, rank = 0;
	unsigned mask = 0;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &axes));
	memcpy(v, s->axes, sizeof(v));
	if (axes.data)
		count = integers(&axes, v, MAXRANK);
	rank = x.rank + (count > 0 ? count : 0);
	if (rank > MAXRANK)
		return fail(n, "rank %d is over %d", rank, MAXRANK);
	for (i = 0; i < count; i++) {
		a = axis_of(v[i], rank);
		if (a < 0 || mask >> a & 1)
			return fail(
			    n, "axis %lld cannot come", (long long)v[i]);
		mask |= 1u << a;
	}
	for (i = a = 0; i < rank; i++)
		dims[i] = mask >> i & 1 ? 1 : x.dims[a++];
	TRY(output(n, 0, rank, dims, &y));
	memcpy(y.data, x.data, x.n * typesize(x.type));
	return NULL;
}

static const struct op theop = {.name = "Unsqueeze",
    .in = "Tl?",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
