#include "reduce.h"

struct state {
	int64_t axis;
	float epsilon;
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->axis = attr_int(n, "axis", -1);
	s->epsilon = attr_float(n, "epsilon", 1e-5f);
	return NULL;
}

MOMENTS(moments)

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, y, scale, bias, mean, inverse;
	int64_t i, j, outer, inner, dims[MAXRANK];
	int axis, k;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &scale));
	TRY(input(n, 2, &bias));
	axis = axis_of(s->axis, x.rank);
	if (axis < 0)
		return fail(n, "no such axis");
	outer = product(x.dims, 0, axis);
	inner = product(x.dims, axis, x.rank);
	for (k = 0; k < x.rank; k++)
		dims[k] = k < axis ? x.dims[k] : 1;
	TRY(output(n, 0, x.rank, x.dims, &y));
	TRY(output(n, 1, x.rank, dims, &mean));
	TRY(output(n, 2, x.rank, dims, &inverse));
	if (scale.n != inner || (bias.data && bias.n != inner))
		return fail(n, "scale and bias must have %lld elements",
		    (long long)inner);
	for (i = 0; i < outer; i++) {
		const float *restrict p = (const float *)x.data + i * inner;
		const float *restrict a = scale.data, *restrict b = bias.data;
		float *restrict q = (float *)y.data + i * inner;
		float m, r;

		moments(p, inner, &m, &r);
		r = 1.0f / sqrtf(r + s->epsilon);
		if (b)
			for (j = 0; j < inner; j++)
				q[j] = (p[j] - m) * r * a[j] + b[j];
		else
			for (j = 0; j < inner; j++)
				q[j] = (p[j] - m) * r * a[j];
		if (mean.data)
			((float *)mean.data)[i] = m;
		if (inverse.data)
			((float *)inverse.data)[i] = r;
	}
	return NULL;
}

static const struct op theop = {.name = "LayerNormalization",
    .in = "fff?",
    .out = "ff?f?",
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
