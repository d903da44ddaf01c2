#include "product.h"

/*
 * The transform of all frames is one matrix product: frames, which overlap in
 * the signal, by cosines and sines already windowed.
 */
struct state {
	bool onesided;
	int64_t length, bins;	 /* what the tables are for */
	float *real, *imaginary; /* packed: factors of the signal's two parts */
};

/* a table of length by (real, imaginary) of each bin; part 1 times i */
static float *
table(int64_t length, int64_t bins, const float *window, int part)
{
	const double turn = 6.283185307179586 / (double)length;
	float *m = malloc((length * bins * 2 + 1) * sizeof(*m));
	float *packed =
	    malloc((packed_b(length, bins * 2) + 1) * sizeof(*packed));
	int64_t i, k;

	for (i = 0; m && i < length; i++)
		for (k = 0; k < bins; k++) {
			const double a = turn * (double)(i * k % length);
			const double w = window ? window[i] : 1.0;
			float *p = m + (i * bins + k) * 2;

			p[part] = (float)(w * cos(a));
			p[!part] = (float)(w * (part ? sin(a) : -sin(a)));
		}
	if (m && packed)
		pack_b(packed, m, bins * 2, 1, length, bins * 2);
	free(m);
	return packed;
}

static int64_t
scalar(const struct tensor *t, int64_t absent)
{
	integers(t, &absent, 1);
	return absent;
}

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	struct tensor window, length;

	s->onesided = attr_int(n, "onesided", 1);
	TRY(constant(n, 2, &window));
	TRY(constant(n, 3, &length));
	if ((n->nin > 2 && !window.data) || (!window.data && !length.data))
		return NULL;
	s->length = scalar(&length, window.n);
	if (s->length < 1 || (window.data && window.n != s->length))
		return NULL;
	s->bins = s->onesided ? s->length / 2 + 1 : s->length;
	s->real = table(s->length, s->bins, window.data, 0);
	s->imaginary = table(s->length, s->bins, window.data, 1);
	return NULL;
}

static void
cleanup(void *state)
{
	free(((struct state *)state)->real);
	free(((struct state *)state)->imaginary);
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, step, window, length, y;
	int64_t dims[4], hop, len, bins, frames, parts, i, p;
	float *tables[2], *packed;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &step));
	TRY(input(n, 2, &window));
	TRY(input(n, 3, &length));
	hop = scalar(&step, 0);
	len = scalar(&length, window.n);
	parts = x.rank == 3 ? x.dims[2] : 1;
	if (x.rank < 2 || x.rank > 3 || parts > 2 || hop < 1 || len < 1 ||
	    len > x.dims[1] || (window.data && window.n != len))
		return fail(n, "signal, step, window and length do not fit");
	bins = s->onesided ? len / 2 + 1 : len;
	frames = (x.dims[1] - len) / hop + 1;
	memcpy(dims, (int64_t[]){x.dims[0], frames, bins, 2}, sizeof(dims));
	TRY(output(n, 0, 4, dims, &y));
	tables[0] = s->real;
	tables[1] = s->imaginary;
	for (p = 0; p < parts && (!s->real || len != s->length); p++)
		tables[p] = table(len, bins, window.data, (int)p);
	packed = scratch_take(n, frames * len * sizeof(*packed));
	if (!packed || !tables[0] || !tables[parts - 1])
		return fail(n, "out of memory");
	for (i = 0; i < x.dims[0]; i++)
		for (p = 0; p < parts; p++) {
			gemm_auto(frames, bins * 2, len,
			    (const float *)x.data + i * x.dims[1] * parts + p,
			    hop * parts, parts, packed, tables[p],
			    (float *)y.data + i * frames * bins * 2, bins * 2,
			    p > 0);
		}
	for (p = 0;
	     p < parts && tables[p] != s->real && tables[p] != s->imaginary;
	     p++)
		free(tables[p]);
	scratch_give(n);
	return NULL;
}

static const struct op theop = {.name = "STFT",
    .in = "fUf?U?",
    .out = "f",
    .U = INDEX,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run,
    .cleanup = cleanup};
