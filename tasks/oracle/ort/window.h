/* Family: windows (pooling, convolution). */
#ifndef WINDOW_H
#define WINDOW_H

#include "kernel.h"

/*
 * The sliding window of a node, its spatial dimensions made three by leading
 * ones.  window_setup reads the attributes, window_fit adds the sizes of a
 * call.
 */
struct window {
	int rank;    /* spatial dimensions, 0 if not yet known */
	int autopad; /* 'N', 'V', 'U' or 'L' as in auto_pad */
	bool ceil;
	int64_t size[3]; /* kernel_shape */
	int64_t stride[3], dilation[3];
	int64_t head[3], tail[3]; /* pads */
	int64_t in[3], out[3];
};

static inline void
window_three(
    const int64_t *from, int count, int rank, int64_t absent, int64_t *to)
{
	for (int i = 0; i < 3; i++)
		to[i] = i < 3 - rank || count < rank ? absent
						     : from[i - (3 - rank)];
}

/* the attributes; shape is the kernel's where kernel_shape is absent, or NULL
 */
static inline OrtStatus *
window_setup(struct node *n, struct window *w, int rank, const int64_t *shape)
{
	int64_t v[2 * MAXRANK];
	char pad[16];
	int count;

	memset(w, 0, sizeof(*w));
	count = attr_ints(n, "kernel_shape", v, 2 * MAXRANK);
	if (count > 0)
		rank = count;
	else if (shape)
		memcpy(v, shape, rank * sizeof(*v));
	if (rank < 1 || rank > 3)
		return fail(n, "%d spatial dimensions", rank);
	w->rank = rank;
	window_three(v, rank, rank, 1, w->size);
	count = attr_ints(n, "strides", v, 2 * MAXRANK);
	window_three(v, count, rank, 1, w->stride);
	count = attr_ints(n, "dilations", v, 2 * MAXRANK);
	window_three(v, count, rank, 1, w->dilation);
	count = attr_ints(n, "pads", v, 2 * MAXRANK);
	window_three(v, count / 2, rank, 0, w->head);
	window_three(v + rank, count / 2, rank, 0, w->tail);
	attr_string(n, "auto_pad", "NOTSET", pad, sizeof(pad));
	w->autopad = strncmp(pad, "SAME_", 5) == 0 ? pad[5] : pad[0];
	w->ceil = attr_int(n, "ceil_mode", 0);
	return NULL;
}

/* the sizes of input x of layout N, C, spatial; dims gets the output's shape */
static inline OrtStatus *
window_fit(
    struct node *n, struct window *w, const struct tensor *x, int64_t *dims)
{
	int64_t reach, room, pad;
	int i;

	if (x->rank != w->rank + 2)
		return fail(n, "rank %d, window of %d", x->rank, w->rank);
	window_three(x->dims + 2, w->rank, w->rank, 1, w->in);
	for (i = 0; i < 3; i++) {
		reach = (w->size[i] - 1) * w->dilation[i] + 1;
		if (w->autopad == 'V')
			w->head[i] = w->tail[i] = 0;
		if (w->autopad == 'U' || w->autopad == 'L') {
			w->out[i] = (w->in[i] - 1) / w->stride[i] + 1;
			pad = max64(0,
			    (w->out[i] - 1) * w->stride[i] + reach - w->in[i]);
			w->head[i] = (pad + (w->autopad == 'L')) / 2;
			w->tail[i] = pad - w->head[i];
			continue;
		}
		room = w->in[i] + w->head[i] + w->tail[i] - reach;
		w->out[i] = room < 0 ? 0 : room / w->stride[i] + 1;
		if (w->ceil && room >= 0 && room % w->stride[i] &&
		    w->out[i] * w->stride[i] < w->in[i] + w->head[i])
			w->out[i]++;
	}
	memcpy(dims, x->dims, 2 * sizeof(*dims));
	for (i = 0; i < w->rank; i++)
		dims[2 + i] = w->out[3 - w->rank + i];
	return NULL;
}

/*
 * The input of one window family, laid out so that what neighbouring outputs
 * read through one tap of the window lies side by side: padded, and each line
 * split into as many phases as the stride is long.
 */
struct lines {
	int64_t depth, height; /* padded lines */
	int64_t phase, line;   /* elements of a phase, of a line */
	int64_t plane;	       /* elements of a channel */
	bool direct;	       /* nothing to do: the input is laid out so */
};

static inline void
lines_plan(struct lines *l, const struct window *w)
{
	int64_t s = w->stride[2], need[3];
	int i;

	for (i = 0; i < 3; i++)
		need[i] = max64(w->in[i] + w->head[i],
		    (w->out[i] - 1) * w->stride[i] +
			(w->size[i] - 1) * w->dilation[i] + 1);
	l->depth = need[0];
	l->height = need[1];
	l->phase = (need[2] + s - 1) / s;
	l->line = l->phase * s;
	l->direct = s == 1 && need[0] == w->in[0] && need[1] == w->in[1] &&
		    need[2] == w->in[2];
	l->plane = l->depth * l->height * l->line;
}

/* lay out one channel in a plane that was zero or laid out before */
static inline void
lines_fill(const struct lines *l, const struct window *w,
    const float *restrict x, float *restrict y)
{
	const int64_t s = w->stride[2], width = w->in[2], head = w->head[2];
	int64_t d, h, i, p, first, count;

	for (d = 0; d < w->in[0]; d++)
		for (h = 0; h < w->in[1]; h++, x += width) {
			float *line = y + ((d + w->head[0]) * l->height + h +
					      w->head[1]) *
					      l->line;
			for (p = 0; p < s; p++) {
				first = ((p - head) % s + s) % s;
				count = max64(0, (width - first + s - 1) / s);
				float *to =
				    line + p * l->phase + (first + head) / s;
				if (s == 1)
					memcpy(to, x, width * sizeof(*x));
				else if (s == 2)
					for (i = 0; i < count; i++)
						to[i] = x[first + 2 * i];
				else
					for (i = 0; i < count; i++)
						to[i] = x[first + s * i];
			}
		}
}

/* where tap (d, h, i) of the window reads, relative to its output's place */
static inline int64_t
lines_tap(const struct lines *l, const struct window *w, int64_t d, int64_t h,
    int64_t i)
{
	int64_t at = i * w->dilation[2];

	return (d * w->dilation[0] * l->height + h * w->dilation[1]) * l->line +
	       at % w->stride[2] * l->phase + at / w->stride[2];
}

/* where output (d, h, 0) reads through tap (0, 0, 0) */
static inline int64_t
lines_place(const struct lines *l, const struct window *w, int64_t d, int64_t h)
{
	return (d * w->stride[0] * l->height + h * w->stride[1]) * l->line;
}

/*
 * NAME pools one channel: down the lines into a padded line, whose phases are
 * set apart if the stride is not 1, then along it.  room has pool_room floats.
 */
static inline int64_t
pool_phase(const struct window *w)
{
	const int64_t need = max64(
	    w->in[2] + w->head[2], (w->out[2] - 1) * w->stride[2] +
				       (w->size[2] - 1) * w->dilation[2] + 1);

	return (need + w->stride[2] - 1) / w->stride[2];
}

static inline int64_t
pool_room(const struct window *w)
{
	return 2 * pool_phase(w) * w->stride[2];
}

/* the input line of output (d, h) under tap t, or NULL outside */
static inline const float *
pool_line(
    const struct window *w, const float *x, int64_t d, int64_t h, int64_t t)
{
	const int64_t a =
	    d * w->stride[0] - w->head[0] + t / w->size[1] * w->dilation[0];
	const int64_t b =
	    h * w->stride[1] - w->head[1] + t % w->size[1] * w->dilation[1];

	return a < 0 || a >= w->in[0] || b < 0 || b >= w->in[1]
		   ? NULL
		   : x + (a * w->in[1] + b) * w->in[2];
}

/* split[p * phase + i] = line[i * s + p] */
static inline void
pool_split(
    float *restrict split, const float *restrict line, int64_t phase, int64_t s)
{
	int64_t i, p;

	if (s == 2)
		for (i = 0; i < phase; i++) {
			split[i] = line[2 * i];
			split[phase + i] = line[2 * i + 1];
		}
	else
		for (p = 0; p < s; p++)
			for (i = 0; i < phase; i++)
				split[p * phase + i] = line[i * s + p];
}

#define POOL(NAME, INIT, JOIN)                                                 \
	static void NAME##_two(float *y, const float *a, const float *b,       \
	    const float *c, int64_t n)                                         \
	{                                                                      \
		int64_t i;                                                     \
                                                                               \
		if (c)                                                         \
			for (i = 0; i < n; i++) {                              \
				const float v = JOIN(float, a[i], b[i]);       \
				y[i] = JOIN(float, v, c[i]);                   \
			}                                                      \
		else                                                           \
			for (i = 0; i < n; i++)                                \
				y[i] = JOIN(float, a[i], b[i]);                \
	}                                                                      \
                                                                               \
	/* y = JOIN of k runs of n, NULL ones left out; any says if y holds    \
	   something already */                                                \
	static void NAME##_add(                                                \
	    float *y, const float **run, int *runs, bool *any, int64_t n)      \
	{                                                                      \
		int i = 0;                                                     \
                                                                               \
		if (!*any && *runs == 1)                                       \
			memcpy(y, run[i++], n * sizeof(*y));                   \
		else if (!*any && *runs > 1) {                                 \
			NAME##_two(                                            \
			    y, run[0], run[1], *runs > 2 ? run[2] : NULL, n);  \
			i = *runs > 2 ? 3 : 2;                                 \
		}                                                              \
		for (; i < *runs; i += 2)                                      \
			NAME##_two(y, y, run[i],                               \
			    i + 1 < *runs ? run[i + 1] : NULL, n);             \
		*any |= *runs > 0;                                             \
		*runs = 0;                                                     \
	}                                                                      \
                                                                               \
	static void NAME(                                                      \
	    const struct window *w, const float *x, float *y, float *room)     \
	{                                                                      \
		const int64_t phase = pool_phase(w), s = w->stride[2];         \
		const int64_t many = w->size[0] * w->size[1];                  \
		float *line = room, *split = room + phase * s;                 \
		const float *run[16], *from;                                   \
		int64_t d, h, t;                                               \
		int runs = 0;                                                  \
		bool any;                                                      \
                                                                               \
		for (t = 0; t < phase * s; t++)                                \
			line[t] = INIT;                                        \
		for (d = 0; d < w->out[0]; d++)                                \
			for (h = 0; h < w->out[1]; h++, y += w->out[2]) {      \
				float *to = line + w->head[2];                 \
				any = false;                                   \
				for (t = 0; t < many; t++) {                   \
					run[runs] = pool_line(w, x, d, h, t);  \
					runs += run[runs] != NULL;             \
					if (runs == 15 || t == many - 1)       \
						NAME##_add(to, run, &runs,     \
						    &any, w->in[2]);           \
				}                                              \
				for (t = 0; !any && t < w->in[2]; t++)         \
					to[t] = INIT;                          \
				if (s > 1)                                     \
					pool_split(split, line, phase, s);     \
				from = s > 1 ? split : line;                   \
				any = false;                                   \
				for (t = 0; t < w->size[2]; t++) {             \
					const int64_t at = t * w->dilation[2]; \
					run[runs++] =                          \
					    from + at % s * phase + at / s;    \
					if (runs == 15 || t == w->size[2] - 1) \
						NAME##_add(y, run, &runs,      \
						    &any, w->out[2]);          \
				}                                              \
			}                                                      \
	}

#endif
