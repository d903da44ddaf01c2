#include "loops.h"

static OrtStatus *
run(struct node *n)
{
	struct tensor x, t, y;
	struct loop l = {0};
	int64_t start[MAXRANK], end[MAXRANK], axes[MAXRANK], steps[MAXRANK];
	int64_t from[MAXRANK], begin = 0, a, b, d, s;
	int i, k, count;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &t));
	count = integers(&t, start, MAXRANK);
	TRY(input(n, 2, &t));
	if (integers(&t, end, MAXRANK) != count)
		return fail(n, "starts and ends differ in number");
	for (i = 0; i < count; i++) {
		axes[i] = i;
		steps[i] = 1;
	}
	TRY(input(n, 3, &t));
	integers(&t, axes, count);
	TRY(input(n, 4, &t));
	integers(&t, steps, count);
	strides(x.rank, x.dims, from);
	l.rank = x.rank;
	for (i = 0; i < x.rank; i++) {
		l.dims[i] = x.dims[i];
		l.step[1][i] = from[i];
	}
	for (i = 0; i < count; i++) {
		k = axis_of(axes[i], x.rank);
		if (k < 0 || steps[i] == 0)
			return fail(n, "no such axis, or a step of 0");
		d = x.dims[k];
		s = steps[i];
		a = start[i] < 0 ? start[i] + d : start[i];
		b = end[i] < 0 ? end[i] < INT64_MIN + d ? -1 : end[i] + d
			       : end[i];
		/* forwards within [0, d], backwards within [-1, d - 1] */
		a = max64(0, min64(a, s > 0 ? d : d - 1));
		b = max64(s > 0 ? 0 : -1, min64(b, d));
		l.dims[k] = s > 0 ? max64(0, (b - a + s - 1) / s)
				  : max64(0, (a - b - s - 1) / -s);
		l.step[1][k] = s * from[k];
		begin += a * from[k];
	}
	strides(l.rank, l.dims, l.step[0]);
	TRY(output(n, 0, l.rank, l.dims, &y));
	if (y.n > 0)
		move(&l, y.data,
		    (const char *)x.data + begin * (int64_t)typesize(x.type),
		    typesize(x.type));
	return NULL;
}

static const struct op theop = {.name = "Slice",
    .in = "TUUU?U?",
    .out = "T",
    .T = MOVABLE,
    .U = INDEX,
    .run = run};
