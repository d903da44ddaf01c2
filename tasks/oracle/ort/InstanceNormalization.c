#include "reduce.h"

struct state {
	float epsilon;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->epsilon = attr_float(n, "epsilon", 1e-5f);
	return NULL;
}

MOMENTS(moments)

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, scale, bias, y;
	int64_t i, j, inner, c;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &scale));
	TRY(input(n, 2, &bias));
	TRY(output(n, 0, x.rank, x.dims, &y));
	if (x.rank < 3 || scale.n != x.dims[1] || bias.n != x.dims[1])
		return fail(n, "scale and bias must have one number a channel");
	inner = product(x.dims, 2, x.rank);
	for (i = 0; i < x.dims[0] * x.dims[1]; i++) {
		const float *restrict p = (const float *)x.data + i * inner;
		float *restrict q = (float *)y.data + i * inner;
		float mean, a, b;

		c = i % x.dims[1];
		moments(p, inner, &mean, &a);
		a = ((const float *)scale.data)[c] / sqrtf(a + s->epsilon);
		b = ((const float *)bias.data)[c] - mean * a;
		for (j = 0; j < inner; j++)
			q[j] = p[j] * a + b;
	}
	return NULL;
}

static const struct op theop = {.name = "InstanceNormalization",
    .in = "fff",
    .out = "f",
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
