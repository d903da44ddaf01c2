#include "kernel.h"

/*
 * A convolution is a matrix product: the weights (a row per output channel, a
 * column per input channel and tap) by what the taps read (a column per
 * output). Columns are gathered panel by panel from padded lines into the
 * packed form of the product, so that no more than a block of them exists at a
 * time.  With one input channel per group the taps are applied directly.
 */
struct state {
	struct window w;
	int64_t groups;
	float *weights; /* packed by groups, if constant */
};

/* the weights of each group, packed, or as they are where cg is 1 */
static void
pack(float *to, const struct tensor *w, int64_t groups, int64_t cg)
{
	const int64_t m = w->dims[0] / groups, k = w->n / w->dims[0];

	if (cg == 1)
		memcpy(to, w->data, w->n * sizeof(*to));
	else
		for (int64_t g = 0; g < groups; g++)
			pack_a(to + g * m * k,
			    (const float *)w->data + g * m * k, k, 1, m, k,
			    1.0f);
}

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	struct tensor w;
	int64_t dims[MAXRANK];
	int rank = input_shape(n, 1, dims);

	s->groups = attr_int(n, "group", 1);
	TRY(constant(n, 1, &w));
	if (w.data) {
		rank = w.rank;
		memcpy(dims, w.dims, sizeof(dims));
	}
	TRY(window_setup(n, &s->w, rank - 2, dims + 2));
	if (!w.data || w.dims[0] % s->groups)
		return NULL;
	s->weights = malloc(w.n * sizeof(float) + 1);
	if (s->weights)
		pack(s->weights, &w, s->groups, w.dims[1]);
	return NULL;
}

static void
cleanup(void *state)
{
	free(((struct state *)state)->weights);
}

/* y[i] = bias + sum over taps of w[t] * x[tap[t] + i], the end overlapping */
#define TAPS(L)                                                                \
	typedef float lanes##L __attribute__((                                 \
	    vector_size(L * sizeof(float)), aligned(4), may_alias));           \
	static void taps_##L(float *restrict y, const float *restrict x,       \
	    const int64_t *restrict tap, const float *restrict w, int64_t k,   \
	    int64_t n, float bias)                                             \
	{                                                                      \
		int64_t i = 0, t;                                              \
                                                                               \
		for (; i + 4 * L <= n; i += 4 * L) {                           \
			lanes##L a = (lanes##L){0} + bias, b = a, c = a;       \
			lanes##L d = a;                                        \
			for (t = 0; t < k; t++) {                              \
				const lanes##L *p =                            \
				    (const lanes##L *)(x + tap[t] + i);        \
				a += w[t] * p[0];                              \
				b += w[t] * p[1];                              \
				c += w[t] * p[2];                              \
				d += w[t] * p[3];                              \
			}                                                      \
			((lanes##L *)(y + i))[0] = a;                          \
			((lanes##L *)(y + i))[1] = b;                          \
			((lanes##L *)(y + i))[2] = c;                          \
			((lanes##L *)(y + i))[3] = d;                          \
		}                                                              \
		for (; i < n; i += L) {                                        \
			lanes##L a = (lanes##L){0} + bias;                     \
			i = min64(i, n - L);                                   \
			for (t = 0; t < k; t++)                                \
				a += w[t] *                                    \
				     *(const lanes##L *)(x + tap[t] + i);      \
			*(lanes##L *)(y + i) = a;                              \
		}                                                              \
	}
TAPS(1)
TAPS(4)
TAPS(8)
TAPS(16)

/* one input channel, laid out in lines, to one output channel */
static void
direct(const struct lines *l, const struct window *w, const float *x, float *y,
    const int64_t *tap, const float *weight, float bias)
{
	const int64_t k = product(w->size, 0, 3), wide = w->out[2];
	int64_t d, h;

	for (d = 0; d < w->out[0]; d++)
		for (h = 0; h < w->out[1]; h++, y += wide) {
			const float *from = x + lines_place(l, w, d, h);
			if (wide >= 16)
				taps_16(y, from, tap, weight, k, wide, bias);
			else if (wide >= 8)
				taps_8(y, from, tap, weight, k, wide, bias);
			else if (wide >= 4)
				taps_4(y, from, tap, weight, k, wide, bias);
			else
				taps_1(y, from, tap, weight, k, wide, bias);
		}
}

/*
 * Terms p to p + step of the panel of columns from o on.  Runs are copied whole
 * lanes at a time; what they spill is overwritten by the next run or row.
 */
static void
gather(float *restrict to, const struct lines *l, const struct window *w,
    const float *x, const int64_t *tap, int64_t p, int64_t step, int64_t o)
{
	const int64_t taps = product(w->size, 0, 3);
	const int64_t wide = w->out[2], end = product(w->out, 0, 3);
	int64_t at[WIDE], off[WIDE], len[WIDE], runs = 0, i, h, t, r, v;

	for (i = 0; i < WIDE && o + i < end; i += len[runs++]) {
		h = (o + i) / wide;
		at[runs] = lines_place(l, w, h / w->out[1], h % w->out[1]) +
			   (o + i) % wide;
		off[runs] = i;
		len[runs] = min64(WIDE - i, wide - (o + i) % wide);
	}
	x += p / taps * l->plane;
	for (i = 0, t = p % taps; i < step; i++, to += WIDE) {
		const float *from = x + tap[t];
		for (r = 0; r < runs; r++)
			for (v = 0; v < len[r]; v += LANES)
				*(lanes *)(to + off[r] + v) =
				    *(const lanes *)(from + at[r] + v);
		if (++t == taps) {
			t = 0;
			x += l->plane;
		}
	}
}

/* one group of one image: cg channels in lines (or as they are) to m channels
 */
static void
multiply(const struct lines *l, const struct window *w, const float *x,
    float *y, float *panels, const int64_t *tap, const float *weights,
    const float *bias, int64_t m, int64_t cg, bool pointwise)
{
	const int64_t k = cg * product(w->size, 0, 3);
	const int64_t n = product(w->out, 0, 3), broad = 16 * WIDE;
	int64_t i, j, p, o, step, columns;
	int t;

	for (j = 0; j < n; j += broad)
		for (p = 0; p < k; p += DEEP) {
			step = min64(DEEP, k - p);
			columns = min64(broad, n - j);
			for (o = 0; o < columns; o += WIDE)
				if (pointwise)
					pack_b(panels + o * DEEP,
					    x + p * n + j + o, n, 1, step,
					    min64(WIDE, columns - o));
				else
					gather(panels + o * DEEP, l, w, x, tap,
					    p, step, j + o);
			for (i = 0; i < m; i += t) {
				t = tall(m - i);
				tiles(t, columns, step, weights + i * k + p * t,
				    panels, DEEP * WIDE, y + i * n + j, n, !p,
				    bias ? bias + i : NULL);
			}
		}
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct window w = s->w;
	struct tensor x, weight, bias, y;
	struct lines l;
	int64_t dims[MAXRANK], m, cg, taps, i, g, c, t, size, plane, *tap;
	float *room, *panels, *packed;
	bool pointwise;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &weight));
	TRY(input(n, 2, &bias));
	TRY(window_fit(n, &w, &x, dims));
	dims[1] = weight.dims[0];
	if (weight.rank != x.rank || dims[1] % s->groups ||
	    weight.dims[1] * s->groups != x.dims[1])
		return fail(n, "weights do not fit");
	TRY(output(n, 0, x.rank, dims, &y));
	if (y.n == 0)
		return NULL;
	lines_plan(&l, &w);
	m = dims[1] / s->groups;
	cg = weight.dims[1];
	taps = product(w.size, 0, 3);
	plane = product(w.in, 0, 3);
	pointwise = l.direct && taps == 1 && product(w.stride, 0, 3) == 1;
	size = cg > 1 && !pointwise ? cg * l.plane : l.plane;
	room = scratch_take(n, (size + 16 * WIDE * DEEP + 4 * WIDE + 2 * taps +
				   (s->weights ? 0 : weight.n)) *
				   sizeof(float));
	if (!room)
		return fail(n, "out of memory");
	tap = (int64_t *)room;
	panels = room + 2 * taps;
	packed = panels + 16 * WIDE * DEEP + WIDE;
	room = packed + (s->weights ? 0 : weight.n);
	if (s->weights)
		packed = s->weights;
	else
		pack(packed, &weight, s->groups, cg);
	for (t = 0; t < taps; t++)
		tap[t] = lines_tap(&l, &w, t / (w.size[1] * w.size[2]),
		    t / w.size[2] % w.size[1], t % w.size[2]);
	for (i = 0; i < dims[0] * s->groups; i++) {
		const float *from = (const float *)x.data + i * cg * plane;
		float *to = (float *)y.data + i * m * product(w.out, 0, 3);
		const float *b = bias.data;

		g = i % s->groups;
		b = b ? b + g * m : NULL;
		if (cg == 1) {
			if (!l.direct)
				lines_fill(&l, &w, from, room, 0.0f);
			for (c = 0; c < m; c++)
				direct(&l, &w, l.direct ? from : room,
				    to + c * product(w.out, 0, 3), tap,
				    packed + (g * m + c) * taps,
				    b ? b[c] : 0.0f);
			continue;
		}
		for (c = 0; c < cg && !pointwise; c++)
			lines_fill(
			    &l, &w, from + c * plane, room + c * l.plane, 0.0f);
		multiply(&l, &w, pointwise ? from : room, to, panels, tap,
		    packed + g * m * cg * taps, b, m, cg, pointwise);
	}
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "Conv",
    .in = "fff?",
    .out = "f",
    .state = sizeof(struct state),
    .setup = setup,
    .run = run,
    .cleanup = cleanup};
