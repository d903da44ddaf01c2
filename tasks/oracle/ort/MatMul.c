#include "product.h"

struct state {
	float *b; /* packed, if B is constant */
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	struct tensor b;
	int64_t i, k, c, batch;

	TRY(constant(n, 1, &b));
	if (b.type != TYPE(FLOAT) || b.rank < 2)
		return NULL;
	k = b.dims[b.rank - 2];
	c = b.dims[b.rank - 1];
	batch = product(b.dims, 0, b.rank - 2);
	s->b = malloc((batch * packed_b(k, c) + 1) * sizeof(*s->b));
	for (i = 0; s->b && i < batch; i++)
		pack_b(s->b + i * packed_b(k, c),
		    (const float *)b.data + i * k * c, c, 1, k, c);
	return NULL;
}

static void
cleanup(void *state)
{
	free(((struct state *)state)->b);
}

#define PRODUCT(NAME, T, F)                                                    \
	static void product_##T(T *restrict c, const T *restrict a,            \
	    const T *restrict b, int64_t m, int64_t n, int64_t k)              \
	{                                                                      \
		for (int64_t i = 0; i < m; i++, c += n, a += k) {              \
			memset(c, 0, n * sizeof(*c));                          \
			for (int64_t p = 0; p < k; p++)                        \
				for (int64_t j = 0; j < n; j++)                \
					c[j] += a[p] * b[p * n + j];           \
		}                                                              \
	}
#define EACH(X, F)                                                             \
	X(DOUBLE, double, F)                                                   \
	X(INT32, int32_t, F)                                                   \
	X(INT64, int64_t, F) X(UINT32, uint32_t, F) X(UINT64, uint64_t, F)
EACH(PRODUCT, )

#define PRODUCT_CASE(NAME, T, F)                                               \
	case TYPE(NAME):                                                       \
		product_##T((T *)c.data + l.off[0] * m * w,                    \
		    (const T *)a.data + l.off[1] * m * k,                      \
		    (const T *)b.data + l.off[2] * k * w, m, w, k);            \
		break;

/* all inputs get two dimensions at least; those before them broadcast */
static OrtStatus *
shapes(struct node *n, struct tensor *a, struct tensor *b, struct tensor *c,
    struct loop *l)
{
	struct tensor x, y, z;
	int64_t m, w, k;
	bool row = a->rank == 1, column = b->rank == 1;

	if (a->rank == 0 || b->rank == 0)
		return fail(n, "scalars have no product");
	if (row) {
		a->dims[1] = a->dims[0];
		a->dims[0] = 1;
		a->rank = 2;
	}
	if (column) {
		b->dims[1] = 1;
		b->rank = 2;
	}
	m = a->dims[a->rank - 2];
	k = a->dims[a->rank - 1];
	w = b->dims[b->rank - 1];
	if (k != b->dims[b->rank - 2])
		return fail(n, "inner sizes %lld and %lld", (long long)k,
		    (long long)b->dims[b->rank - 2]);
	x = *a;
	y = *b;
	x.rank -= 2;
	y.rank -= 2;
	z = x;
	if (!broadcast(&z, &y))
		return fail(n, "batches do not broadcast");
	loop_broadcast(l, &z, 2, (const struct tensor *[]){&x, &y});
	if (!row)
		z.dims[z.rank++] = m;
	if (!column)
		z.dims[z.rank++] = w;
	return output(n, 0, z.rank, z.dims, c);
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor a, b, c;
	struct loop l;
	int64_t m, w, k, i, batch, size;
	const float *pb;
	float *pa, *room;

	TRY(input(n, 0, &a));
	TRY(input(n, 1, &b));
	TRY(shapes(n, &a, &b, &c, &l));
	m = a.dims[a.rank - 2];
	k = a.dims[a.rank - 1];
	w = b.dims[b.rank - 1];
	batch = product(b.dims, 0, b.rank - 2);
	if (c.n == 0)
		return NULL;
	if (a.type != TYPE(FLOAT)) {
		const int last = l.rank - 1;
		do
			for (i = 0; i < l.n; i++) {
				switch (a.type) {
					EACH(PRODUCT_CASE, )
				}
				for (int o = 0; o < 3; o++)
					l.off[o] += l.step[o][last];
				if (i == l.n - 1)
					for (int o = 0; o < 3; o++)
						l.off[o] -=
						    l.step[o][last] * l.n;
			}
		while (loop_next(&l));
		return NULL;
	}
	if (batch == 1) { /* one B: all rows of A in one product */
		m = c.n / w;
		l.rank = 1;
		l.n = 1;
	}
	size = packed_b(k, w);
	pa = scratch_take(n, (m * k + size) * sizeof(float));
	if (!pa)
		return fail(n, "out of memory");
	room = pa + m * k;
	do
		for (i = 0; i < l.n; i++) {
			int64_t at[3];
			for (int o = 0; o < 3; o++)
				at[o] = l.off[o] + i * l.step[o][l.rank - 1];
			pb = s->b ? s->b + at[2] * size : room;
			if (!s->b)
				pack_b(room,
				    (const float *)b.data + at[2] * k * w, w, 1,
				    k, w);
			gemm_auto(m, w, k,
			    (const float *)a.data + at[1] * m * k, k, 1, pa, pb,
			    (float *)c.data + at[0] * m * w, w, false);
		}
	while (loop_next(&l));
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "MatMul",
    .in = "TT",
    .out = "T",
    .T = BIT(FLOAT) | SET(EACH),
    .state = sizeof(struct state),
    .setup = setup,
    .run = run,
    .cleanup = cleanup};
