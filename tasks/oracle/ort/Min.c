#include "loops.h"

#define EACH(X, F)                                                             \
	EACH_WIDE(X, F)                                                        \
	X(UINT32, uint32_t, F)                                                 \
	X(UINT64, uint64_t, F) X(INT8, int8_t, F) X(UINT8, uint8_t, F)

/* out and in may be one: the running result */
#define FOLD(NAME, T, F)                                                       \
	case TYPE(NAME): {                                                     \
		const int64_t step = l.step[2][l.rank - 1];                    \
		const int64_t first = l.step[1][l.rank - 1];                   \
		do {                                                           \
			T *z = (T *)y.data + l.off[0];                         \
			const T *p = (const T *)a.data + l.off[1];             \
			const T *q = (const T *)b.data + l.off[2];             \
			const T u = *p, v = *q;                                \
			if (first && step)                                     \
				for (i = 0; i < l.n; i++)                      \
					z[i] = F(T, p[i], q[i]);               \
			else if (first)                                        \
				for (i = 0; i < l.n; i++)                      \
					z[i] = F(T, p[i], v);                  \
			else                                                   \
				for (i = 0; i < l.n; i++)                      \
					z[i] = F(T, u, q[step * i]);           \
		} while (loop_next(&l));                                       \
		break;                                                         \
	}
/* NaN wins */
#define PICK(T, x, y) ((x) != (x) || (x) < (y) ? (x) : (y))

static OrtStatus *
run(struct node *n)
{
	struct tensor a, b, y, shape;
	struct loop l;
	int64_t i;
	size_t k;

	TRY(input(n, 0, &shape));
	for (k = 1; k < n->nin; k++) {
		TRY(input(n, k, &b));
		if (!broadcast(&shape, &b))
			return fail(n, "shapes do not broadcast");
	}
	TRY(output(n, 0, shape.rank, shape.dims, &y));
	TRY(input(n, 0, &a));
	for (k = n->nin > 1; y.n > 0 && k < n->nin; k++, a = y) {
		TRY(input(n, k, &b));
		loop_broadcast(&l, &y, 2, (const struct tensor *[]){&a, &b});
		switch (a.type) {
			EACH(FOLD, PICK)
		}
	}
	return NULL;
}

static const struct op theop = {
    .name = "Min", .in = "T*", .out = "T", .T = SET(EACH), .run = run};
