#include "kernel.h"

/*
 * Y, Y_h, Y_c = LSTM(X, W, R, B, sequence_lens, initial_h, initial_c, P), with
 * the default activations (the C API cannot read a list of strings).  The
 * input's share of all gates is one product per direction; each step adds the
 * state's.
 */
struct state {
	int64_t hidden;
	bool layout, couple; /* batch first; forget = 1 - input */
	float clip;
	char direction[16];
	float *w[2], *r[2]; /* packed weights by direction, if constant */
};

static float *
pack(const struct tensor *w, int64_t direction, float *to)
{
	const int64_t n = w->dims[1], k = w->dims[2];

	if (!to)
		to = malloc((packed_b(k, n) + 1) * sizeof(*to));
	if (to)
		pack_b(
		    to, (const float *)w->data + direction * n * k, 1, k, k, n);
	return to;
}

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	struct tensor w, r;
	int64_t i;

	s->hidden = attr_int(n, "hidden_size", 0);
	s->layout = attr_int(n, "layout", 0);
	s->couple = attr_int(n, "input_forget", 0);
	s->clip = attr_float(n, "clip", INFINITY);
	attr_string(
	    n, "direction", "forward", s->direction, sizeof(s->direction));
	TRY(constant(n, 1, &w));
	TRY(constant(n, 2, &r));
	for (i = 0; w.data && w.rank == 3 && i < min64(2, w.dims[0]); i++)
		s->w[i] = pack(&w, i, NULL);
	for (i = 0; r.data && r.rank == 3 && i < min64(2, r.dims[0]); i++)
		s->r[i] = pack(&r, i, NULL);
	return NULL;
}

static void
cleanup(void *state)
{
	struct state *s = state;

	for (int i = 0; i < 2; i++) {
		free(s->w[i]);
		free(s->r[i]);
	}
}

static inline float
clamp(float x, float limit)
{
	x = x > limit ? limit : x;
	return x < -limit ? -limit : x;
}

/* one cell of one sequence: gates i, o, f, c of width w; p is peepholes or NULL
 */
static void
cell(const struct state *s, float *restrict g, const float *restrict p,
    float *restrict c, float *restrict h, int64_t w)
{
	const float limit = s->clip;
	int64_t j;

	for (j = 0; p && j < w; j++) {
		g[j] += p[j] * c[j];
		g[2 * w + j] += p[2 * w + j] * c[j];
	}
	for (j = 0; j < w; j++) {
		const float in = sigmoidf_(clamp(g[j], limit));
		const float keep = sigmoidf_(clamp(g[2 * w + j], limit));
		const float cell = tanhf_(clamp(g[3 * w + j], limit));

		c[j] = (s->couple ? 1.0f - in : keep) * c[j] + in * cell;
	}
	for (j = 0; p && j < w; j++)
		g[w + j] += p[w + j] * c[j];
	for (j = 0; j < w; j++)
		h[j] = sigmoidf_(clamp(g[w + j], limit)) * tanhf_(c[j]);
}

struct job {
	struct tensor x, w, r, b, lens, h0, c0, p, y, yh, yc;
	int64_t steps, batch, in, hidden, directions;
	float *px, *pw, *pr, *gates, *now, *ph, *h, *c;
};

/* direction d of the sequences, backwards or not */
static void
direction(const struct state *s, struct job *q, int64_t d, bool back)
{
	const int64_t w = q->hidden, rows = q->steps * q->batch;
	const float *b = q->b.data, *p = q->p.data;
	const int32_t *lens = q->lens.data;
	int64_t t, i, j, at, time;

	for (i = 0; i < rows; i++) /* all gates start from both biases */
		for (j = 0; j < 4 * w; j++)
			q->gates[i * 4 * w + j] =
			    b ? b[d * 8 * w + j] + b[d * 8 * w + 4 * w + j]
			      : 0.0f;
	gemm(rows, 4 * w, q->in, q->px,
	    s->w[d] ? s->w[d] : pack(&q->w, d, q->pw), q->gates, 4 * w, true,
	    NULL);
	if (!s->r[d])
		pack(&q->r, d, q->pr);
	for (i = 0; i < q->batch; i++)
		for (j = 0; j < w; j++) {
			at = s->layout ? (i * q->directions + d) * w + j
				       : (d * q->batch + i) * w + j;
			q->h[i * w + j] =
			    q->h0.data ? ((float *)q->h0.data)[at] : 0.0f;
			q->c[i * w + j] =
			    q->c0.data ? ((float *)q->c0.data)[at] : 0.0f;
		}
	for (t = 0; t < q->steps; t++) {
		for (i = 0; i < q->batch; i++) {
			const int64_t len = lens ? lens[i] : q->steps;
			time = back && t < len ? len - 1 - t : t;
			at = s->layout ? i * q->steps + time
				       : time * q->batch + i;
			memcpy(q->now + i * 4 * w, q->gates + at * 4 * w,
			    4 * w * sizeof(float));
		}
		pack_a(q->ph, q->h, w, 1, q->batch, w, 1.0f);
		gemm(q->batch, 4 * w, w, q->ph, s->r[d] ? s->r[d] : q->pr,
		    q->now, 4 * w, true, NULL);
		for (i = 0; i < q->batch; i++) {
			const int64_t len = lens ? lens[i] : q->steps;
			float *y = q->y.data;

			time = back && t < len ? len - 1 - t : t;
			at = s->layout
				 ? ((i * q->steps + time) * q->directions + d) *
				       w
				 : ((time * q->directions + d) * q->batch + i) *
				       w;
			if (t < len)
				cell(s, q->now + i * 4 * w,
				    p ? p + d * 3 * w : NULL, q->c + i * w,
				    q->h + i * w, w);
			if (y && t < len)
				memcpy(y + at, q->h + i * w, w * sizeof(*y));
			else if (y)
				memset(y + at, 0, w * sizeof(*y));
		}
	}
	for (i = 0; i < q->batch; i++) {
		at = s->layout ? (i * q->directions + d) * w
			       : (d * q->batch + i) * w;
		if (q->yh.data)
			memcpy((float *)q->yh.data + at, q->h + i * w,
			    w * sizeof(float));
		if (q->yc.data)
			memcpy((float *)q->yc.data + at, q->c + i * w,
			    w * sizeof(float));
	}
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct job q;
	struct tensor *in[] = {
	    &q.x, &q.w, &q.r, &q.b, &q.lens, &q.h0, &q.c0, &q.p};
	int64_t dims[4], rows, w;
	size_t i;

	for (i = 0; i < 8; i++)
		TRY(input(n, i, in[i]));
	if (q.x.rank != 3 || q.w.rank != 3 || q.r.rank != 3)
		return fail(n, "X, W and R must have three dimensions");
	q.steps = q.x.dims[s->layout];
	q.batch = q.x.dims[!s->layout];
	q.in = q.x.dims[2];
	q.hidden = w = q.r.dims[2];
	q.directions = q.w.dims[0];
	rows = q.steps * q.batch;
	if (s->layout)
		memcpy(dims, (int64_t[]){q.batch, q.steps, q.directions, w},
		    sizeof(dims));
	else
		memcpy(dims, (int64_t[]){q.steps, q.directions, q.batch, w},
		    sizeof(dims));
	TRY(output(n, 0, 4, dims, &q.y));
	dims[0] = s->layout ? q.batch : q.directions;
	dims[1] = s->layout ? q.directions : q.batch;
	dims[2] = w;
	TRY(output(n, 1, 3, dims, &q.yh));
	TRY(output(n, 2, 3, dims, &q.yc));
	q.px = scratch_take(n, (rows * (q.in + 4 * w) + q.batch * 7 * w +
				   packed_b(q.in, 4 * w) + packed_b(w, 4 * w)) *
				   sizeof(float));
	if (!q.px)
		return fail(n, "out of memory");
	q.gates = q.px + rows * q.in;
	q.now = q.gates + rows * 4 * w;
	q.ph = q.now + q.batch * 4 * w;
	q.h = q.ph + q.batch * w;
	q.c = q.h + q.batch * w;
	q.pw = q.c + q.batch * w;
	q.pr = q.pw + packed_b(q.in, 4 * w);
	pack_a(q.px, q.x.data, q.in, 1, rows, q.in, 1.0f);
	for (int64_t d = 0; d < min64(2, q.directions); d++)
		direction(
		    s, &q, d, d == 1 || strcmp(s->direction, "reverse") == 0);
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "LSTM",
    .in = "ffff?i?f?f?f?",
    .out = "f?f?f?",
    .state = sizeof(struct state),
    .setup = setup,
    .run = run,
    .cleanup = cleanup};
