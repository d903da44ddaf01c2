#include "kernel.h"

struct state {
	int64_t axis;
	int count; /* sizes given as an attribute, -1: none */
	int64_t sizes[64];
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->axis = attr_int(n, "axis", 0);
	s->count = attr_ints(n, "split", s->sizes, 64);
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, sizes, y;
	int64_t dims[MAXRANK], outer, row, inner, i, left, size, part;
	size_t k;
	int axis;
	const char *from;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &sizes));
	axis = axis_of(s->axis, x.rank);
	if (axis < 0)
		return fail(n, "no such axis");
	left = x.dims[axis];
	part = (left + (int64_t)n->nout - 1) / (int64_t)n->nout;
	outer = product(x.dims, 0, axis);
	inner = product(x.dims, axis + 1, x.rank) * (int64_t)typesize(x.type);
	row = left * inner;
	from = x.data;
	memcpy(dims, x.dims, sizeof(dims));
	for (k = 0; k < n->nout; k++, left -= size) {
		size = sizes.data      ? ((const int64_t *)sizes.data)[k]
		       : s->count >= 0 ? s->sizes[k]
				       : min64(part, left);
		if (size < 0 || size > left)
			return fail(n, "sizes do not fit");
		dims[axis] = size;
		TRY(output(n, k, x.rank, dims, &y));
		for (i = 0; y.data && i < outer; i++)
			memcpy((char *)y.data + i * size * inner,
			    from + i * row, size * inner);
		from += size * inner;
	}
	return NULL;
}

static const struct op theop = {.name = "Split",
    .in = "Tl?",
    .out = "T*",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
