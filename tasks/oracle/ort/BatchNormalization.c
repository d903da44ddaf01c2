#include "kernel.h"

/* y = (x - mean) / sqrt(var + epsilon) * scale + bias, by channel; inference */

struct state {
	float epsilon;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->epsilon = attr_float(n, "epsilon", 1e-5f);
	if (attr_int(n, "training_mode", 0))
		return fail(n, "training_mode is not supported");
	return NULL;
}

#define NORMALIZE(NAME, T, F)                                                  \
	case TYPE(NAME):                                                       \
		for (i = 0; i < outer; i++)                                    \
			for (c = 0; c < channels; c++) {                       \
				const T *restrict x =                          \
				    (const T *)in[0].data +                    \
				    (i * channels + c) * inner;                \
				T *restrict y = (T *)out.data +                \
						(i * channels + c) * inner;    \
				const T a = ((const T *)in[1].data)[c] /       \
					    SQRT(((const T *)in[4].data)[c] +  \
						 (T)s->epsilon);               \
				const T b = ((const T *)in[2].data)[c] -       \
					    ((const T *)in[3].data)[c] * a;    \
				for (j = 0; j < inner; j++)                    \
					y[j] = x[j] * a + b;                   \
			}                                                      \
		break;

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor in[5], out;
	int64_t i, j, c, outer, channels, inner;

	for (i = 0; i < 5; i++)
		TRY(input(n, i, &in[i]));
	TRY(output(n, 0, in[0].rank, in[0].dims, &out));
	outer = in[0].rank > 1 ? in[0].dims[0] : in[0].n;
	channels = in[0].rank > 1 ? in[0].dims[1] : 1;
	inner = product(in[0].dims, 2, in[0].rank);
	switch (in[0].type) {
		EACH_FLOAT(NORMALIZE, )
	}
	return NULL;
}

static const struct op theop = {.name = "BatchNormalization",
    .in = "TTTTT",
    .out = "TT?T?",
    .T = FLOATS,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
