#include "product.h"

struct state {
	float alpha, beta;
	bool ta, tb;
	float *b; /* packed, if B is constant */
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	struct tensor b;
	int64_t k, w;

	s->alpha = attr_float(n, "alpha", 1.0f);
	s->beta = attr_float(n, "beta", 1.0f);
	s->ta = attr_int(n, "transA", 0);
	s->tb = attr_int(n, "transB", 0);
	TRY(constant(n, 1, &b));
	if (b.type != TYPE(FLOAT) || b.rank != 2)
		return NULL;
	k = b.dims[s->tb];
	w = b.dims[!s->tb];
	s->b = malloc((packed_b(k, w) + 1) * sizeof(*s->b));
	if (s->b)
		pack_b(s->b, b.data, s->tb ? 1 : w, s->tb ? k : 1, k, w);
	return NULL;
}

static void
cleanup(void *state)
{
	free(((struct state *)state)->b);
}

/* y = beta C, broadcast */
#define ADDEND(T)                                                              \
	if (c.data && s->beta != 0.0f) {                                       \
		loop_broadcast(&l, &y, 1, (const struct tensor *[]){&c});      \
		do {                                                           \
			T *to = (T *)y.data + l.off[0];                        \
			const T *from = (const T *)c.data + l.off[1];          \
			const int64_t step = l.step[1][l.rank - 1];            \
			if (step)                                              \
				for (i = 0; i < l.n; i++)                      \
					to[i] = (T)s->beta * from[i];          \
			else                                                   \
				for (i = 0; i < l.n; i++)                      \
					to[i] = (T)s->beta * *from;            \
		} while (loop_next(&l));                                       \
	} else                                                                 \
		memset(y.data, 0, y.n * sizeof(T));

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor a, b, c, y;
	struct loop l;
	int64_t m, w, k, i, j, p, dims[2];
	float *pa, *pb;

	TRY(input(n, 0, &a));
	TRY(input(n, 1, &b));
	TRY(input(n, 2, &c));
	if (a.rank != 2 || b.rank != 2 || a.dims[!s->ta] != b.dims[s->tb])
		return fail(n, "A and B do not fit");
	dims[0] = m = a.dims[s->ta];
	dims[1] = w = b.dims[!s->tb];
	k = a.dims[!s->ta];
	TRY(output(n, 0, 2, dims, &y));
	if (y.n == 0)
		return NULL;
	const int64_t ars = s->ta ? 1 : k, acs = s->ta ? m : 1;
	const int64_t brs = s->tb ? 1 : w, bcs = s->tb ? k : 1;
	if (a.type == TYPE(DOUBLE)) {
		double *restrict d = y.data;
		const double *restrict x = a.data, *restrict z = b.data;
		ADDEND(double)
		for (i = 0; i < m; i++)
			for (p = 0; p < k; p++)
				for (j = 0; j < w; j++)
					d[i * w + j] += (double)s->alpha *
							x[i * ars + p * acs] *
							z[p * brs + j * bcs];
		return NULL;
	}
	ADDEND(float)
	pa = scratch_take(n, (m * k + packed_b(k, w)) * sizeof(float));
	if (!pa)
		return fail(n, "out of memory");
	pb = s->b ? s->b : pa + m * k;
	if (!s->b)
		pack_b(pb, b.data, brs, bcs, k, w);
	if (s->alpha != 1.0f || crowded(ars, acs, m)) {
		pack_a(pa, a.data, ars, acs, m, k, s->alpha);
		gemm(m, w, k, pa, 0, 0, pb, y.data, w, true, NULL);
	} else
		gemm(m, w, k, a.data, ars, acs, pb, y.data, w, true, NULL);
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "Gemm",
    .in = "TTT?",
    .out = "T",
    .T = FLOATS,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run,
    .cleanup = cleanup};
