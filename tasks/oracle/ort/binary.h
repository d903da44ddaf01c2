/* Family: z = F(x, y), broadcast. */
#ifndef BINARY_H
#define BINARY_H

#include "kernel.h"
#include "loops.h"

/* the rows of loop l: R *z from T *x and *y, whose innermost step is 0 or 1 */
#define BINARY_ROWS(R, T, F, zdata, xdata, ydata)                              \
	do {                                                                   \
		const int64_t wide = l.n;                                      \
		R *restrict z = (R *)(zdata) + l.off[0];                       \
		const T *x = (const T *)(xdata) + l.off[1];                    \
		const T *y = (const T *)(ydata) + l.off[2];                    \
		if (!l.step[1][l.rank - 1]) {                                  \
			const T v = *x;                                        \
			for (int64_t i = 0; i < wide; i++)                     \
				z[i] = F(T, v, y[i]);                          \
		} else if (!l.step[2][l.rank - 1]) {                           \
			const T v = *y;                                        \
			(void)v;                                               \
			for (int64_t i = 0; i < wide; i++)                     \
				z[i] = F(T, x[i], v);                          \
		} else                                                         \
			for (int64_t i = 0; i < wide; i++)                     \
				z[i] = F(T, x[i], y[i]);                       \
	} while (loop_next(&l));

#define BINARY_CASE(NAME, T, F)                                                \
	case TYPE(NAME):                                                       \
		BINARY_ROWS(T, T, F, c.data, a.data, b.data)                   \
		break;

#define COMPARE_CASE(NAME, T, F)                                               \
	case TYPE(NAME): BINARY_ROWS(bool, T, F, c.data, a.data, b.data) break;

/* make c the broadcast output of inputs a and b, and a loop over all three */
static inline OrtStatus *
binary_start(struct node *n, struct tensor *a, struct tensor *b,
    struct tensor *c, struct loop *l)
{
	struct tensor shape;

	TRY(input(n, 0, a));
	TRY(input(n, 1, b));
	shape = *a;
	if (!broadcast(&shape, b))
		return fail(n, "shapes do not broadcast");
	TRY(output(n, 0, shape.rank, shape.dims, c));
	loop_broadcast(l, c, 2, (const struct tensor *[]){a, b});
	return NULL;
}

#define BINARY_OP(OP, EACH, F, CASE, OUT, TYPES, KEY)                          \
	static OrtStatus *run(struct node *n)                                  \
	{                                                                      \
		struct tensor a, b, c;                                         \
		struct loop l;                                                 \
                                                                               \
		TRY(binary_start(n, &a, &b, &c, &l));                          \
		if (c.n > 0)                                                   \
			switch (KEY(a.type)) {                                 \
				EACH(CASE, F)                                  \
			}                                                      \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static const struct op theop = {                                       \
	    .name = OP, .in = "TT", .out = OUT, .T = TYPES, .run = run}

#define BINARY(OP, EACH, F)                                                    \
	BINARY_OP(OP, EACH, F, BINARY_CASE, "T", SET(EACH), )
#define COMPARE(OP, EACH, F)                                                   \
	BINARY_OP(OP, EACH, F, COMPARE_CASE, "b", SET(EACH), )
/* F on bits: signed types go as unsigned ones */
#define BITWISE(OP, F)                                                         \
	BINARY_OP(OP, EACH_UNSIGNED, F, BINARY_CASE, "T", SET(EACH_INT),       \
	    unsigned_type)

static inline int
unsigned_type(int type)
{
	switch (type) {
	case TYPE(INT8): return TYPE(UINT8);
	case TYPE(INT16): return TYPE(UINT16);
	case TYPE(INT32): return TYPE(UINT32);
	case TYPE(INT64): return TYPE(UINT64);
	default: return type;
	}
}

#endif
