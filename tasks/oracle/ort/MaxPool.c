#include "reduce.h"
#include "window.h"

struct state {
	struct window w;
	bool columns; /* indices count down columns first */
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->columns = attr_int(n, "storage_order", 0);
	return window_setup(n, &s->w, 0, NULL);
}

POOL(highest, -INFINITY, MAX_JOIN)

/* what output o reads along dimension i, a dilation apart */
static void
reach(const struct window *w, int i, int64_t o, int64_t *lo, int64_t *hi)
{
	const int64_t step = w->dilation[i], at = o * w->stride[i] - w->head[i];

	*lo = at < 0 ? at + (-at + step - 1) / step * step : at;
	*hi = min64(w->in[i], at + (w->size[i] - 1) * step + 1);
}

/* any type, with indices: output by output */
#define SLOW(NAME, T, F)                                                       \
	static void slow_##T(const struct state *s, const struct window *w,    \
	    const T *x, T *y, int64_t *index, int64_t planes)                  \
	{                                                                      \
		const int64_t *in = w->in, plane = product(in, 0, 3);          \
		int64_t lo[3], hi[3], at[3], o, i, a, b, c, from, best;        \
                                                                               \
		for (o = 0; o < planes * product(w->out, 0, 3); o++) {         \
			at[0] = o / (w->out[1] * w->out[2]) % w->out[0];       \
			at[1] = o / w->out[2] % w->out[1];                     \
			at[2] = o % w->out[2];                                 \
			for (i = 0; i < 3; i++)                                \
				reach(w, (int)i, at[i], &lo[i], &hi[i]);       \
			const T *p = x + o / product(w->out, 0, 3) * plane;    \
			T high = LOWEST(T);                                    \
			best = -1;                                             \
			for (a = lo[0]; a < hi[0]; a += w->dilation[0])        \
				for (b = lo[1]; b < hi[1];                     \
				     b += w->dilation[1])                      \
					for (c = lo[2]; c < hi[2];             \
					     c += w->dilation[2]) {            \
						from =                         \
						    (a * in[1] + b) * in[2] +  \
						    c;                         \
						if (best < 0 ||                \
						    p[from] > high) {          \
							high = p[from];        \
							best = from;           \
						}                              \
					}                                      \
			y[o] = high;                                           \
			if (!index)                                            \
				continue;                                      \
			if (s->columns)                                        \
				best = (best % in[2] * in[1] +                 \
					   best / in[2] % in[1]) *             \
					   in[0] +                             \
				       best / (in[1] * in[2]);                 \
			index[o] = best + (p - x);                             \
		}                                                              \
	}
#define EACH(X, F) EACH_FLOAT(X, F) X(INT8, int8_t, F) X(UINT8, uint8_t, F)
#define SLOW_CASE(NAME, T, F)                                                  \
	case TYPE(NAME):                                                       \
		slow_##T(s, &w, x.data, y.data, index.data, planes);           \
		break;
EACH(SLOW, )

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct window w = s->w;
	struct tensor x, y, index;
	int64_t dims[MAXRANK], planes, i;
	float *room;

	TRY(input(n, 0, &x));
	TRY(window_fit(n, &w, &x, dims));
	TRY(output(n, 0, x.rank, dims, &y));
	TRY(output(n, 1, x.rank, dims, &index));
	planes = dims[0] * dims[1];
	if (y.n == 0)
		return NULL;
	if (x.type == TYPE(FLOAT) && !index.data) {
		room = scratch_take(n, pool_room(&w) * sizeof(*room));
		if (!room)
			return fail(n, "out of memory");
		for (i = 0; i < planes; i++)
			highest(&w,
			    (const float *)x.data + i * product(w.in, 0, 3),
			    (float *)y.data + i * product(w.out, 0, 3), room);
		scratch_give(n);
		return NULL;
	}
	switch (x.type) {
		EACH(SLOW_CASE, )
	}
	return NULL;
}

static const struct op theop = {.name = "MaxPool",
    .in = "T",
    .out = "Tl?",
    .T = SET(EACH),
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
