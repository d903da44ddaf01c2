#include "loops.h"

static OrtStatus *
run(struct node *n)
{
	struct tensor x, shape, y, want = {0};
	struct loop l = {0};

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &shape));
	want.rank = integers(&shape, want.dims, MAXRANK);
	if (!broadcast(&want, &x))
		return fail(n, "shapes do not broadcast");
	TRY(output(n, 0, want.rank, want.dims, &y));
	l.rank = y.rank;
	memcpy(l.dims, y.dims, sizeof(y.dims));
	strides(y.rank, y.dims, l.step[0]);
	loop_operand(&l, 1, &y, &x);
	move(&l, y.data, x.data, typesize(x.type));
	return NULL;
}

static const struct op theop = {
    .name = "Expand", .in = "Tl", .out = "T", .T = MOVABLE, .run = run};
