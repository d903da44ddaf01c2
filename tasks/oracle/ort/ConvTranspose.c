#include "window.h"
#include "product.h"

/*
 * Each input element is multiplied by the weights of all taps (a matrix
 * product, a block of output channels at a time), and each tap's plane of
 * products is added to the output where that tap lands.
 */
struct state {
	struct window w;
	int64_t groups;
	int64_t extra[3]; /* output_padding */
	int64_t shape[3]; /* output_shape, 0 if absent */
	float *weights;	  /* packed, if constant */
};

/* output channels whose products are made at once */
static int64_t
block(const struct tensor *w, int64_t groups, int64_t columns)
{
	const int64_t taps = product(w->dims, 2, w->rank);

	(void)groups;
	return max64(1, min64(w->dims[1], 65536 / (taps * columns + 1)));
}

/* rows (channel, tap) of a group, so many channels a pack */
static void
pack(float *to, const struct tensor *w, int64_t groups, int64_t channels)
{
	const int64_t cg = w->dims[0] / groups, m = w->dims[1];
	const int64_t taps = product(w->dims, 2, w->rank);
	int64_t g, c, count;

	for (g = 0; g < groups; g++)
		for (c = 0; c < m; c += count, to += count * taps * cg) {
			count = min64(channels, m - c);
			pack_a(to,
			    (const float *)w->data + (g * cg * m + c) * taps, 1,
			    m * taps, count * taps, cg, 1.0f);
		}
}

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	struct tensor w;
	int64_t dims[MAXRANK], v[MAXRANK];
	int count, rank = input_shape(n, 1, dims);

	s->groups = attr_int(n, "group", 1);
	TRY(constant(n, 1, &w));
	if (w.data) {
		rank = w.rank;
		memcpy(dims, w.dims, sizeof(dims));
	}
	TRY(window_setup(n, &s->w, rank - 2, dims + 2));
	count = attr_ints(n, "output_padding", v, MAXRANK);
	window_three(v, count, s->w.rank, 0, s->extra);
	count = attr_ints(n, "output_shape", v, MAXRANK);
	if (count > s->w.rank)
		memmove(v, v + count - s->w.rank, s->w.rank * sizeof(*v));
	window_three(v, count, s->w.rank, 0, s->shape);
	return NULL;
}

static void
cleanup(void *state)
{
	free(((struct state *)state)->weights);
}

/* output sizes and pads of a call */
static OrtStatus *
fit(struct node *n, struct window *w, const struct tensor *x, int64_t *dims)
{
	const struct state *s = n->state;
	int64_t full, pad;
	int i;

	if (x->rank != w->rank + 2)
		return fail(n, "rank %d, window of %d", x->rank, w->rank);
	window_three(x->dims + 2, w->rank, w->rank, 1, w->in);
	for (i = 0; i < 3; i++) {
		full = (w->in[i] - 1) * w->stride[i] + s->extra[i] +
		       (w->size[i] - 1) * w->dilation[i] + 1;
		if (w->autopad == 'V')
			w->head[i] = w->tail[i] = 0;
		w->out[i] = full - w->head[i] - w->tail[i];
		if (i < 3 - w->rank)
			continue;
		if (s->shape[i])
			w->out[i] = s->shape[i];
		else if (w->autopad == 'U' || w->autopad == 'L')
			w->out[i] = w->in[i] * w->stride[i];
		else
			continue;
		pad = max64(0, full - w->out[i]);
		w->head[i] = w->autopad == 'U' ? pad / 2 : pad - pad / 2;
		w->tail[i] = pad - w->head[i];
	}
	dims[0] = x->dims[0];
	for (i = 0; i < w->rank; i++)
		dims[2 + i] = w->out[3 - w->rank + i];
	return NULL;
}

/* the inputs from *from to *to that land inside dimension i through tap k */
static void
range(const struct window *w, int i, int64_t k, int64_t *from, int64_t *to)
{
	const int64_t shift = k * w->dilation[i] - w->head[i];
	const int64_t s = w->stride[i];

	*from = shift >= 0 ? 0 : (-shift + s - 1) / s;
	*to = w->out[i] <= shift
		  ? 0
		  : min64(w->in[i], (w->out[i] - shift + s - 1) / s);
}

/* add one tap's plane of products to an output channel */
static void
land(const struct window *w, float *restrict y, const float *restrict x,
    const int64_t *tap)
{
	int64_t lo[3], hi[3], d, h, i, count;
	const int64_t s = w->stride[2];

	for (i = 0; i < 3; i++)
		range(w, (int)i, tap[i], &lo[i], &hi[i]);
	count = hi[2] - lo[2];
	for (d = lo[0]; d < hi[0]; d++)
		for (h = lo[1]; h < hi[1]; h++) {
			const float *from =
			    x + (d * w->in[1] + h) * w->in[2] + lo[2];
			float *to = y +
				    ((d * w->stride[0] +
					 tap[0] * w->dilation[0] - w->head[0]) *
					    w->out[1] +
					h * w->stride[1] +
					tap[1] * w->dilation[1] - w->head[1]) *
					w->out[2] +
				    lo[2] * s + tap[2] * w->dilation[2] -
				    w->head[2];
			if (s == 1)
				for (i = 0; i < count; i++)
					to[i] += from[i];
			else if (s == 2)
				for (i = 0; i < count; i++)
					to[2 * i] += from[i];
			else
				for (i = 0; i < count; i++)
					to[s * i] += from[i];
		}
}

static OrtStatus *
run(struct node *n)
{
	struct state *s = n->state;
	struct window w = s->w;
	struct tensor x, weight, bias, y;
	int64_t dims[MAXRANK], cg, m, taps, columns, plane, channels, count;
	int64_t i, g, c, j, t, at[3];
	float *room, *packed, *products, *to;
	const float *a;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &weight));
	TRY(input(n, 2, &bias));
	TRY(fit(n, &w, &x, dims));
	if (weight.rank != x.rank || weight.dims[0] != x.dims[1] ||
	    x.dims[1] % s->groups)
		return fail(n, "weights do not fit");
	m = weight.dims[1];
	dims[1] = m * s->groups;
	TRY(output(n, 0, x.rank, dims, &y));
	if (y.n == 0)
		return NULL;
	cg = x.dims[1] / s->groups;
	taps = product(w.size, 0, 3);
	columns = product(w.in, 0, 3);
	plane = product(w.out, 0, 3);
	channels = block(&weight, s->groups, columns);
	room = scratch_take(
	    n, (packed_b(cg, columns) + channels * taps * columns + weight.n) *
		   sizeof(float));
	if (!room)
		return fail(n, "out of memory");
	products = room + packed_b(cg, columns);
	packed = products + channels * taps * columns;
	pack(packed, &weight, s->groups, channels);
	to = y.data;
	for (i = 0; i < x.dims[0] * s->groups; i++) {
		g = i % s->groups;
		a = packed + g * cg * m * taps;
		pack_b(room, (const float *)x.data + i * cg * columns, columns,
		    1, cg, columns);
		for (c = 0; c < m; c += count, a += count * taps * cg) {
			count = min64(channels, m - c);
			gemm(count * taps, columns, cg, a, 0, 0, room, products,
			    columns, false, NULL);
			for (j = 0; j < count; j++, to += plane) {
				const float b =
				    bias.data
					? ((const float *)
						  bias.data)[g * m + c + j]
					: 0.0f;
				for (t = 0; t < plane; t++)
					to[t] = b;
				for (t = 0; t < taps; t++) {
					at[0] = t / (w.size[1] * w.size[2]);
					at[1] = t / w.size[2] % w.size[1];
					at[2] = t % w.size[2];
					land(&w, to,
					    products + (j * taps + t) * columns,
					    at);
				}
			}
		}
	}
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "ConvTranspose",
    .in = "fff?",
    .out = "f",
    .state = sizeof(struct state),
    .setup = setup,
    .run = run,
    .cleanup = cleanup};
