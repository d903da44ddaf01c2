#include "kernel.h"

/*
 * Each axis has, per output, a few taps: places in the input and weights.  Axes
 * are resampled one after the other, the innermost first.  Nearest is one tap a
 * axis and moves elements of any type.
 */
enum { NEAREST, LINEAR, CUBIC };

struct state {
	int mode;
	char transform[24], nearest[24], policy[16];
	bool antialias, exclude;
	float a, outside;
	int naxes;
	int64_t axes[MAXRANK];
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	char v[16];

	attr_string(n, "mode", "nearest", v, sizeof(v));
	s->mode = v[0] == 'l' ? LINEAR : v[0] == 'c' ? CUBIC : NEAREST;
	attr_string(n, "coordinate_transformation_mode", "half_pixel",
	    s->transform, sizeof(s->transform));
	attr_string(n, "nearest_mode", "round_prefer_floor", s->nearest,
	    sizeof(s->nearest));
	attr_string(n, "keep_aspect_ratio_policy", "stretch", s->policy,
	    sizeof(s->policy));
	s->antialias = attr_int(n, "antialias", 0) && s->mode != NEAREST;
	s->exclude = attr_int(n, "exclude_outside", 0);
	s->a = attr_float(n, "cubic_coeff_a", -0.75f);
	s->outside = attr_float(n, "extrapolation_value", 0.0f);
	s->naxes = attr_ints(n, "axes", s->axes, MAXRANK);
	return NULL;
}

struct axis {
	int64_t in, out;
	float scale, start, end; /* of roi */
	int taps;
	int32_t *at;   /* taps by out */
	float *weight; /* the same; NAN in the first: extrapolate */
};

/* where in the input output i lies */
static float
origin(const struct state *s, const struct axis *a, int64_t i)
{
	const float x = (float)i, in = (float)a->in, out = (float)a->out;
	const char *t = s->transform;

	if (strcmp(t, "asymmetric") == 0)
		return x / a->scale;
	if (strcmp(t, "align_corners") == 0)
		return a->out == 1 ? 0.0f : x * (in - 1) / (out - 1);
	if (strcmp(t, "pytorch_half_pixel") == 0)
		return a->out > 1 ? (x + 0.5f) / a->scale - 0.5f : 0.0f;
	if (strcmp(t, "tf_crop_and_resize") == 0)
		return a->out > 1
			   ? a->start * (in - 1) +
				 x * (a->end - a->start) * (in - 1) / (out - 1)
			   : 0.5f * (a->start + a->end) * (in - 1);
	if (strcmp(t, "tf_half_pixel_for_nn") == 0)
		return (x + 0.5f) / a->scale;
	if (strcmp(t, "half_pixel_symmetric") == 0)
		return in / 2 * (1 - out / (a->scale * in)) +
		       (x + 0.5f) / a->scale - 0.5f;
	return (x + 0.5f) / a->scale - 0.5f;
}

static int64_t
pick(const struct state *s, float x)
{
	if (strcmp(s->nearest, "floor") == 0)
		return (int64_t)floorf(x);
	if (strcmp(s->nearest, "ceil") == 0)
		return (int64_t)ceilf(x);
	if (strcmp(s->nearest, "round_prefer_ceil") == 0)
		return (int64_t)floorf(x + 0.5f);
	return (int64_t)ceilf(x - 0.5f);
}

/* the filter at distance x */
static float
filter(const struct state *s, float x)
{
	const float a = s->a;

	x = fabsf(x);
	if (s->mode == LINEAR)
		return x < 1.0f ? 1.0f - x : 0.0f;
	if (x <= 1.0f)
		return ((a + 2) * x - (a + 3)) * x * x + 1;
	return x < 2.0f ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0.0f;
}

/* taps of output i from place first on, at distance first - x stretched */
static void
weigh(const struct state *s, const struct axis *a, int64_t i, int64_t first,
    float x, float stretch)
{
	float sum = 0.0f, w;
	int64_t p;
	int k;

	for (k = 0; k < a->taps; k++) {
		p = first + k;
		w = filter(s, ((float)p - x) * stretch);
		if (s->exclude && (p < 0 || p >= a->in))
			w = 0.0f;
		sum += w;
		a->at[k * a->out + i] = (int32_t)max64(0, min64(p, a->in - 1));
		a->weight[k * a->out + i] = w;
	}
	for (k = 0; k < a->taps && sum != 0.0f; k++)
		a->weight[k * a->out + i] /= sum;
}

/* how many taps an axis needs */
static int
taps(const struct state *s, const struct axis *a)
{
	const float reach = s->mode == CUBIC ? 2.0f : 1.0f;

	if (s->mode == NEAREST)
		return 1;
	if (s->antialias && a->scale < 1.0f)
		return 2 * (int)ceilf(reach / a->scale) + 1;
	return s->mode == CUBIC ? 4 : 2;
}

static void
prepare(const struct state *s, struct axis *a)
{
	const bool crop = strcmp(s->transform, "tf_crop_and_resize") == 0;
	const bool wide = s->antialias && a->scale < 1.0f;
	const float reach = (s->mode == CUBIC ? 2.0f : 1.0f) / a->scale;
	int64_t i, first;
	float x;

	for (i = 0; i < a->out; i++) {
		x = a->scale == 1.0f && !crop ? (float)i : origin(s, a, i);
		if (s->mode == NEAREST) {
			a->at[i] =
			    (int32_t)max64(0, min64(pick(s, x), a->in - 1));
			a->weight[i] = 1.0f;
		} else if (wide) {
			first = (int64_t)floorf(x + 0.5f - reach);
			weigh(s, a, i, first, x, a->scale);
		} else {
			if (s->mode == LINEAR && !s->antialias && !crop)
				x = fmaxf(0.0f, fminf(x, (float)(a->in - 1)));
			first = (int64_t)floorf(x) - (s->mode == CUBIC);
			weigh(s, a, i, first, x, 1.0f);
		}
		if (crop && (x < 0.0f || x > (float)(a->in - 1)))
			a->weight[i] = NAN;
	}
}

/* resample one axis: x is outer by in by inner, y outer by out by inner */
static void
resample(const struct state *s, const struct axis *a, float *restrict y,
    const float *restrict x, int64_t outer, int64_t inner)
{
	int64_t o, i, j;
	int k;

	for (o = 0; o < outer; o++, x += a->in * inner)
		if (inner == 1) {
			for (i = 0; i < a->out; i++)
				y[i] = a->weight[i] * x[a->at[i]];
			for (k = 1; k < a->taps; k++)
				for (i = 0; i < a->out; i++)
					y[i] += a->weight[k * a->out + i] *
						x[a->at[k * a->out + i]];
			y += a->out;
		} else
			for (i = 0; i < a->out; i++, y += inner)
				for (k = 0; k < a->taps; k += 2) {
					const float *p =
					    x + a->at[k * a->out + i] * inner;
					const float *q =
					    k + 1 < a->taps
						? x + a->at[(k + 1) * a->out +
							    i] *
							  inner
						: p;
					const float v =
					    a->weight[k * a->out + i];
					const float w =
					    k + 1 < a->taps
						? a->weight[(k + 1) * a->out +
							    i]
						: 0.0f;
					if (k == 0)
						for (j = 0; j < inner; j++)
							y[j] =
							    v * p[j] + w * q[j];
					else
						for (j = 0; j < inner; j++)
							y[j] +=
							    v * p[j] + w * q[j];
				}
	(void)s;
}

/* one tap a axis: lines of the last axis, gathered */
static void
gather(const struct axis *a, int rank, char *to, const char *from, size_t size)
{
	const struct axis *last = a + rank - 1;
	int64_t at[MAXRANK] = {0}, i, line;
	int k;

#define GATHER(T)                                                              \
	if (size == sizeof(T)) {                                               \
		T *restrict y = (T *)to;                                       \
		const T *restrict x = (const T *)from + line * last->in;       \
		for (i = 0; i < last->out; i++)                                \
			y[i] = x[last->at[i]];                                 \
	}
	do {
		for (line = k = 0; k < rank - 1; k++)
			line = line * a[k].in + a[k].at[at[k]];
		if (k > 0 && at[k - 1] > 0 &&
		    a[k - 1].at[at[k - 1]] == a[k - 1].at[at[k - 1] - 1])
			memcpy(to, to - last->out * (int64_t)size,
			    last->out * size); /* the line above, again */
		else {
			GATHER(uint8_t)
			GATHER(uint16_t)
			GATHER(uint32_t)
			GATHER(uint64_t)
		}
		to += last->out * (int64_t)size;
		for (k = rank - 2; k >= 0 && ++at[k] == a[k].out; k--)
			at[k] = 0;
	} while (k >= 0);
#undef GATHER
}

/* sizes and scales of all axes from the inputs */
static OrtStatus *
measure(struct node *n, const struct tensor *x, struct axis *a)
{
	const struct state *s = n->state;
	struct tensor roi, scales, sizes;
	int64_t v[MAXRANK] = {0}, axes[MAXRANK];
	int k, i, count;
	float f, all = 0.0f;

	TRY(input(n, 1, &roi));
	TRY(input(n, 2, &scales));
	TRY(input(n, 3, &sizes));
	count = s->naxes >= 0 ? s->naxes : x->rank;
	for (k = 0; k < count; k++)
		axes[k] = s->naxes >= 0 ? axis_of(s->axes[k], x->rank) : k;
	for (k = 0; k < x->rank; k++) {
		a[k].in = a[k].out = x->dims[k];
		a[k].scale = 1.0f;
		a[k].end = 1.0f;
	}
	if (scales.n != count && integers(&sizes, v, MAXRANK) != count)
		return fail(n, "no scales or sizes that fit");
	for (k = 0; k < count; k++) {
		struct axis *b = &a[axes[k]];

		if (axes[k] < 0)
			return fail(n, "no such axis");
		if (scales.n == count) {
			b->scale = ((const float *)scales.data)[k];
			b->out = (int64_t)floorf((float)b->in * b->scale);
		} else {
			b->out = v[k];
			b->scale = (float)v[k] / (float)b->in;
		}
		if (roi.type && roi.n == 2 * count) {
			b->start = roi.type == TYPE(DOUBLE)
				       ? (float)((const double *)roi.data)[k]
				       : ((const float *)roi.data)[k];
			b->end =
			    roi.type == TYPE(DOUBLE)
				? (float)((const double *)roi.data)[k + count]
				: ((const float *)roi.data)[k + count];
		}
		f = b->scale;
		all = k == 0				     ? f
		      : strcmp(s->policy, "not_larger") == 0 ? fminf(all, f)
							     : fmaxf(all, f);
	}
	for (i = 0; i < count && scales.n != count &&
		    strcmp(s->policy, "stretch") != 0;
	     i++) {
		struct axis *b = &a[axes[i]];

		b->scale = all;
		b->out = (int64_t)roundf(all * (float)b->in);
	}
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, y;
	struct axis a[MAXRANK] = {{0}};
	int64_t dims[MAXRANK], total = 0, most = 0, size, i;
	float *room, *from, *to, *spare[2];
	int k, left = 0;
	bool crop = strcmp(s->transform, "tf_crop_and_resize") == 0;

	TRY(input(n, 0, &x));
	TRY(measure(n, &x, a));
	for (k = 0; k < x.rank; k++) {
		dims[k] = a[k].out;
		a[k].taps = taps(s, &a[k]);
		total += a[k].taps * a[k].out;
	}
	TRY(output(n, 0, x.rank, dims, &y));
	if (y.n == 0 || x.n == 0)
		return NULL;
	if (x.type != TYPE(FLOAT) && (s->mode != NEAREST || crop))
		return fail(n, "interpolation of floats only");
	for (size = x.n, k = x.rank - 1; k >= 0; k--) {
		size = size / a[k].in * a[k].out;
		most = max64(most, size);
	}
	room = scratch_take(n, (2 * total + 2 * most) * sizeof(float));
	if (!room)
		return fail(n, "out of memory");
	spare[0] = room + 2 * total;
	spare[1] = spare[0] + most;
	for (k = 0; k < x.rank; k++) {
		a[k].at = (int32_t *)room;
		a[k].weight = room + a[k].taps * a[k].out;
		room += 2 * a[k].taps * a[k].out;
		prepare(s, &a[k]);
		left += a[k].scale != 1.0f || a[k].in != a[k].out || crop;
	}
	if (s->mode == NEAREST && !crop) {
		gather(a, x.rank, y.data, x.data, typesize(x.type));
		scratch_give(n);
		return NULL;
	}
	from = x.data;
	for (k = x.rank - 1; k >= 0; k--) {
		if (a[k].scale == 1.0f && a[k].in == a[k].out && !crop)
			continue;
		to = --left ? spare[left & 1] : y.data;
		resample(s, &a[k], to, from, product(x.dims, 0, k),
		    product(dims, k + 1, x.rank));
		from = to;
	}
	if (from == x.data)
		memcpy(y.data, x.data, x.n * sizeof(float));
	for (i = 0; crop && i < y.n; i++)
		if (isnan(((float *)y.data)[i]))
			((float *)y.data)[i] = s->outside;
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "Resize",
    .in = "TU?f?l?",
    .out = "T",
    .T = MOVABLE,
    .U = FLOATS,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
