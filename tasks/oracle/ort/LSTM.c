#include "recurrent.h"

/* Y, Y_h, Y_c = LSTM(X, W, R, B, sequence_lens, initial_h, initial_c, P) */

static OrtStatus *
setup(struct node *n)
{
	static const enum activation absent[] = {SIGMOID_, TANH_, TANH_};

	return recurrent_setup(n, "input_forget", 3, absent);
}

static void
products(struct sequences *q)
{
	recurrent_product(q, q->h, 0, 4, q->now);
}

/* gates stand in the order input, output, forget, cell */
static void
cell(struct sequences *q, int64_t row)
{
	const struct recurrent *s = q->s;
	const int64_t w = q->hidden;
	const int a = 3 * q->d;
	const float *p = q->p.data;
	float *restrict in = q->now + row * 4 * w, *restrict out = in + w;
	float *restrict keep = out + w, *restrict add = keep + w;
	float *restrict c = q->c + row * w, *restrict h = q->h + row * w;
	int64_t j;

	if (p) {
		p += q->d * 3 * w;
		for (j = 0; j < w; j++) {
			in[j] += p[j] * c[j];
			keep[j] += p[2 * w + j] * c[j];
		}
	}
	activate(s, a, in, w);
	activate(s, a, keep, w);
	activate(s, a + 1, add, w);
	for (j = 0; j < w; j++)
		c[j] =
		    (s->flag ? 1.0f - in[j] : keep[j]) * c[j] + in[j] * add[j];
	for (j = 0; p && j < w; j++)
		out[j] += p[w + j] * c[j];
	activate(s, a, out, w);
	memcpy(h, c, w * sizeof(*h));
	activate(s, a + 2, h, w);
	for (j = 0; j < w; j++)
		h[j] *= out[j];
}

static OrtStatus *
run(struct node *n)
{
	struct sequences q = {.gates = 4, .products = products, .cell = cell};

	return recurrent_run(n, &q, false);
}

static const struct op theop = {.name = "LSTM",
    .in = "ffff?i?f?f?f?",
    .out = "f?f?f?",
    .state = sizeof(struct recurrent),
    .setup = setup,
    .run = run,
    .cleanup = recurrent_cleanup,
    .infer = recurrent_infer};
