#include "kernel.h"

struct state {
	struct window w;
	bool pads; /* padding counts */
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->pads = attr_int(n, "count_include_pad", 0);
	return window_setup(n, &s->w, 0, NULL);
}

POOL_TAPS(total, SUM_JOIN)

/* 1 / the elements that each output along dimension i averages */
static void
weights(const struct state *s, const struct window *w, int i, float *v)
{
	const int64_t low = s->pads ? -w->head[i] : 0;
	const int64_t high = w->in[i] + (s->pads ? w->tail[i] : 0);
	int64_t o, k, at, count;

	for (o = 0; o < w->out[i]; o++) {
		for (count = k = 0; k < w->size[i]; k++) {
			at = o * w->stride[i] - w->head[i] + k * w->dilation[i];
			count += at >= low && at < high;
		}
		v[o] = 1.0f / (float)max64(count, 1);
	}
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct window w = s->w;
	struct tensor x, y;
	struct lines l;
	int64_t dims[MAXRANK], many, i, j, d, h, t, *down, *along;
	float *copy, *line, *scale[3], *to;
	const float *from;

	TRY(input(n, 0, &x));
	TRY(window_fit(n, &w, &x, dims));
	TRY(output(n, 0, x.rank, dims, &y));
	if (y.n == 0)
		return NULL;
	many = w.size[0] * w.size[1];
	lines_plan(&l, &w);
	down = scratch_take(
	    n, (many + w.size[2]) * sizeof(*down) +
		   (l.plane + l.line + w.out[0] + w.out[1] + w.out[2]) *
		       sizeof(float));
	if (!down)
		return fail(n, "out of memory");
	along = down + many;
	scale[0] = (float *)(along + w.size[2]);
	scale[1] = scale[0] + w.out[0];
	scale[2] = scale[1] + w.out[1];
	line = scale[2] + w.out[2];
	copy = line + l.line;
	for (i = 0; i < 3; i++)
		weights(s, &w, (int)i, scale[i]);
	for (t = 0; t < many; t++)
		down[t] = lines_tap(&l, &w, t / w.size[1], t % w.size[1], 0);
	for (t = 0; t < w.size[2]; t++)
		along[t] = lines_tap(&l, &w, 0, 0, t);
	from = x.data;
	to = y.data;
	for (i = 0; i < dims[0] * dims[1]; i++, from += product(w.in, 0, 3)) {
		if (!l.direct)
			lines_fill(&l, &w, from, copy, 0.0f);
		for (d = 0; d < w.out[0]; d++)
			for (h = 0; h < w.out[1]; h++, to += w.out[2]) {
				const float v = scale[0][d] * scale[1][h];
				total(line,
				    (l.direct ? from : copy) +
					lines_place(&l, &w, d, h),
				    down, many, l.line);
				total(to, line, along, w.size[2], w.out[2]);
				for (j = 0; j < w.out[2]; j++)
					to[j] *= v * scale[2][j];
			}
	}
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "AveragePool",
    .in = "f",
    .out = "f",
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
