#include "reduce.h"

/* scale and bias have a number a group (opset 18) or a channel (opset 21) */
struct state {
	int64_t groups;
	float epsilon;
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->groups = attr_int(n, "num_groups", 1);
	s->epsilon = attr_float(n, "epsilon", 1e-5f);
	return NULL;
}

MOMENTS(moments)

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, scale, bias, y;
	int64_t i, j, c, g, channels, inner;
	bool each;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &scale));
	TRY(input(n, 2, &bias));
	TRY(output(n, 0, x.rank, x.dims, &y));
	if (x.rank < 3 || s->groups < 1 || x.dims[1] % s->groups ||
	    scale.n != bias.n || (scale.n != s->groups && scale.n != x.dims[1]))
		return fail(n, "groups, scale and bias do not fit");
	channels = x.dims[1] / s->groups;
	inner = product(x.dims, 2, x.rank);
	each = scale.n != s->groups;
	for (i = 0; i < x.dims[0] * s->groups; i++) {
		const float *restrict p =
		    (const float *)x.data + i * channels * inner;
		float *restrict q = (float *)y.data + i * channels * inner;
		float mean, r, a, b;

		moments(p, channels * inner, &mean, &r);
		r = 1.0f / sqrtf(r + s->epsilon);
		for (c = 0; c < channels; c++, p += inner, q += inner) {
			g = i % s->groups;
			g = each ? g * channels + c : g;
			a = ((const float *)scale.data)[g] * r;
			b = ((const float *)bias.data)[g] - mean * a;
			for (j = 0; j < inner; j++)
				q[j] = p[j] * a + b;
		}
	}
	return NULL;
}

static const struct op theop = {.name = "GroupNormalization",
    .in = "fff",
    .out = "f",
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
