#include "recurrent.h"

/* Y, Y_h = RNN(X, W, R, B, sequence_lens, initial_h) */

static OrtStatus *
setup(struct node *n)
{
	static const enum activation absent[] = {TANH_};

	return recurrent_setup(n, "", 1, absent);
}

static void
products(struct sequences *q)
{
	recurrent_product(q, q->h, 0, 1, q->now);
}

static void
cell(struct sequences *q, int64_t row)
{
	float *h = q->h + row * q->hidden;

	memcpy(h, q->now + row * q->hidden, q->hidden * sizeof(*h));
	activate(q->s, q->d, h, q->hidden);
}

static OrtStatus *
run(struct node *n)
{
	struct sequences q = {.gates = 1, .products = products, .cell = cell};

	return recurrent_run(n, &q, false);
}

static const struct op theop = {.name = "RNN",
    .in = "ffff?i?f?",
    .out = "f?f?",
    .state = sizeof(struct recurrent),
    .setup = setup,
    .run = run,
    .cleanup = recurrent_cleanup,
    .infer = recurrent_infer};
