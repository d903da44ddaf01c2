#include "window.h"

/*
 * Where each output reads is worked out once for a run of outputs (positions
 * and weights of up to 16 elements), then used for all channels.
 */
enum { RUN = 64, READS = 16 };
enum { NEAREST, LINEAR, CUBIC };
enum { ZEROS, BORDER, REFLECTION };

struct state {
	int mode, padding;
	bool corners; /* -1 and 1 are the centres of the corner elements */
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	char v[32];

	attr_string(n, "mode", "linear", v, sizeof(v));
	s->mode = strstr(v, "cubic")	 ? CUBIC
		  : strcmp(v, "nearest") ? LINEAR
					 : NEAREST;
	attr_string(n, "padding_mode", "zeros", v, sizeof(v));
	s->padding = strcmp(v, "border") == 0	    ? BORDER
		     : strcmp(v, "reflection") == 0 ? REFLECTION
						    : ZEROS;
	s->corners = attr_int(n, "align_corners", 0);
	return NULL;
}

static float
reflect(float x, float low, float high)
{
	const float range = high - low;
	float d = x < low ? low - x : x - high;
	int64_t turns;

	if ((x >= low && x <= high) || range <= 0.0f)
		return range <= 0.0f ? low : x;
	turns = (int64_t)(d / range);
	d -= (float)turns * range;
	return (x < low) == (turns % 2 == 0) ? low + d : high - d;
}

/* taps along one dimension of given size: positions (-1: zero) and weights */
static int
along(const struct state *s, float x, int64_t size, int64_t *at, float *weight)
{
	const float low = s->corners ? 0.0f : -0.5f;
	const float high = (float)size - 1.0f - low;
	float f, t;
	int i, count = s->mode == NEAREST ? 1 : s->mode == LINEAR ? 2 : 4;

	x = s->corners ? (x + 1.0f) * 0.5f * (float)(size - 1)
		       : ((x + 1.0f) * (float)size - 1.0f) * 0.5f;
	if (s->mode == NEAREST)
		x = rintf(x);
	if (s->padding == BORDER && (x < low || x > high))
		x = x < 0.0f		     ? 0.0f
		    : x > (float)size - 1.0f ? (float)size - 1.0f
					     : x;
	else if (s->padding == REFLECTION)
		x = reflect(x, low, high);
	f = floorf(x);
	t = x - f;
	weight[0] = 1.0f;
	if (s->mode == LINEAR) {
		weight[0] = 1.0f - t;
		weight[1] = t;
	} else if (s->mode == CUBIC) {
		const float a = -0.75f, u = 1.0f - t;
		f -= 1.0f;
		weight[0] =
		    ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a;
		weight[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
		weight[2] = ((a + 2) * u - (a + 3)) * u * u + 1;
		weight[3] =
		    ((a * (u + 1) - 5 * a) * (u + 1) + 8 * a) * (u + 1) - 4 * a;
	}
	for (i = 0; i < count; i++) {
		float p = f + (float)i;
		if (s->padding == REFLECTION && !(p >= 0 && p < (float)size))
			p = reflect(p, low, high);
		if (s->padding == BORDER)
			p = p < 0.0f ? 0.0f : p;
		if (s->padding == BORDER)
			p = p > (float)size - 1.0f ? (float)size - 1.0f : p;
		at[i] = p >= 0.0f && p < (float)size ? (int64_t)p : -1;
	}
	return count;
}

/* positions and weights of one output; grid gives x, y and, in 3-D, z */
static int
place(const struct state *s, const float *grid, int rank, const int64_t *size,
    int32_t *at, float *weight)
{
	int64_t p[3][4] = {0};
	float w[3][4] = {{1.0f}, {1.0f}, {1.0f}};
	int count[3] = {1, 1, 1}, i, a, b, c, n = 0;

	for (i = 0; i < rank; i++)
		count[2 - i] =
		    along(s, grid[i], size[2 - i], p[2 - i], w[2 - i]);
	for (a = 0; a < count[0]; a++)
		for (b = 0; b < count[1]; b++)
			for (c = 0; c < count[2]; c++, n++) {
				bool in = p[0][a] >= 0 && p[1][b] >= 0 &&
					  p[2][c] >= 0;
				at[n * RUN] =
				    in ? (int32_t)((p[0][a] * size[1] +
						       p[1][b]) *
						       size[2] +
						   p[2][c])
				       : 0;
				weight[n * RUN] =
				    in ? w[0][a] * w[1][b] * w[2][c] : 0.0f;
			}
	return n;
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, grid, y;
	int64_t dims[MAXRANK], size[3], plane, count, i, j, c, o, len;
	int32_t at[READS * RUN];
	float weight[READS * RUN];
	int rank, reads = 0, k;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &grid));
	rank = x.rank - 2;
	if (rank < 2 || rank > 3 || grid.rank != x.rank ||
	    grid.dims[x.rank - 1] != rank)
		return fail(n, "grid does not fit");
	if (rank == 3 && s->mode == CUBIC)
		return fail(n, "cubic needs four dimensions");
	memcpy(dims, x.dims, 2 * sizeof(*dims));
	memcpy(dims + 2, grid.dims + 1, rank * sizeof(*dims));
	TRY(output(n, 0, x.rank, dims, &y));
	window_three(x.dims + 2, rank, rank, 1, size);
	plane = product(size, 0, 3);
	count = product(dims, 2, x.rank);
	for (i = 0; i < dims[0]; i++)
		for (o = 0; o < count; o += RUN) {
			len = min64(RUN, count - o);
			for (j = 0; j < len; j++)
				reads = place(s,
				    (const float *)grid.data +
					(i * count + o + j) * rank,
				    rank, size, at + j, weight + j);
			for (c = 0; c < dims[1]; c++) {
				const float *from = (const float *)x.data +
						    (i * dims[1] + c) * plane;
				float *restrict to = (float *)y.data +
						     (i * dims[1] + c) * count +
						     o;
				for (j = 0; j < len; j++)
					to[j] = weight[j] * from[at[j]];
				for (k = 1; k < reads; k++)
					for (j = 0; j < len; j++)
						to[j] += weight[k * RUN + j] *
							 from[at[k * RUN + j]];
			}
		}
	return NULL;
}

static const struct op theop = {.name = "GridSample",
    .in = "ff",
    .out = "f",
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
