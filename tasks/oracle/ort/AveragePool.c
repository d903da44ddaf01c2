#include "reduce.h"
#include "window.h"

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

POOL(total, 0.0f, SUM_JOIN)

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
	int64_t dims[MAXRANK], i, j, d, h;
	float *room, *scale[3], *to;

	TRY(input(n, 0, &x));
	TRY(window_fit(n, &w, &x, dims));
	TRY(output(n, 0, x.rank, dims, &y));
	if (y.n == 0)
		return NULL;
	room = scratch_take(n,
	    (pool_room(&w) + w.out[0] + w.out[1] + w.out[2]) * sizeof(float));
	if (!room)
		return fail(n, "out of memory");
	scale[0] = room + pool_room(&w);
	scale[1] = scale[0] + w.out[0];
	scale[2] = scale[1] + w.out[1];
	for (i = 0; i < 3; i++)
		weights(s, &w, (int)i, scale[i]);
	to = y.data;
	for (i = 0; i < dims[0] * dims[1]; i++) {
		total(&w, (const float *)x.data + i * product(w.in, 0, 3), to,
		    room);
		for (d = 0; d < w.out[0]; d++)
			for (h = 0; h < w.out[1]; h++, to += w.out[2]) {
				const float v = scale[0][d] * scale[1][h];
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
