#include "loops.h"

struct state {
	int count;
	int64_t perm[MAXRANK];
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->count = attr_ints(n, "perm", s->perm, MAXRANK);
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, y;
	struct loop l = {0};
	int64_t from[MAXRANK];
	int i, p;

	TRY(input(n, 0, &x));
	if (s->count >= 0 && s->count != x.rank)
		return fail(n, "perm of %d, rank %d", s->count, x.rank);
	strides(x.rank, x.dims, from);
	for (i = 0; i < x.rank; i++) {
		p = s->count < 0 ? x.rank - 1 - i : axis_of(s->perm[i], x.rank);
		if (p < 0)
			return fail(n, "no such axis");
		l.dims[i] = x.dims[p];
		l.step[1][i] = from[p];
	}
	l.rank = x.rank;
	strides(l.rank, l.dims, l.step[0]);
	TRY(output(n, 0, l.rank, l.dims, &y));
	move(&l, y.data, x.data, typesize(x.type));
	return NULL;
}

static const struct op theop = {.name = "Transpose",
    .in = "T",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
