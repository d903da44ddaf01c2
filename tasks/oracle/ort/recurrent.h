/* Recurrent operators: RNN, LSTM, GRU share this. */
#ifndef RECURRENT_H
#define RECURRENT_H

#include "maths.h"
#include "product.h"

/*
 * Names of activations are a list of strings, which a kernel cannot read; the
 * graph's inference can.  They are kept here for the node's setup; nodes of one
 * session that name different ones are refused.
 */
static char activation_names[6][20];
static int activation_count;
static bool activation_clash;

static inline OrtStatus *
recurrent_infer(const OrtApi *api, OrtShapeInferContext *context)
{
	const OrtOpAttr *attr = NULL;
	char text[160] = "", names[6][20] = {{0}};
	size_t size = 0, at;
	int count = 0;
	OrtStatus *status;

	status =
	    api->ShapeInferContext_GetAttribute(context, "activations", &attr);
	if (!status && attr)
		status = api->ReadOpAttr(
		    attr, ORT_OP_ATTR_STRINGS, text, sizeof(text) - 1, &size);
	if (status) { /* no such attribute */
		api->ReleaseStatus(status);
		size = 0;
	}
	for (at = 0; at < size && count < 6; at += strlen(text + at) + 1)
		snprintf(names[count++], 20, "%.19s", text + at);
	activation_clash =
	    inferred && (activation_clash || memcmp(names, activation_names,
						 sizeof(names)) != 0);
	inferred = true;
	memcpy(activation_names, names, sizeof(names));
	activation_count = count;
	return NULL;
}

enum activation {
	SIGMOID_,
	TANH_,
	RELU_,
	AFFINE_,
	LEAKYRELU_,
	THRESHOLDEDRELU_,
	SCALEDTANH_,
	HARDSIGMOID_,
	ELU_,
	SOFTSIGN_,
	SOFTPLUS_,
	ACTIVATIONS
};

struct recurrent {
	int64_t hidden;
	bool layout; /* batch first */
	bool flag;   /* input_forget, linear_before_reset */
	bool back[2];
	float clip;
	enum activation act[6]; /* of both directions */
	float alpha[6], beta[6];
	float *w[2], *r[2]; /* packed weights by direction, if constant */
};

/* x = act(x), its argument clipped first */
static inline void
activate(const struct recurrent *s, int i, float *x, int64_t n)
{
	const float a = s->alpha[i], b = s->beta[i], c = s->clip;
	int64_t j;

	for (j = 0; c < INFINITY && j < n; j++) {
		x[j] = x[j] > c ? c : x[j];
		x[j] = x[j] < -c ? -c : x[j];
	}
#define ACTIVATE(NAME, E)                                                      \
	case NAME:                                                             \
		for (j = 0; j < n; j++)                                        \
			x[j] = E;                                              \
		break;
	switch (s->act[i]) {
		ACTIVATE(SIGMOID_, sigmoidf_(x[j]))
		ACTIVATE(TANH_, tanhf_(x[j]))
		ACTIVATE(RELU_, x[j] > 0.0f ? x[j] : 0.0f)
		ACTIVATE(AFFINE_, a * x[j] + b)
		ACTIVATE(LEAKYRELU_, x[j] < 0.0f ? a * x[j] : x[j])
		ACTIVATE(THRESHOLDEDRELU_, x[j] > a ? x[j] : 0.0f)
		ACTIVATE(SCALEDTANH_, a * tanhf_(b * x[j]))
		ACTIVATE(HARDSIGMOID_, fmaxf(0.0f, fminf(1.0f, a * x[j] + b)))
		ACTIVATE(ELU_, x[j] < 0.0f ? a * expm1f_(x[j]) : x[j])
		ACTIVATE(SOFTSIGN_, x[j] / (1.0f + fabsf(x[j])))
		ACTIVATE(SOFTPLUS_, logf_(1.0f + expf_(x[j])))
	default: break;
	}
#undef ACTIVATE
}

/* B = W transposed of one direction, packed; into to, or memory of its own */
static inline float *
recurrent_pack(const struct tensor *w, int64_t direction, float *to)
{
	const int64_t n = w->dims[1], k = w->dims[2];

	if (!to)
		to = malloc((packed_b(k, n) + 1) * sizeof(*to));
	if (to)
		pack_b(
		    to, (const float *)w->data + direction * n * k, 1, k, k, n);
	return to;
}

/* attributes and weights; count activations a direction, by default absent[] */
static inline OrtStatus *
recurrent_setup(
    struct node *n, const char *flag, int count, const enum activation *absent)
{
	static const struct {
		const char *name;
		float alpha, beta;
	} known[ACTIVATIONS] = {{"Sigmoid", 0, 0}, {"Tanh", 0, 0},
	    {"Relu", 0, 0}, {"Affine", 1, 0}, {"LeakyRelu", 0.01f, 0},
	    {"ThresholdedRelu", 1, 0}, {"ScaledTanh", 1, 1},
	    {"HardSigmoid", 0.2f, 0.5f}, {"Elu", 1, 0}, {"Softsign", 0, 0},
	    {"Softplus", 0, 0}};
	struct recurrent *s = n->state;
	struct tensor w, r;
	float alpha[6], beta[6];
	char direction[16];
	int i, k, a = 0, b = 0;
	const int alphas = attr_floats(n, "activation_alpha", alpha, 6);
	const int betas = attr_floats(n, "activation_beta", beta, 6);

	if (activation_clash)
		return fail(n, "nodes with different activations");
	s->hidden = attr_int(n, "hidden_size", 0);
	s->layout = attr_int(n, "layout", 0);
	s->flag = attr_int(n, flag, 0);
	s->clip = attr_float(n, "clip", INFINITY);
	attr_string(n, "direction", "forward", direction, sizeof(direction));
	s->back[0] = strcmp(direction, "reverse") == 0;
	s->back[1] = true;
	for (i = 0; i < 2 * count; i++) {
		s->act[i] = absent[i % count];
		for (k = 0; i < activation_count && k < ACTIVATIONS; k++)
			if (strcmp(known[k].name, activation_names[i]) == 0)
				s->act[i] = (enum activation)k;
		k = s->act[i];
		s->alpha[i] = known[k].alpha;
		s->beta[i] = known[k].beta;
		if (k >= AFFINE_ && k <= ELU_ && a < alphas)
			s->alpha[i] = alpha[a++];
		if ((k == AFFINE_ || k == SCALEDTANH_ || k == HARDSIGMOID_) &&
		    b < betas)
			s->beta[i] = beta[b++];
	}
	TRY(constant(n, 1, &w));
	TRY(constant(n, 2, &r));
	for (i = 0; w.data && w.rank == 3 && i < min64(2, w.dims[0]); i++)
		s->w[i] = recurrent_pack(&w, i, NULL);
	for (i = 0; r.data && r.rank == 3 && i < min64(2, r.dims[0]); i++)
		s->r[i] = recurrent_pack(&r, i, NULL);
	return NULL;
}

static inline void
recurrent_cleanup(void *state)
{
	struct recurrent *s = state;

	for (int i = 0; i < 2; i++) {
		free(s->w[i]);
		free(s->r[i]);
	}
}

/*
 * A call.  The input's share of all gates of all steps is one product; then,
 *step by step, the operator's own functions work on a batch of sequences:
 *
 *	products	adds the state's share to now (batch by gates * hidden)
 *	cell		makes row i of h (and c) from row i of now
 */
struct sequences {
	const struct recurrent *s;
	struct tensor x, w, r, b, lens, h0, c0, p, y, yh, yc;
	int64_t steps, batch, in, hidden, directions, gates;
	int d;		 /* the direction at work */
	const float *pr; /* R packed */
	const float *rb; /* the state's bias that is not in now yet, or NULL */
	float *all, *now, *h, *c, *more;
	void (*products)(struct sequences *q);
	void (*cell)(struct sequences *q, int64_t i);
};

/* now += A R over some gates: rows of a times columns from gate on */
static inline void
recurrent_product(
    struct sequences *q, const float *a, int64_t gate, int64_t gates, float *to)
{
	const int64_t w = q->hidden, ld = q->gates * w;

	if (gate * w % WIDE == 0) {
		gemm(q->batch, gates * w, w, a, w, 1, q->pr + gate * w * w,
		    to + gate * w, ld, true, NULL);
		return;
	}
	/* the gate begins inside a panel: plain sums */
	for (int64_t i = 0; i < q->batch; i++)
		for (int64_t k = 0; k < w; k++)
			for (int64_t j = gate * w; j < (gate + gates) * w; j++)
				to[i * ld + j] +=
				    a[i * w + k] * q->pr[j / WIDE * WIDE * w +
							 k * WIDE + j % WIDE];
}

/* one direction, gates beginning with bias; w and r packed */
static inline void
recurrent_direction(struct sequences *q, float *px, const float *pw)
{
	const int64_t w = q->hidden, width = q->gates * w, d = q->d;
	const bool layout = q->s->layout, back = q->s->back[d];
	const float *b = q->b.data;
	const int32_t *lens = q->lens.data;
	float *y = q->y.data;
	int64_t t, i, j, at, time;

	for (i = 0; i < q->steps * q->batch; i++)
		for (j = 0; j < width; j++)
			q->all[i * width + j] =
			    !b ? 0.0f
			       : b[d * 2 * width + j] +
				     (q->rb && j >= width - w
					     ? 0.0f
					     : b[(d * 2 + 1) * width + j]);
	gemm_auto(q->steps * q->batch, width, q->in, q->x.data, q->in, 1, px,
	    pw, q->all, width, true);
	for (i = 0; i < q->batch; i++)
		for (j = 0; j < w; j++) {
			at = layout ? (i * q->directions + d) * w + j
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
			at = layout ? i * q->steps + time : time * q->batch + i;
			memcpy(q->now + i * width, q->all + at * width,
			    width * sizeof(float));
		}
		q->products(q);
		for (i = 0; i < q->batch; i++) {
			const int64_t len = lens ? lens[i] : q->steps;
			time = back && t < len ? len - 1 - t : t;
			at = layout
				 ? ((i * q->steps + time) * q->directions + d) *
				       w
				 : ((time * q->directions + d) * q->batch + i) *
				       w;
			if (t < len)
				q->cell(q, i);
			if (y && t < len)
				memcpy(y + at, q->h + i * w, w * sizeof(*y));
			else if (y)
				memset(y + at, 0, w * sizeof(*y));
		}
	}
	for (i = 0; i < q->batch; i++) {
		at = layout ? (i * q->directions + d) * w
			    : (d * q->batch + i) * w;
		if (q->yh.data)
			memcpy((float *)q->yh.data + at, q->h + i * w,
			    w * sizeof(float));
		if (q->yc.data)
			memcpy((float *)q->yc.data + at, q->c + i * w,
			    w * sizeof(float));
	}
}

/* run a call of so many gates; separate: the last gate's state bias stays out
 */
static inline OrtStatus *
recurrent_run(struct node *n, struct sequences *q, bool separate)
{
	const struct recurrent *s = n->state;
	struct tensor *in[] = {
	    &q->x, &q->w, &q->r, &q->b, &q->lens, &q->h0, &q->c0, &q->p};
	int64_t dims[4], rows, w, width, i;
	float *px, *pw, *pr;

	q->s = s;
	for (i = 0; i < 8; i++)
		TRY(input(n, i, in[i]));
	if (q->x.rank != 3 || q->w.rank != 3 || q->r.rank != 3 ||
	    q->w.dims[1] != q->gates * q->r.dims[2] || q->w.dims[0] > 2)
		return fail(n, "X, W and R do not fit");
	q->steps = q->x.dims[s->layout];
	q->batch = q->x.dims[!s->layout];
	q->in = q->x.dims[2];
	q->hidden = w = q->r.dims[2];
	q->directions = q->w.dims[0];
	width = q->gates * w;
	rows = q->steps * q->batch;
	dims[0] = s->layout ? q->batch : q->steps;
	dims[1] = s->layout ? q->steps : q->directions;
	dims[2] = s->layout ? q->directions : q->batch;
	dims[3] = w;
	TRY(output(n, 0, 4, dims, &q->y));
	dims[0] = s->layout ? q->batch : q->directions;
	dims[1] = s->layout ? q->directions : q->batch;
	dims[2] = w;
	TRY(output(n, 1, 3, dims, &q->yh));
	TRY(output(n, 2, 3, dims, &q->yc));
	px = scratch_take(
	    n, (rows * (q->in + width) + q->batch * (2 * width + 2 * w) +
		   packed_b(q->in, width) + packed_b(w, width)) *
		   sizeof(float));
	if (!px)
		return fail(n, "out of memory");
	q->all = px + rows * q->in;
	q->now = q->all + rows * width;
	q->more = q->now + q->batch * width;
	q->h = q->more + q->batch * width;
	q->c = q->h + q->batch * w;
	pw = q->c + q->batch * w;
	pr = pw + packed_b(q->in, width);
	for (q->d = 0; q->d < q->directions; q->d++) {
		q->pr =
		    s->r[q->d] ? s->r[q->d] : recurrent_pack(&q->r, q->d, pr);
		q->rb = separate && q->b.data ? (const float *)q->b.data +
						    (2 * q->d + 2) * width - w
					      : NULL;
		recurrent_direction(q, px,
		    s->w[q->d] ? s->w[q->d] : recurrent_pack(&q->w, q->d, pw));
	}
	scratch_give(n);
	return NULL;
}

#endif
