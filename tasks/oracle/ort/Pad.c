#include "kernel.h"

enum { CONSTANT, EDGE, REFLECT, WRAP };

struct state {
	int mode;
	int count;
	int64_t pads[2 * MAXRANK]; /* of the attribute, before opset 11 */
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	char v[16];

	attr_string(n, "mode", "constant", v, sizeof(v));
	s->mode = v[0] == 'e'	? EDGE
		  : v[0] == 'r' ? REFLECT
		  : v[0] == 'w' ? WRAP
				: CONSTANT;
	s->count = attr_ints(n, "pads", s->pads, 2 * MAXRANK);
	return NULL;
}

/* the input's place of output place i - head, or -1 */
static int64_t
source(int mode, int64_t i, int64_t size)
{
	if (i >= 0 && i < size)
		return i;
	switch (mode) {
	case EDGE: return i < 0 ? 0 : size - 1;
	case WRAP: return ((i % size) + size) % size;
	case REFLECT:
		if (size == 1)
			return 0;
		i = ((i % (2 * size - 2)) + 2 * size - 2) % (2 * size - 2);
		return i < size ? i : 2 * size - 2 - i;
	default: return -1;
	}
}

struct job {
	int mode, rank;
	const struct tensor *x, *y;
	int64_t head[MAXRANK], from[MAXRANK], to[MAXRANK];
	int64_t *map; /* of the last dimension */
	size_t size;
	const char *fill;
};

/* n times one value, or n mapped elements of a line */
#define RUN(T)                                                                 \
	static void fill_##T(T *restrict to, T value, int64_t n)               \
	{                                                                      \
		for (int64_t i = 0; i < n; i++)                                \
			to[i] = value;                                         \
	}                                                                      \
                                                                               \
	static void take_##T(T *restrict to, const T *restrict from,           \
	    const int64_t *restrict map, int64_t n)                            \
	{                                                                      \
		for (int64_t i = 0; i < n; i++)                                \
			to[i] = from[map[i]];                                  \
	}
RUN(uint8_t)
RUN(uint16_t)
RUN(uint32_t)
RUN(uint64_t)

static void
fill(char *to, const char *value, int64_t n, size_t size)
{
	switch (size) {
	case 1: fill_uint8_t((void *)to, *(const uint8_t *)value, n); break;
	case 2: fill_uint16_t((void *)to, *(const uint16_t *)value, n); break;
	case 4: fill_uint32_t((void *)to, *(const uint32_t *)value, n); break;
	default: fill_uint64_t((void *)to, *(const uint64_t *)value, n);
	}
}

static void
take(char *to, const char *from, const int64_t *map, int64_t n, size_t size)
{
	switch (size) {
	case 1: take_uint8_t((void *)to, (const void *)from, map, n); break;
	case 2: take_uint16_t((void *)to, (const void *)from, map, n); break;
	case 4: take_uint32_t((void *)to, (const void *)from, map, n); break;
	default: take_uint64_t((void *)to, (const void *)from, map, n);
	}
}

/* one line: what lies before, the input's own, what lies after */
static void
line(const struct job *q, char *to, const char *from)
{
	const int d = q->rank - 1;
	const int64_t n = q->y->dims[d], size = (int64_t)q->size;
	const int64_t a = max64(0, min64(n, q->head[d]));
	const int64_t b = max64(a, min64(n, q->head[d] + q->x->dims[d]));

	memcpy(to + a * size, from + (a - q->head[d]) * size, (b - a) * size);
	if (q->mode == CONSTANT) {
		fill(to, q->fill, a, q->size);
		fill(to + b * size, q->fill, n - b, q->size);
		return;
	}
	take(to, from, q->map, a, q->size);
	take(to + b * size, from, q->map + b, n - b, q->size);
}

/* dimension d of the output at to, of the input at from */
static void
pad(const struct job *q, int d, char *to, const char *from)
{
	const int64_t size = (int64_t)q->size;
	int64_t i, at;

	if (d == q->rank - 1) {
		line(q, to, from);
		return;
	}
	for (i = 0; i < q->y->dims[d]; i++, to += q->to[d] * size) {
		at = source(q->mode, i - q->head[d], q->x->dims[d]);
		if (at < 0)
			fill(to, q->fill, q->to[d], q->size);
		else
			pad(q, d + 1, to, from + at * q->from[d] * size);
	}
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	static const char zero[16];
	struct tensor x, pads, value, axes, y;
	struct job q = {.mode = s->mode};
	int64_t v[2 * MAXRANK], a[MAXRANK], dims[MAXRANK], i;
	int count, k, axis;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &pads));
	TRY(input(n, 2, &value));
	TRY(input(n, 3, &axes));
	memcpy(v, s->pads, sizeof(v));
	count = pads.data ? integers(&pads, v, 2 * MAXRANK) : s->count;
	for (k = 0; k < MAXRANK; k++)
		a[k] = k;
	if (axes.data ? integers(&axes, a, MAXRANK) * 2 != count
		      : count != 2 * x.rank)
		return fail(n, "pads must have two numbers an axis");
	memcpy(dims, x.dims, sizeof(dims));
	for (k = 0; k < count / 2; k++) {
		axis = axis_of(a[k], x.rank);
		if (axis < 0)
			return fail(n, "no such axis");
		q.head[axis] = v[k];
		dims[axis] += v[k] + v[k + count / 2];
	}
	for (k = 0; k < x.rank; k++)
		if (dims[k] < 0 ||
		    (x.dims[k] == 0 && dims[k] > 0 && s->mode != CONSTANT))
			return fail(n, "pads do not fit");
	TRY(output(n, 0, x.rank, dims, &y));
	if (y.n == 0)
		return NULL;
	q.size = typesize(x.type);
	if (x.rank == 0) {
		memcpy(y.data, x.data, q.size);
		return NULL;
	}
	q.rank = x.rank;
	q.x = &x;
	q.y = &y;
	q.fill = value.data ? value.data : zero;
	strides(x.rank, x.dims, q.from);
	strides(y.rank, y.dims, q.to);
	q.map = scratch_take(n, dims[x.rank - 1] * sizeof(*q.map));
	if (!q.map)
		return fail(n, "out of memory");
	for (i = 0; i < dims[x.rank - 1]; i++)
		q.map[i] =
		    source(s->mode, i - q.head[x.rank - 1], x.dims[x.rank - 1]);
	pad(&q, 0, y.data, x.data);
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "Pad",
    .in = "Tl?T?U?",
    .out = "T",
    .T = MOVABLE,
    .U = INDEX,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
