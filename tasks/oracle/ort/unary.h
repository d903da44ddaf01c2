/* Family: y = F(x), element by element. */
#ifndef UNARY_H
#define UNARY_H

#include "kernel.h"

/* numbers of the node's attributes, for F as a and b */
struct numbers {
	float a, b;
};

#define UNARY_CASE(NAME, T, F)                                                 \
	case TYPE(NAME): {                                                     \
		const T *restrict x = in.data;                                 \
		T *restrict y = out.data;                                      \
		const T a = (T)s->a, b = (T)s->b;                              \
		/* stores of bytes could change in.n */                        \
		const int64_t count = in.n;                                    \
		for (int64_t i = 0; i < count; i++)                            \
			y[i] = F(T, x[i]);                                     \
		(void)a;                                                       \
		(void)b;                                                       \
		break;                                                         \
	}

/* F(T, x) may use attributes of these names as a and b */
#define UNARY_ATTR(OP, EACH, F, A, ADEFAULT, B, BDEFAULT)                      \
	static OrtStatus *setup(struct node *n)                                \
	{                                                                      \
		struct numbers *s = n->state;                                  \
                                                                               \
		s->a = attr_float(n, A, ADEFAULT);                             \
		s->b = attr_float(n, B, BDEFAULT);                             \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static OrtStatus *run(struct node *n)                                  \
	{                                                                      \
		const struct numbers *s = n->state;                            \
		struct tensor in, out;                                         \
                                                                               \
		TRY(input(n, 0, &in));                                         \
		TRY(output(n, 0, in.rank, in.dims, &out));                     \
		switch (in.type) {                                             \
			EACH(UNARY_CASE, F)                                    \
		}                                                              \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static const struct op theop = {.name = OP,                            \
	    .in = "T",                                                         \
	    .out = "T",                                                        \
	    .T = SET(EACH),                                                    \
	    .state = sizeof(struct numbers),                                   \
	    .setup = setup,                                                    \
	    .run = run}

#define UNARY(OP, EACH, F) UNARY_ATTR(OP, EACH, F, "", 0, "", 0)

/* functions of angles: FAST for runs of moderate ones, else libm's SLOW */
#define UNARY_ANGLE(OP, FAST, SLOW, SLOWD)                                     \
	static OrtStatus *run(struct node *n)                                  \
	{                                                                      \
		struct tensor in, out;                                         \
		int64_t i, j, end;                                             \
                                                                               \
		TRY(input(n, 0, &in));                                         \
		TRY(output(n, 0, in.rank, in.dims, &out));                     \
		const double *restrict xd = in.data;                           \
		double *restrict yd = out.data;                                \
		const float *restrict x = in.data;                             \
		float *restrict y = out.data;                                  \
		for (i = 0; in.type == TYPE(DOUBLE) && i < in.n; i++)          \
			yd[i] = SLOWD(xd[i]);                                  \
		for (; i < in.n; i = end) {                                    \
			int32_t large = 0;                                     \
			end = min64(in.n, i + 1024);                           \
			for (j = i; j < end; j++)                              \
				large |= !(fabsf(x[j]) < ANGLE_LIMIT);         \
			if (large)                                             \
				for (j = i; j < end; j++)                      \
					y[j] = SLOW(x[j]);                     \
			else                                                   \
				for (j = i; j < end; j++)                      \
					y[j] = FAST(x[j]);                     \
		}                                                              \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static const struct op theop = {                                       \
	    .name = OP, .in = "T", .out = "T", .T = FLOATS, .run = run}

#endif
