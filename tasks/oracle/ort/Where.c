#include "loops.h"

/* by size alone; a 0 step holds its operand still */
#define WHERE(T)                                                               \
	case sizeof(T): {                                                      \
		T *restrict z = (T *)y.data + l.off[0];                        \
		const bool *c = (const bool *)in[0].data + l.off[1];           \
		const T *p = (const T *)in[1].data + l.off[2];                 \
		const T *q = (const T *)in[2].data + l.off[3];                 \
		if (sc && sp && sq)                                            \
			for (i = 0; i < l.n; i++) {                            \
				const T u = p[i], v = q[i];                    \
				z[i] = c[i] ? u : v;                           \
			}                                                      \
		else if (sc && sp) {                                           \
			const T v = *q;                                        \
			for (i = 0; i < l.n; i++) {                            \
				const T u = p[i];                              \
				z[i] = c[i] ? u : v;                           \
			}                                                      \
		} else if (sc && sq) {                                         \
			const T u = *p;                                        \
			for (i = 0; i < l.n; i++) {                            \
				const T v = q[i];                              \
				z[i] = c[i] ? u : v;                           \
			}                                                      \
		} else if (sc) {                                               \
			const T u = *p, v = *q;                                \
			for (i = 0; i < l.n; i++)                              \
				z[i] = c[i] ? u : v;                           \
		} else if (*c ? sp : sq)                                       \
			memcpy(z, *c ? p : q, l.n * sizeof(T));                \
		else                                                           \
			for (i = 0; i < l.n; i++)                              \
				z[i] = *c ? *p : *q;                           \
		break;                                                         \
	}

static OrtStatus *
run(struct node *n)
{
	struct tensor in[3], shape, y;
	struct loop l;
	int64_t i, sc, sp, sq;

	for (i = 0; i < 3; i++)
		TRY(input(n, i, &in[i]));
	shape = in[0];
	if (!broadcast(&shape, &in[1]) || !broadcast(&shape, &in[2]))
		return fail(n, "shapes do not broadcast");
	TRY(output(n, 0, shape.rank, shape.dims, &y));
	if (y.n == 0)
		return NULL;
	loop_broadcast(
	    &l, &y, 3, (const struct tensor *[]){&in[0], &in[1], &in[2]});
	sc = l.step[1][l.rank - 1];
	sp = l.step[2][l.rank - 1];
	sq = l.step[3][l.rank - 1];
	do
		switch (typesize(y.type)) {
			WHERE(uint8_t)
			WHERE(uint16_t)
			WHERE(uint32_t)
			WHERE(uint64_t)
		}
	while (loop_next(&l));
	return NULL;
}

static const struct op theop = {
    .name = "Where", .in = "bTT", .out = "T", .T = MOVABLE, .run = run};
