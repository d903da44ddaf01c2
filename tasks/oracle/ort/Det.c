#include "kernel.h"

/* LANES matrices at a time, elimination with the largest pivot in each lane */

#define DET(T, L)                                                              \
	static void det_##T(T *restrict m, T *restrict y, int64_t n)           \
	{                                                                      \
		int64_t i, j, k, v;                                            \
		T best[L], factor[L];                                          \
		int32_t at[L];                                                 \
                                                                               \
		for (v = 0; v < L; v++)                                        \
			y[v] = 1;                                              \
		for (k = 0; k < n; k++) {                                      \
			for (v = 0; v < L; v++) {                              \
				best[v] = -1;                                  \
				at[v] = 0;                                     \
			}                                                      \
			for (i = k; i < n; i++)                                \
				for (v = 0; v < L; v++) {                      \
					const T a = m[(i * n + k) * L + v];    \
					const T b = a < 0 ? -a : a;            \
					at[v] =                                \
					    b > best[v] ? (int32_t)i : at[v];  \
					best[v] = b > best[v] ? b : best[v];   \
				}                                              \
			for (v = 0; v < L; v++) {                              \
				if (at[v] == k)                                \
					continue;                              \
				y[v] = -y[v];                                  \
				for (j = k; j < n; j++) {                      \
					T *a = m + (k * n + j) * L + v;        \
					T *b = m + (at[v] * n + j) * L + v;    \
					const T t = *a;                        \
					*a = *b;                               \
					*b = t;                                \
				}                                              \
			}                                                      \
			for (v = 0; v < L; v++) {                              \
				const T p = m[(k * n + k) * L + v];            \
				y[v] *= p;                                     \
				best[v] = p == 0 ? 0 : 1 / p;                  \
			}                                                      \
			for (i = k + 1; i < n; i++) {                          \
				T *restrict to = m + i * n * L;                \
				const T *restrict from = m + k * n * L;        \
				for (v = 0; v < L; v++)                        \
					factor[v] = to[k * L + v] * best[v];   \
				for (j = k + 1; j < n; j++)                    \
					for (v = 0; v < L; v++)                \
						to[j * L + v] -=               \
						    factor[v] *                \
						    from[j * L + v];           \
			}                                                      \
		}                                                              \
	}
DET(float, 16)
DET(double, 8)

/* lay L matrices side by side, element by element, and back their results */
#define DET_CASE(NAME, T, L)                                                   \
	case TYPE(NAME):                                                       \
		for (i = 0; i < y.n; i += L) {                                 \
			const int64_t w = min64(L, y.n - i);                   \
			T *m = room, out[L];                                   \
			for (v = 0; v < L; v++) {                              \
				const T *from = (const T *)x.data +            \
						(i + min64(v, w - 1)) * d * d; \
				for (j = 0; j < d * d; j++)                    \
					m[j * L + v] = from[j];                \
			}                                                      \
			det_##T(m, out, d);                                    \
			memcpy((T *)y.data + i, out, w * sizeof(T));           \
		}                                                              \
		break;

static OrtStatus *
run(struct node *n)
{
	struct tensor x, y;
	int64_t d, i, j, v;
	void *room;

	TRY(input(n, 0, &x));
	d = x.rank < 2 ? -1 : x.dims[x.rank - 1];
	if (d < 0 || x.dims[x.rank - 2] != d)
		return fail(n, "not square");
	TRY(output(n, 0, x.rank - 2, x.dims, &y));
	room = scratch_take(n, d * d * 64);
	if (!room)
		return fail(n, "out of memory");
	switch (x.type) {
		DET_CASE(FLOAT, float, 16)
		DET_CASE(DOUBLE, double, 8)
	}
	scratch_give(n);
	return NULL;
}

static const struct op theop = {
    .name = "Det", .in = "T", .out = "T", .T = FLOATS, .run = run};
