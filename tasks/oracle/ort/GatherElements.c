#include "loops.h"

struct state {
	int64_t axis;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->axis = attr_int(n, "axis", 0);
	return NULL;
}

/* one row along the last dimension; bad indices are counted, not read */
#define ROW(T, I)                                                              \
	static inline int64_t row_##T##_##I(T *restrict to, const T *from,     \
	    const I *restrict index, int64_t n, int64_t step, int64_t along,   \
	    int64_t size)                                                      \
	{                                                                      \
		int64_t bad = 0, i, at;                                        \
                                                                               \
		for (i = 0; i < n; i++) {                                      \
			at = index[i];                                         \
			at += at < 0 ? size : 0;                               \
			bad += at < 0 || at >= size;                           \
			at = at < 0 || at >= size ? 0 : at;                    \
			to[i] = from[i * along + at * step];                   \
		}                                                              \
		return bad;                                                    \
	}
#define ROWS(T) ROW(T, int32_t) ROW(T, int64_t)
ROWS(uint8_t)
ROWS(uint16_t)
ROWS(uint32_t)
ROWS(uint64_t)

#define ROW_CASE(T)                                                            \
	case sizeof(T):                                                        \
		bad += index.type == TYPE(INT32)                               \
			   ? row_##T##_int32_t((T *)y.data + l.off[0],         \
				 (const T *)x.data + l.off[1],                 \
				 (const int32_t *)index.data + l.off[0], l.n,  \
				 step, along, size)                            \
			   : row_##T##_int64_t((T *)y.data + l.off[0],         \
				 (const T *)x.data + l.off[1],                 \
				 (const int64_t *)index.data + l.off[0], l.n,  \
				 step, along, size);                           \
		break;

static OrtStatus *
run(struct node *n)
{
	struct tensor x, index, y;
	struct loop l = {0};
	int64_t s[MAXRANK] = {0}, step, size, along, bad = 0;
	int axis;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &index));
	axis = axis_of(((struct state *)n->state)->axis, x.rank);
	if (axis < 0 || index.rank != x.rank || x.rank == 0)
		return fail(n, "axis or indices do not fit");
	TRY(output(n, 0, index.rank, index.dims, &y));
	strides(x.rank, x.dims, s);
	step = s[axis];
	size = x.dims[axis];
	s[axis] = 0; /* the index says where along it */
	l.rank = x.rank;
	l.operands = 2;
	memcpy(l.dims, index.dims, sizeof(index.dims));
	memcpy(l.step[1], s, sizeof(s));
	strides(l.rank, l.dims, l.step[0]);
	if (y.n == 0)
		return NULL;
	loop_start(&l);
	along = l.step[1][l.rank - 1];
	do
		switch (typesize(x.type)) {
			ROW_CASE(uint8_t)
			ROW_CASE(uint16_t)
			ROW_CASE(uint32_t)
			ROW_CASE(uint64_t)
		}
	while (loop_next(&l));
	return bad ? fail(n, "index out of range") : NULL;
}

static const struct op theop = {.name = "GatherElements",
    .in = "TU",
    .out = "T",
    .T = MOVABLE,
    .U = INDEX,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
