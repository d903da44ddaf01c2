#include "maths.h"
#include "reduce.h"

struct state {
	int64_t axis;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->axis = attr_int(n, "axis", -1);
	return NULL;
}

REDUCE_ROW(highest, float, LOWEST, SAME, MAX_JOIN)
REDUCE_ROW(total, float, SUM_INIT, SAME, SUM_JOIN)

static void
row(float *restrict y, const float *restrict x, int64_t n)
{
	const float high = highest_row(x, n);
	float scale;
	int64_t i;

	for (i = 0; i < n; i++)
		y[i] = expf_(x[i] - high);
	scale = 1.0f / total_row(y, n);
	for (i = 0; i < n; i++)
		y[i] *= scale;
}

/* w columns, a step apart from row to row */
static void
columns(float *restrict y, const float *restrict x, int64_t n, int64_t step,
    int64_t w)
{
	float high[64], sum[64];
	int64_t i, j;

	for (j = 0; j < w; j++) {
		high[j] = -INFINITY;
		sum[j] = 0.0f;
	}
	for (i = 0; i < n; i++)
		for (j = 0; j < w; j++)
			high[j] = MAX_JOIN(float, high[j], x[i * step + j]);
	for (i = 0; i < n; i++)
		for (j = 0; j < w; j++) {
			float e = expf_(x[i * step + j] - high[j]);
			y[i * step + j] = e;
			sum[j] += e;
		}
	for (j = 0; j < w; j++)
		sum[j] = 1.0f / sum[j];
	for (i = 0; i < n; i++)
		for (j = 0; j < w; j++)
			y[i * step + j] *= sum[j];
}

static void
column_double(double *y, const double *x, int64_t n, int64_t step)
{
	double high = -INFINITY, sum = 0.0;
	int64_t i;

	for (i = 0; i < n; i++)
		high = fmax(high, x[i * step]);
	for (i = 0; i < n; i++)
		sum += y[i * step] = exp(x[i * step] - high);
	for (i = 0; i < n; i++)
		y[i * step] /= sum;
}

static OrtStatus *
run(struct node *n)
{
	struct tensor x, y;
	int axis;
	int64_t outer, count, inner, i, j;

	TRY(input(n, 0, &x));
	TRY(output(n, 0, x.rank, x.dims, &y));
	axis = axis_of(((struct state *)n->state)->axis, x.rank);
	if (axis < 0)
		return fail(n, "no such axis");
	outer = product(x.dims, 0, axis);
	count = x.rank ? x.dims[axis] : 1;
	inner = product(x.dims, axis + 1, x.rank);
	for (i = 0; i < outer; i++) {
		const int64_t at = i * count * inner;
		const float *p = (const float *)x.data + at;
		float *q = (float *)y.data + at;

		if (x.type == TYPE(DOUBLE))
			for (j = 0; j < inner; j++)
				column_double((double *)y.data + at + j,
				    (const double *)x.data + at + j, count,
				    inner);
		else if (inner == 1)
			row(q, p, count);
		else
			for (j = 0; j < inner; j += 64)
				columns(q + j, p + j, count, inner,
				    min64(64, inner - j));
	}
	return NULL;
}

static const struct op theop = {.name = "Softmax",
    .in = "T",
    .out = "T",
    .T = FLOATS,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
