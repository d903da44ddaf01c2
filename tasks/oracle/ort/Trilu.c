#include "kernel.h"

struct state {
	bool upper;
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->upper = attr_int(n, "upper", 1);
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	const bool upper = ((struct state *)n->state)->upper;
	struct tensor x, t, y;
	int64_t i, m, w, k = 0, cut, size;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &t));
	integers(&t, &k, 1);
	if (x.rank < 2)
		return fail(n, "rank %d", x.rank);
	TRY(output(n, 0, x.rank, x.dims, &y));
	m = x.dims[x.rank - 2];
	w = x.dims[x.rank - 1];
	size = (int64_t)typesize(x.type);
	for (i = 0; w > 0 && i < x.n / w; i++) {
		/* elements before cut are below the diagonal */
		const char *from = (const char *)x.data + i * w * size;
		char *to = (char *)y.data + i * w * size;

		cut = i % m + k + (upper ? 0 : 1);
		cut = max64(0, min64(w, cut)) * size;
		if (upper) {
			memset(to, 0, cut);
			memcpy(to + cut, from + cut, w * size - cut);
		} else {
			memcpy(to, from, cut);
			memset(to + cut, 0, w * size - cut);
		}
	}
	return NULL;
}

static const struct op theop = {.name = "Trilu",
    .in = "Tl?",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
