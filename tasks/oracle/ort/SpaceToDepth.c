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
	if (x.rank != 4 || b < 1 || x.dims[2] % b || x.dims[3] % b)
		return fail(n, "input and blocksize do not fit");
	c = x.dims[1];
	h = x.dims[2] / b;
	w = x.dims[3] / b;
	memcpy(dims, (int64_t[]){x.dims[0], c * b * b, h, w}, sizeof(dims));
	TRY(output(n, 0, 4, dims, &y));
	/* in the output's order: image, block row, block column, channel, row,
	   column */
	l.rank = 6;
	memcpy(
	    l.dims, (int64_t[]){x.dims[0], b, b, c, h, w}, 6 * sizeof(*l.dims));
	strides(6, l.dims, l.step[0]);
	memcpy(l.step[1],
	    (int64_t[]){
		c * h * b * w * b, w * b, 1, h * b * w * b, b * w * b, b},
	    6 * sizeof(*l.dims));
	if (s->crd) {
		l.dims[1] = c;
		l.dims[2] = l.dims[3] = b;
		strides(6, l.dims, l.step[0]);
		l.step[1][1] = h * b * w * b;
		l.step[1][2] = w * b;
		l.step[1][3] = 1;
	}
	move(&l, y.data, x.data, typesize(x.type));
	return NULL;
}

static const struct op theop = {.name = "SpaceToDepth",
    .in = "T",
    .out = "T",
    .T = MOVABLE,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
