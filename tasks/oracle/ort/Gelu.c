#include "maths.h"

struct state {
	bool tanh;
};

static OrtStatus *
setup(struct node *n)
{
	char v[16];

	attr_string(n, "approximate", "none", v, sizeof(v));
	((struct state *)n->state)->tanh = strcmp(v, "tanh") == 0;
	return NULL;
}

#define EXACT(T, x)                                                            \
	((T)0.5 * (x) * ((T)1 + MATH(erf, (x) * (T)0.70710678118654752)))
#define APPROXIMATE(T, x)                                                      \
	((T)0.5 * (x) *                                                        \
	    ((T)1 + MATH(tanh, (T)0.79788456080286536 *                        \
				   ((x) + (T)0.044715 * (x) * (x) * (x)))))

#define GELU(NAME, T, F)                                                       \
	case TYPE(NAME): {                                                     \
		const T *restrict x = in.data;                                 \
		T *restrict y = out.data;                                      \
		if (((struct state *)n->state)->tanh)                          \
			for (i = 0; i < in.n; i++)                             \
				y[i] = APPROXIMATE(T, x[i]);                   \
		else                                                           \
			for (i = 0; i < in.n; i++)                             \
				y[i] = EXACT(T, x[i]);                         \
		break;                                                         \
	}

static OrtStatus *
run(struct node *n)
{
	struct tensor in, out;
	int64_t i;

	TRY(input(n, 0, &in));
	TRY(output(n, 0, in.rank, in.dims, &out));
	switch (in.type) {
		EACH_FLOAT(GELU, )
	}
	return NULL;
}

static const struct op theop = {.name = "Gelu",
    .in = "T",
    .out = "T",
    .T = FLOATS,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
