#include "recurrent.h"

/* Y, Y_h = GRU(X, W, R, B, sequence_lens, initial_h) */

static OrtStatus *
setup(struct node *n)
{
	static const enum activation absent[] = {SIGMOID_, TANH_};

	return recurrent_setup(n, "linear_before_reset", 2, absent);
}

/* gates stand in the order update, reset, hidden */
static void
products(struct sequences *q)
{
	const int64_t w = q->hidden;
	int64_t i, j;

	if (q->s->flag) { /* the state's share of hidden apart, to be reset */
		for (i = 0; i < q->batch; i++) {
			float *more = q->more + i * 3 * w;
			memcpy(more, q->now + i * 3 * w, 2 * w * sizeof(*more));
			for (j = 0; j < w; j++)
				more[2 * w + j] = q->rb ? q->rb[j] : 0.0f;
		}
		recurrent_product(q, q->h, 0, 3, q->more);
		for (i = 0; i < q->batch; i++) {
			float *restrict now = q->now + i * 3 * w;
			const float *restrict more = q->more + i * 3 * w;
			memcpy(now, more, 2 * w * sizeof(*now));
			activate(q->s, 2 * q->d, now, 2 * w);
			for (j = 0; j < w; j++)
				now[2 * w + j] += now[w + j] * more[2 * w + j];
		}
		return;
	}
	recurrent_product(q, q->h, 0, 2, q->now);
	for (i = 0; i < q->batch; i++) {
		float *restrict now = q->now + i * 3 * w;
		activate(q->s, 2 * q->d, now, 2 * w);
		for (j = 0; j < w; j++)
			q->more[i * w + j] = now[w + j] * q->h[i * w + j];
	}
	recurrent_product(q, q->more, 2, 1, q->now);
}

static void
cell(struct sequences *q, int64_t row)
{
	const int64_t w = q->hidden;
	float *restrict now = q->now + row * 3 * w;
	float *restrict h = q->h + row * w;

	activate(q->s, 2 * q->d + 1, now + 2 * w, w);
	for (int64_t j = 0; j < w; j++)
		h[j] = (1.0f - now[j]) * now[2 * w + j] + now[j] * h[j];
}

static OrtStatus *
run(struct node *n)
{
	struct sequences q = {.gates = 3, .products = products, .cell = cell};

	return recurrent_run(n, &q, ((struct recurrent *)n->state)->flag);
}

static const struct op theop = {.name = "GRU",
    .in = "ffff?i?f?",
    .out = "f?f?",
    .state = sizeof(struct recurrent),
    .setup = setup,
    .run = run,
    .cleanup = recurrent_cleanup,
    .infer = recurrent_infer};
