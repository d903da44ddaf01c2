#include "kernel.h"

#define CLIP(NAME, T, F)                                                       \
	case TYPE(NAME): {                                                     \
		const T *restrict x = in.data;                                 \
		T *restrict y = out.data;                                      \
		const T a = low.data ? *(const T *)low.data : LOWEST(T);       \
		const T b = high.data ? *(const T *)high.data : HIGHEST(T);    \
		for (i = 0; i < in.n; i++) {                                   \
			const T v = x[i] < a ? a : x[i];                       \
			y[i] = v > b ? b : v;                                  \
		}                                                              \
		break;                                                         \
	}

static OrtStatus *
run(struct node *n)
{
	struct tensor in, low, high, out;
	int64_t i;

	TRY(input(n, 0, &in));
	TRY(input(n, 1, &low));
	TRY(input(n, 2, &high));
	TRY(output(n, 0, in.rank, in.dims, &out));
	switch (in.type) {
		EACH_NUMBER(CLIP, )
	}
	return NULL;
}

static const struct op theop = {
    .name = "Clip", .in = "TT?T?", .out = "T", .T = NUMBERS, .run = run};
