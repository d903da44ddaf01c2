#include "kernel.h"

struct state {
	bool exclusive, reverse;
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->exclusive = attr_int(n, "exclusive", 0);
	s->reverse = attr_int(n, "reverse", 0);
	return NULL;
}

/* rows of inner elements, each the sum of itself (or of the last input) and the
   row before; a lone column keeps its sum in a register */
#define SUM(NAME, T, F)                                                        \
	case TYPE(NAME):                                                       \
		for (i = 0; i < outer; i++) {                                  \
			const T *p = (const T *)x.data + i * count * inner;    \
			T *q = (T *)y.data + i * count * inner;                \
			T sum = 0;                                             \
			if (s->reverse) {                                      \
				p += (count - 1) * inner;                      \
				q += (count - 1) * inner;                      \
			}                                                      \
			for (k = 0; inner == 1 && k < count; k++) {            \
				const T v = p[k * step];                       \
				q[k * step] = s->exclusive ? sum : sum + v;    \
				sum += v;                                      \
			}                                                      \
			if (inner == 1)                                        \
				continue;                                      \
			for (j = 0; j < inner; j++)                            \
				q[j] = s->exclusive ? 0 : p[j];                \
			for (k = 1; k < count; k++) {                          \
				const T *restrict last = q, *restrict add;     \
				T *restrict to = q + step;                     \
				add = s->exclusive ? p : p + step;             \
				for (j = 0; j < inner; j++)                    \
					to[j] = last[j] + add[j];              \
				p += step;                                     \
				q += step;                                     \
			}                                                      \
		}                                                              \
		break;

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, t, y;
	int64_t at = 0, outer, count, inner, step, i, j, k;
	int axis;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &t));
	integers(&t, &at, 1);
	axis = axis_of(at, x.rank);
	if (axis < 0 || x.rank == 0)
		return fail(n, "no such axis");
	TRY(output(n, 0, x.rank, x.dims, &y));
	if (y.n == 0)
		return NULL;
	outer = product(x.dims, 0, axis);
	count = x.dims[axis];
	inner = product(x.dims, axis + 1, x.rank);
	step = s->reverse ? -inner : inner;
	switch (x.type) {
		EACH_WIDE(SUM, )
	}
	return NULL;
}

static const struct op theop = {.name = "CumSum",
    .in = "TU",
    .out = "T",
    .T = SET(EACH_WIDE),
    .U = INDEX,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
