#include "loops.h"

struct state {
	int64_t axis;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->axis = attr_int(n, "axis", -1);
	return NULL;
}

static int64_t
whole(const struct tensor *t, int64_t i)
{
	switch (t->type) {
	case TYPE(FLOAT): return (int64_t)((const float *)t->data)[i];
	case TYPE(INT32): return ((const int32_t *)t->data)[i];
	default: return ((const int64_t *)t->data)[i];
	}
}

/* all off, then one on for each index in range */
static OrtStatus *
run(struct node *n)
{
	struct tensor index, depth, values, y;
	struct loop l = {.rank = 1};
	int64_t dims[MAXRANK + 1], d, outer, inner, size, i, j, at;
	int axis, k, rank = 0;

	TRY(input(n, 0, &index));
	TRY(input(n, 1, &depth));
	TRY(input(n, 2, &values));
	axis = axis_of(((struct state *)n->state)->axis, index.rank + 1);
	if (axis < 0 || index.rank == MAXRANK || depth.n != 1 || values.n != 2)
		return fail(n, "axis, depth or values do not fit");
	d = whole(&depth, 0);
	for (k = 0; k <= index.rank; k++)
		dims[rank++] = k == axis ? d : index.dims[k - (k > axis)];
	TRY(output(n, 0, rank, dims, &y));
	size = (int64_t)typesize(y.type);
	outer = product(index.dims, 0, axis);
	inner = product(index.dims, axis, index.rank);
	l.dims[0] = y.n;
	l.step[0][0] = 1;
	if (y.n > 0)
		move(&l, y.data, values.data, (size_t)size);
	for (i = 0; i < outer; i++)
		for (j = 0; j < inner; j++) {
			at = whole(&index, i * inner + j);
			at += at < 0 ? d : 0;
			if (at >= 0 && at < d)
				memcpy((char *)y.data +
					   ((i * d + at) * inner + j) * size,
				    (const char *)values.data + size, size);
		}
	return NULL;
}

static const struct op theop = {.name = "OneHot",
    .in = "TUV",
    .out = "V",
    .T = BIT(INT64) | BIT(INT32) | BIT(FLOAT),
    .U = BIT(INT64) | BIT(INT32) | BIT(FLOAT),
    .V = BIT(INT64) | BIT(INT32) | BIT(FLOAT) | BIT(DOUBLE) | BIT(UINT8) |
	 BIT(INT8) | BIT(BOOL),
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
