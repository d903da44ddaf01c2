#include "loops.h"

struct state {
	int64_t block;
	bool crd; /* channels before the block's rows and columns */
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	char mode[8];

	s->block = attr_int(n, "blocksize", 1);
	s->crd = strcmp(attr_string(n, "mode", "DCR", mode, sizeof(mode)),
		     "CRD") == 0;
	return NULL;
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	const int64_t b = s->block;
	struct tensor x, y;
	struct loop l = {0};
	int64_t dims[4], c, h, w;

	TRY(input(n, 0, &x));
	if (x.rank != 4 || b < 1 || x.dims[1] % (b * b))
		return fail(n, "input and blocksize do not fit");
	c = x.dims[1] / (b * b);
	h = x.dims[2];
	w = x.dims[3];
	memcpy(dims, (int64_t[]){x.dims[0], c, h * b, w * b}, sizeof(dims));
	TRY(output(n, 0, 4, dims, &y));
	/* in the output's order: image, channel, row, block row, column, column
	 */
	l.rank = 6;
	memcpy(
	    l.dims, (int64_t[]){x.dims[0], c, h, b, w, b}, 6 * sizeof(*l.dims));
	strides(6, l.dims, l.step[0]);
	memcpy(l.step[1],
	    (int64_t[]){x.dims[1] * h * w, (s->crd ? b * b : 1) * h * w, w,
		(s->crd ? b : b * c) * h * w, 1, (s->crd ? 1 : c) * h * w},
	    6 * sizeof(*l.dims));
	move(&l, y.data, x.data, typesize(x.type));
	return NULL;
}

static const struct op theop = {.name = "DepthToSpace",
    .in = "T",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
