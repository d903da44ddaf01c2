#include "loops.h"

struct state {
	int64_t axis;
	bool largest, sorted;
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	s->axis = attr_int(n, "axis", -1);
	s->largest = attr_int(n, "largest", 1);
	s->sorted = attr_int(n, "sorted", 1);
	return NULL;
}

/*
 * A heap of the k best so far with the worst on top; among equal ones the one
 * that comes first is better.  Most elements fail one comparison with the top,
 * 16 of them at a time.
 */
#define TOPK(NAME, T, F)                                                       \
	struct item_##T {                                                      \
		T v;                                                           \
		int64_t i;                                                     \
	};                                                                     \
                                                                               \
	static inline bool worse_##T(struct item_##T a, struct item_##T b)     \
	{                                                                      \
		return a.v < b.v || (a.v == b.v && a.i > b.i);                 \
	}                                                                      \
                                                                               \
	static void sink_##T(struct item_##T *h, int64_t n, int64_t i)         \
	{                                                                      \
		const struct item_##T v = h[i];                                \
		int64_t c;                                                     \
                                                                               \
		for (; (c = 2 * i + 1) < n; i = c) {                           \
			c += c + 1 < n && worse_##T(h[c + 1], h[c]);           \
			if (!worse_##T(h[c], v))                               \
				break;                                         \
			h[i] = h[c];                                           \
		}                                                              \
		h[i] = v;                                                      \
	}                                                                      \
                                                                               \
	/* sign turns least into greatest */                                   \
	static void select_##T(                                                \
	    struct item_##T *h, const T *x, int64_t n, int64_t k, bool least)  \
	{                                                                      \
		int64_t i, j;                                                  \
		T top;                                                         \
                                                                               \
		for (i = 0; i < k; i++) {                                      \
			h[i].v = least ? F(x[i]) : x[i];                       \
			h[i].i = i;                                            \
		}                                                              \
		for (j = k / 2 - 1; j >= 0; j--)                               \
			sink_##T(h, k, j);                                     \
		for (; i < n; i++) {                                           \
			top = least ? F(h[0].v) : h[0].v;                      \
			for (; i + 16 <= n; i += 16) {                         \
				unsigned any = 0;                              \
				if (least)                                     \
					for (j = 0; j < 16; j++)               \
						any |= x[i + j] < top;         \
				else                                           \
					for (j = 0; j < 16; j++)               \
						any |= x[i + j] > top;         \
				if (any)                                       \
					break;                                 \
			}                                                      \
			if (i >= n || !(least ? x[i] < top : x[i] > top))      \
				continue;                                      \
			h[0].v = least ? F(x[i]) : x[i];                       \
			h[0].i = i;                                            \
			sink_##T(h, k, 0);                                     \
		}                                                              \
		for (j = k - 1; j > 0; j--) { /* best first */                 \
			const struct item_##T t = h[0];                        \
			h[0] = h[j];                                           \
			h[j] = t;                                              \
			sink_##T(h, j, 0);                                     \
		}                                                              \
	}
#define MINUS(x) (-(x))
#define FLIP(x) (~(x))
TOPK(, float, MINUS)
TOPK(, double, MINUS)
TOPK(, int32_t, FLIP)
TOPK(, int64_t, FLIP)

#define TOPK_CASE(NAME, T, F)                                                  \
	case TYPE(NAME):                                                       \
		for (i = 0; i < outer; i++)                                    \
			for (j = 0; j < inner; j++) {                          \
				struct item_##T *h = room;                     \
				const T *from =                                \
				    (const T *)x.data + i * count * inner + j; \
				T *lines = (T *)(h + k), *line;                \
				line = lines + j % 16 * count;                 \
				if (inner > 1 && j % 16 == 0)                  \
					transpose((char *)lines, count,        \
					    (const char *)from, inner,         \
					    min64(16, inner - j), count,       \
					    sizeof(T));                        \
				select_##T(h, inner > 1 ? line : from, count,  \
				    k, !s->largest);                           \
				for (c = 0; c < k; c++) {                      \
					at = (i * k + c) * inner + j;          \
					((T *)y.data)[at] =                    \
					    s->largest ? h[c].v : F(h[c].v);   \
					((int64_t *)z.data)[at] = h[c].i;      \
				}                                              \
			}                                                      \
		break;

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, t, y, z;
	int64_t dims[MAXRANK], k = 0, outer, count, inner, i, j, c, at;
	int axis;
	void *room;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &t));
	integers(&t, &k, 1);
	axis = axis_of(s->axis, x.rank);
	if (axis < 0 || x.rank == 0 || k < 0 || k > x.dims[axis])
		return fail(n, "no such axis, or k beyond it");
	memcpy(dims, x.dims, sizeof(dims));
	dims[axis] = k;
	TRY(output(n, 0, x.rank, dims, &y));
	TRY(output(n, 1, x.rank, dims, &z));
	if (y.n == 0)
		return NULL;
	outer = product(x.dims, 0, axis);
	count = x.dims[axis];
	inner = product(x.dims, axis + 1, x.rank);
	room = scratch_take(n, (k * 2 + 16 * count) * sizeof(int64_t));
	if (!room)
		return fail(n, "out of memory");
	switch (x.type) {
		TOPK_CASE(FLOAT, float, MINUS)
		TOPK_CASE(DOUBLE, double, MINUS)
		TOPK_CASE(INT32, int32_t, FLIP)
		TOPK_CASE(INT64, int64_t, FLIP)
	}
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "TopK",
    .in = "Tl",
    .out = "Tl",
    .T = SET(EACH_WIDE),
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
