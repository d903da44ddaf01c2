#include "window.h"
#include "product.h"

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

/*
 * Four runs of L outputs each, anywhere in a channel with one input channel:
 * y[at] = bias + sum over taps of w[t] * x[from + tap[t]].
 */
struct spot {
	int64_t from, at;
};

#define SPOTS(L)                                                               \
	typedef float lanes##L __attribute__((                                 \
	    vector_size(L * sizeof(float)), aligned(4), may_alias));           \
	static void spots_##L(float *y, const float *x,                        \
	    const int64_t *restrict tap, const float *restrict w, int64_t k,   \
	    const struct spot *s, int64_t n, float bias)                       \
	{                                                                      \
		for (int64_t i = 0; i < n; i += 4) {                           \
			const struct spot *p = s + min64(i, max64(0, n - 4));  \
			const struct spot *q = n > 1 ? p + 1 : p;              \
			const struct spot *r = n > 2 ? p + 2 : p;              \
			const struct spot *z = n > 3 ? p + 3 : p;              \
			const float *xp = x + p->from, *xq = x + q->from;      \
			const float *xr = x + r->from, *xz = x + z->from;      \
			lanes##L a = (lanes##L){0} + bias, b = a, c = a;       \
			lanes##L d = a;                                        \
			for (int64_t t = 0; t < k; t++) {                      \
				const int64_t o = tap[t];                      \
				a += w[t] * *(const lanes##L *)(xp + o);       \
				b += w[t] * *(const lanes##L *)(xq + o);       \
				c += w[t] * *(const lanes##L *)(xr + o);       \
				d += w[t] * *(const lanes##L *)(xz + o);       \
			}                                                      \
			*(lanes##L *)(y + p->at) = a;                          \
			*(lanes##L *)(y + q->at) = b;                          \
			*(lanes##L *)(y + r->at) = c;                          \
			*(lanes##L *)(y + z->at) = d;                          \
		}                                                              \
	}
SPOTS(1)
SPOTS(4)
SPOTS(16)

/* lanes of a run in lines of this width */
static int64_t
spot_width(int64_t wide)
{
	return wide >= 16 ? 16 : wide >= 4 ? 4 : 1;
}

/* runs that cover the outputs of a channel, the last of a line overlapping */
static int64_t
spots(struct spot *s, const struct lines *l, const struct window *w)
{
	const int64_t wide = w->out[2], step = spot_width(wide);
	int64_t d, h, i, n = 0;

	for (d = 0; d < w->out[0]; d++)
		for (h = 0; h < w->out[1]; h++)
			for (i = 0; i < wide; i += step, n++) {
				const int64_t o = min64(i, wide - step);
				s[n].from = lines_place(l, w, d, h) + o;
				s[n].at = (d * w->out[1] + h) * wide + o;
			}
	return n;
}

TILES(window, b + off[j])

/* columns of a tile that are outputs: where they are in it and in a channel */
struct piece {
	int64_t from, to, len;
};

static int
pieces(struct piece *p, const struct window *w, int64_t line, int64_t v,
    int64_t n, int64_t at)
{
	int64_t i, x, len;
	int count = 0;

	for (i = 0; i < n; i += len) {
		x = (v + i) % line;
		len = min64(n - i, line - x);
		if (x >= w->out[2])
			continue;
		p[count].from = i;
		p[count].to = at + (v + i) / line * w->out[2] + x;
		p[count++].len = min64(len, w->out[2] - x);
	}
	return count;
}

/* a tile's columns: where they read and where they go */
struct column {
	const float *b;
	int64_t width;
	int count;
	struct piece piece[WIDE];
};
enum { COLUMNS = 8 }; /* done at once, for one panel of weights after another */

/* terms p to p + step of some columns for all m channels */
static void
block(const struct column *q, int columns, const int64_t *off, float *y,
    int64_t plane, const float *weights, const float *bias, int64_t m,
    int64_t k, int64_t p, int64_t step)
{
	const struct column *end = q + columns, *c;
	float edge[TALL * WIDE];
	int64_t i, r;
	int t, u;

	for (i = 0; i < m; i += t)
		for (c = q, t = tall(m - i); c < end; c++) {
			float *to = y + i * plane;
			const bool whole =
			    c->count == 1 &&
			    (c->piece->len == WIDE ||
				(c->piece->len == LANES && c->width <= LANES &&
				    t != 8 && t != 2));

			for (r = 0; r < t && !whole && p; r++)
				for (u = 0; u < c->count; u++)
					memcpy(
					    edge + r * WIDE + c->piece[u].from,
					    to + r * plane + c->piece[u].to,
					    c->piece[u].len * sizeof(*y));
			window(t, c->width, step, weights + i * k + p * t, 1, t,
			    c->b, off, whole ? to + c->piece->to : edge,
			    whole ? plane : WIDE, p == 0,
			    bias ? bias + i : NULL);
			for (r = 0; r < t && !whole; r++)
				for (u = 0; u < c->count; u++)
					memcpy(to + r * plane + c->piece[u].to,
					    edge + r * WIDE + c->piece[u].from,
					    c->piece[u].len * sizeof(*y));
		}
}

/*
 * One group of one image: cg channels in lines to m channels.  Tiles read the
 * lines themselves; where outputs of one line follow those of the line before,
 * a tile runs on into the next and what lies between is not kept.
 */
static void
multiply(const struct lines *l, const struct window *w, const float *x,
    float *y, const int64_t *tap, const float *weights, const float *bias,
    int64_t m, int64_t cg)
{
	const int64_t taps = product(w->size, 0, 3), k = cg * taps;
	const int64_t plane = product(w->out, 0, 3);
	const bool flat = w->stride[1] == 1 && w->stride[2] == 1;
	const int64_t rows = flat ? 1 : w->out[1];
	const int64_t n =
	    flat ? (w->out[1] - 1) * l->line + w->out[2] : w->out[2];
	int64_t off[DEEP], h, v, p, j, step;
	struct column q[COLUMNS];
	int count = 0;

	for (p = 0; p < k; p += DEEP) {
		step = min64(DEEP, k - p);
		for (j = 0; j < step; j++)
			off[j] =
			    (p + j) / taps * l->plane + tap[(p + j) % taps];
		for (h = 0; h < w->out[0] * rows; h++)
			for (v = 0; v < n; v += WIDE) {
				struct column *c = &q[count++];
				c->width = min64(WIDE, n - v);
				c->count = pieces(c->piece, w,
				    flat ? l->line : n, v, c->width,
				    (flat ? h * w->out[1] : h) * w->out[2]);
				c->b = x + v +
				       lines_place(l, w, h / rows, h % rows);
				if (count < COLUMNS &&
				    (v + WIDE < n || h + 1 < w->out[0] * rows))
					continue;
				block(q, count, off, y, plane, weights, bias, m,
				    k, p, step);
				count = 0;
			}
	}
}

/* one tap on every element: the input's channels are rows of B as they are */
static void
pointwise(const float *x, float *y, float *panel, int64_t plane,
    const float *weights, const float *bias, int64_t m, int64_t k)
{
	int64_t off[DEEP], v, p, j, step;
	struct column q[COLUMNS];
	int count;

	for (j = 0; j < DEEP; j++)
		off[j] = j * WIDE;
	for (v = 0; v < plane; v += WIDE * COLUMNS)
		for (p = 0; p < k; p += DEEP) {
			step = min64(DEEP, k - p);
			for (j = v, count = 0; j < plane && count < COLUMNS;
			     j += WIDE, count++) {
				struct column *c = &q[count];
				float *to = panel + count * WIDE * DEEP;
				c->width = min64(WIDE, plane - j);
				c->count = 1;
				c->piece[0] = (struct piece){0, j, c->width};
				c->b = to;
				pack_b(to, x + p * plane + j, plane, 1, step,
				    c->width);
			}
			block(q, count, off, y, plane, weights, bias, m, k, p,
			    step);
		}
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct window w = s->w;
	struct tensor x, weight, bias, y;
	struct lines l;
	struct spot *spot;
	int64_t dims[MAXRANK], m, cg, taps, i, g, c, t, size, in, out, count;
	int64_t *tap;
	float *room, *panel, *packed;
	bool plain;

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
	in = product(w.in, 0, 3);
	out = product(w.out, 0, 3);
	plain = cg > 1 && l.direct && taps == 1 && product(w.stride, 0, 3) == 1;
	size = plain ? 0 : cg * l.plane + 2 * WIDE;
	count = cg > 1 ? 0
		       : w.out[0] * w.out[1] *
			     (w.out[2] / spot_width(w.out[2]) + 1);
	tap = scratch_take(n,
	    taps * sizeof(*tap) + count * sizeof(*spot) +
		(size + COLUMNS * WIDE * DEEP + (s->weights ? 0 : weight.n)) *
		    sizeof(float));
	if (!tap)
		return fail(n, "out of memory");
	spot = (struct spot *)(tap + taps);
	panel = (float *)(spot + count);
	room = panel + COLUMNS * WIDE * DEEP;
	packed = room + size;
	memset(room, 0, size * sizeof(*room));
	if (s->weights)
		packed = s->weights;
	else
		pack(packed, &weight, s->groups, cg);
	for (t = 0; t < taps; t++)
		tap[t] = lines_tap(&l, &w, t / (w.size[1] * w.size[2]),
		    t / w.size[2] % w.size[1], t % w.size[2]);
	if (cg == 1)
		count = spots(spot, &l, &w);
	for (i = 0; i < dims[0] * s->groups; i++) {
		const float *from = (const float *)x.data + i * cg * in;
		float *to = (float *)y.data + i * m * out;
		const float *b = bias.data;

		g = i % s->groups;
		b = b ? b + g * m : NULL;
		if (plain) {
			pointwise(from, to, panel, out, packed + g * m * cg, b,
			    m, cg);
			continue;
		}
		for (c = 0; c < cg; c++)
			lines_fill(&l, &w, from + c * in, room + c * l.plane);
		if (cg > 1)
			multiply(&l, &w, room, to, tap,
			    packed + g * m * cg * taps, b, m, cg);
		for (c = 0; cg == 1 && c < m; c++) {
			const float *v = packed + (g * m + c) * taps;
			const float add = b ? b[c] : 0.0f;

			if (w.out[2] >= 16)
				spots_16(to + c * out, room, tap, v, taps, spot,
				    count, add);
			else if (w.out[2] >= 4)
				spots_4(to + c * out, room, tap, v, taps, spot,
				    count, add);
			else
				spots_1(to + c * out, room, tap, v, taps, spot,
				    count, add);
		}
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
