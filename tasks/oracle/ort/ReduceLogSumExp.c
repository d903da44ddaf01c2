#include "maths.h"
#include "reduce.h"

/* log of the sum of exp(x - highest), plus the highest, which never overflows
 */
enum { RUN = 256 };

REDUCE_ROW(highest, float, LOWEST, SAME, MAX_JOIN)
REDUCE_COLUMNS(highest, float, SAME, MAX_JOIN)

static float
sum_row(const float *x, int64_t n, float high)
{
	float acc[32] = {0}, sum = 0.0f;
	int64_t i, j;

	for (i = 0; i + 32 <= n; i += 32)
		for (j = 0; j < 32; j++)
			acc[j] += expf_(x[i + j] - high);
	for (j = 0; i + j < n; j++)
		acc[j] += expf_(x[i + j] - high);
	for (j = 0; j < 32; j++)
		sum += acc[j];
	return sum;
}

/* all of one output's elements lie in rows */
static float
rows(struct reduction *r, const float *x)
{
	struct loop *c = &r->cut;
	float high = -INFINITY, sum = 0.0f, v;

	do {
		v = highest_row(x + c->off[0], c->n);
		high = v > high ? v : high;
	} while (loop_next(c));
	if (!(fabsf(high) <= FLT_MAX))
		return high;
	do
		sum += sum_row(x + c->off[0], c->n, high);
	while (loop_next(c));
	return high + logf(sum);
}

/* w neighbouring outputs at once */
static void
columns(struct reduction *r, float *restrict y, const float *x, int64_t w)
{
	struct loop *c = &r->cut;
	const int64_t step = c->step[0][c->rank - 1];
	float high[RUN], sum[RUN];
	int64_t i, j;

	for (j = 0; j < w; j++) {
		high[j] = -INFINITY;
		sum[j] = 0.0f;
	}
	do
		highest_columns(high, x + c->off[0], step, c->n, w);
	while (loop_next(c));
	do
		for (i = 0; i < c->n; i++) {
			const float *p = x + c->off[0] + i * step;
			for (j = 0; j < w; j++)
				sum[j] += expf_(p[j] - high[j]);
		}
	while (loop_next(c));
	for (j = 0; j < w; j++)
		y[j] = fabsf(high[j]) <= FLT_MAX ? high[j] + logf_(sum[j])
						 : high[j];
}

static double
exact(struct reduction *r, const double *x)
{
	struct loop *c = &r->cut;
	const int64_t step = c->step[0][c->rank - 1];
	double high = -INFINITY, sum = 0.0;
	int64_t i;

	do
		for (i = 0; i < c->n; i++)
			high = fmax(high, x[c->off[0] + i * step]);
	while (loop_next(c));
	do
		for (i = 0; i < c->n; i++)
			sum += exp(x[c->off[0] + i * step] - high);
	while (loop_next(c));
	return high + log(sum);
}

static OrtStatus *
run(struct node *n)
{
	struct tensor x, y;
	struct reduction r;
	struct loop *k = &r.kept;
	int64_t j;

	TRY(reduce_start(n, &x, &y, &r));
	if (y.n == 0)
		return NULL;
	do {
		float *to = (float *)y.data + k->off[0];
		const float *from = (const float *)x.data + k->off[1];

		if (x.type == TYPE(DOUBLE))
			for (j = 0; j < k->n; j++)
				((double *)y.data)[k->off[0] + j] = exact(
				    &r, (const double *)x.data + k->off[1] + j);
		else if (r.rows)
			*to = rows(&r, from);
		else
			for (j = 0; j < k->n; j += RUN)
				columns(
				    &r, to + j, from + j, min64(RUN, k->n - j));
	} while (loop_next(k));
	return NULL;
}

static const struct op theop = {.name = "ReduceLogSumExp",
    .in = "Tl?",
    .out = "T",
    .T = FLOATS,
    .state = sizeof(struct reduce),
    .setup = reduce_setup,
    .run = run};
