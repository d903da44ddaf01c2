#include "loops.h"

/* each dimension becomes two: the repeats, which stand still, and itself */
static OrtStatus *
run(struct node *n)
{
	struct tensor x, repeats, y;
	struct loop l = {0};
	int64_t times[MAXRANK], dims[MAXRANK], from[MAXRANK], to[MAXRANK];
	int i;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &repeats));
	if (integers(&repeats, times, MAXRANK) != x.rank)
		return fail(n, "repeats must have a number a dimension");
	for (i = 0; i < x.rank; i++)
		dims[i] = x.dims[i] * times[i];
	TRY(output(n, 0, x.rank, dims, &y));
	strides(x.rank, x.dims, from);
	strides(x.rank, dims, to);
	for (i = 0; i < x.rank; i++) {
		l.dims[l.rank] = times[i];
		l.step[0][l.rank++] = to[i] * x.dims[i];
		l.dims[l.rank] = x.dims[i];
		l.step[0][l.rank] = to[i];
		l.step[1][l.rank++] = from[i];
	}
	move(&l, y.data, x.data, typesize(x.type));
	return NULL;
}

static const struct op theop = {
    .name = "Tile", .in = "Tl", .out = "T", .T = MOVABLE, .run = run};
