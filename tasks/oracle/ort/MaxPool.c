#include "kernel.h"

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

POOL_TAPS(highest, MAX_JOIN)

/* float without indices: down the lines, then along */
static OrtStatus *
fast(struct node *n, const struct window *w, const float *x, float *y,
    int64_t planes)
{
	const int64_t many = w->size[0] * w->size[1];
	struct lines l;
	int64_t i, d, h, t, *down, *along;
	float *copy, *line;

	lines_plan(&l, w);
	down = scratch_take(n, (many + w->size[2]) * sizeof(*down) +
				   (l.plane + l.line) * sizeof(float));
	if (!down)
		return fail(n, "out of memory");
	along = down + many;
	line = (float *)(along + w->size[2]);
	copy = line + l.line;
	for (t = 0; t < many; t++)
		down[t] = lines_tap(&l, w, t / w->size[1], t % w->size[1], 0);
	for (t = 0; t < w->size[2]; t++)
		along[t] = lines_tap(&l, w, 0, 0, t);
	for (i = 0; i < planes; i++, x += product(w->in, 0, 3)) {
		const float *from = l.direct ? x : copy;
		if (!l.direct)
			lines_fill(&l, w, x, copy, -INFINITY);
		for (d = 0; d < w->out[0]; d++)
			for (h = 0; h < w->out[1]; h++, y += w->out[2]) {
				highest(line, from + lines_place(&l, w, d, h),
				    down, many, l.line);
				highest(y, line, along, w->size[2], w->out[2]);
			}
	}
	scratch_give(n);
	return NULL;
}

/* any type, with indices: output by output */
#define SLOW(NAME, T, F)                                                       \
	static void slow_##T(const struct state *s, const struct window *w,    \
	    const T *x, T *y, int64_t *index, int64_t planes)                  \
	{                                                                      \
		const int64_t *in = w->in, *step = w->dilation;                \
		int64_t plane, o, k, at[3], p[3], i, best, from;               \
                                                                               \
		for (plane = 0; plane < planes;                                \
		     plane++, x += product(in, 0, 3))                          \
			for (o = 0; o < product(w->out, 0, 3); o++) {          \
				T high = LOWEST(T);                            \
				at[0] = o / (w->out[1] * w->out[2]);           \
				at[1] = o / w->out[2] % w->out[1];             \
				at[2] = o % w->out[2];                         \
				best = -1;                                     \
				for (k = 0; k < product(w->size, 0, 3); k++) { \
					p[0] = k / (w->size[1] * w->size[2]);  \
					p[1] = k / w->size[2] % w->size[1];    \
					p[2] = k % w->size[2];                 \
					for (i = 0; i < 3; i++) {              \
						p[i] = at[i] * w->stride[i] -  \
						       w->head[i] +            \
						       p[i] * step[i];         \
						if (p[i] < 0 || p[i] >= in[i]) \
							break;                 \
					}                                      \
					if (i < 3)                             \
						continue;                      \
					from = (p[0] * in[1] + p[1]) * in[2] + \
					       p[2];                           \
					if (best >= 0 && !(x[from] > high))    \
						continue;                      \
					high = x[from];                        \
					best = s->columns                      \
						   ? (p[2] * in[1] + p[1]) *   \
							     in[0] +           \
							 p[0]                  \
						   : from;                     \
				}                                              \
				*y++ = high;                                   \
				if (index)                                     \
					*index++ =                             \
					    best + plane * product(in, 0, 3);  \
			}                                                      \
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
	int64_t dims[MAXRANK], planes;

	TRY(input(n, 0, &x));
	TRY(window_fit(n, &w, &x, dims));
	TRY(output(n, 0, x.rank, dims, &y));
	TRY(output(n, 1, x.rank, dims, &index));
	planes = dims[0] * dims[1];
	if (y.n == 0)
		return NULL;
	if (x.type == TYPE(FLOAT) && !index.data)
		return fast(n, &w, x.data, y.data, planes);
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
