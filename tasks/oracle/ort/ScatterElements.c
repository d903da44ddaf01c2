#include "loops.h"

struct state {
	int64_t axis;
	enum reduction_kind kind;
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->axis = attr_int(n, "axis", 0);
	s->kind = reduction_kind(n);
	return NULL;
}

/* where the i-th update of a row goes */
#define AT(i)                                                                  \
	(l.off[1] + index_at(&index, l.off[0] + (i), size) * step + (i)*along)

#define SCATTER(NAME, T, F)                                                    \
	case TYPE(NAME):                                                       \
		for (i = 0; i < l.n; i++) {                                    \
			T *to = (T *)y.data + AT(i);                           \
			*to = REDUCED(                                         \
			    T, s->kind, *to, ((T *)u.data)[l.off[0] + i]);     \
		}                                                              \
		break;

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, index, u, y;
	struct loop l = {0};
	int64_t t[MAXRANK] = {0}, i, step, size, along, width;
	int axis;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &index));
	TRY(input(n, 2, &u));
	axis = axis_of(s->axis, x.rank);
	if (axis < 0 || x.rank == 0 || index.rank != x.rank || index.n != u.n)
		return fail(n, "axis, indices or updates do not fit");
	TRY(output(n, 0, x.rank, x.dims, &y));
	width = (int64_t)typesize(x.type);
	memcpy(y.data, x.data, x.n * width);
	if (index.n == 0)
		return NULL;
	strides(x.rank, x.dims, t);
	step = t[axis];
	size = x.dims[axis];
	if (!index_check(&index, size))
		return fail(n, "index out of range");
	t[axis] = 0; /* the index says where along it */
	l.rank = x.rank;
	l.operands = 2;
	memcpy(l.dims, index.dims, sizeof(index.dims));
	memcpy(l.step[1], t, sizeof(t));
	strides(l.rank, l.dims, l.step[0]);
	loop_start(&l);
	along = l.step[1][l.rank - 1];
	do {
		if (s->kind == ASSIGN && width == 4)
			for (i = 0; i < l.n; i++)
				((uint32_t *)y.data)[AT(i)] =
				    ((uint32_t *)u.data)[l.off[0] + i];
		else if (s->kind == ASSIGN)
			for (i = 0; i < l.n; i++)
				memcpy((char *)y.data + AT(i) * width,
				    (char *)u.data + (l.off[0] + i) * width,
				    width);
		else
			switch (x.type) {
				EACH_NUMBER(SCATTER, )
			}
	} while (loop_next(&l));
	return NULL;
}

static const struct op theop = {.name = "ScatterElements",
    .in = "TUT",
    .out = "T",
    .T = MOVABLE,
    .U = INDEX,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
