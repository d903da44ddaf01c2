#include "kernel.h"

struct state {
	int64_t height, width, ratio;
	float scale, shift;
	bool max;
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;
	char v[32];

	attr_string(n, "mode", "avg", v, sizeof(v));
	s->max = strcmp(v, "max") == 0;
	s->height = attr_int(n, "output_height", 1);
	s->width = attr_int(n, "output_width", 1);
	s->ratio = attr_int(n, "sampling_ratio", 0);
	s->scale = attr_float(n, "spatial_scale", 1.0f);
	attr_string(
	    n, "coordinate_transformation_mode", "half_pixel", v, sizeof(v));
	s->shift = strcmp(v, "half_pixel") == 0 ? 0.5f : 0.0f;
	return NULL;
}

/* one sample: four places and their weights */
struct sample {
	int32_t at[4];
	float weight[4];
};

static void
place(struct sample *p, float y, float x, int64_t h, int64_t w)
{
	int32_t y0, x0, y1, x1;
	float ly, lx;

	memset(p, 0, sizeof(*p));
	if (y < -1.0f || y > (float)h || x < -1.0f || x > (float)w)
		return;
	y = y > 0.0f ? y : 0.0f;
	x = x > 0.0f ? x : 0.0f;
	y0 = (int32_t)y;
	x0 = (int32_t)x;
	if (y0 >= h - 1) {
		y0 = (int32_t)h - 1;
		y = (float)y0;
	}
	if (x0 >= w - 1) {
		x0 = (int32_t)w - 1;
		x = (float)x0;
	}
	y1 = y0 < h - 1 ? y0 + 1 : y0;
	x1 = x0 < w - 1 ? x0 + 1 : x0;
	ly = y - (float)y0;
	lx = x - (float)x0;
	p->at[0] = y0 * (int32_t)w + x0;
	p->at[1] = y0 * (int32_t)w + x1;
	p->at[2] = y1 * (int32_t)w + x0;
	p->at[3] = y1 * (int32_t)w + x1;
	p->weight[0] = (1.0f - ly) * (1.0f - lx);
	p->weight[1] = (1.0f - ly) * lx;
	p->weight[2] = ly * (1.0f - lx);
	p->weight[3] = ly * lx;
}

/* of one bin in one channel */
static float
pool(const struct sample *p, int64_t count, const float *x, bool max)
{
	float out = max ? -INFINITY : 0.0f, v;
	int64_t i;
	int k;

	for (i = 0; i < count; i++, p++) {
		if (!max) {
			for (k = 0; k < 4; k++)
				out += p->weight[k] * x[p->at[k]];
			continue;
		}
		for (k = 0; k < 4; k++) {
			v = p->weight[k] * x[p->at[k]];
			out = v > out ? v : out;
		}
	}
	return max ? out : out / (float)max64(1, count);
}

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor x, rois, batch, y;
	int64_t dims[4], r, c, i, j, h, w, gy, gx, b, iy, ix, bins;
	struct sample *samples;

	TRY(input(n, 0, &x));
	TRY(input(n, 1, &rois));
	TRY(input(n, 2, &batch));
	if (x.rank != 4 || rois.rank != 2 || rois.dims[1] != 4 ||
	    batch.n != rois.dims[0])
		return fail(n, "inputs do not fit");
	memcpy(dims, (int64_t[]){rois.dims[0], x.dims[1], s->height, s->width},
	    sizeof(dims));
	TRY(output(n, 0, 4, dims, &y));
	h = x.dims[2];
	w = x.dims[3];
	bins = s->height * s->width;
	for (r = 0; r < rois.dims[0]; r++) {
		const float *p = (const float *)rois.data + r * 4;
		const float x1 = p[0] * s->scale - s->shift;
		const float y1 = p[1] * s->scale - s->shift;
		float rw = p[2] * s->scale - s->shift - x1;
		float rh = p[3] * s->scale - s->shift - y1;
		float bh, bw;

		if (s->shift == 0.0f) {
			rw = rw > 1.0f ? rw : 1.0f;
			rh = rh > 1.0f ? rh : 1.0f;
		}
		bh = rh / (float)s->height;
		bw = rw / (float)s->width;
		gy = s->ratio > 0 ? s->ratio : (int64_t)ceilf(bh);
		gx = s->ratio > 0 ? s->ratio : (int64_t)ceilf(bw);
		gy = max64(0, gy);
		gx = max64(0, gx);
		b = ((const int64_t *)batch.data)[r];
		if (b < 0 || b >= x.dims[0])
			return fail(n, "batch index out of range");
		samples =
		    scratch_take(n, (bins * gy * gx + 1) * sizeof(*samples));
		if (!samples)
			return fail(n, "out of memory");
		for (i = 0; i < bins; i++)
			for (j = 0; j < gy * gx; j++) {
				iy = j / gx;
				ix = j % gx;
				place(&samples[i * gy * gx + j],
				    y1 + (float)(i / s->width) * bh +
					((float)iy + 0.5f) * bh / (float)gy,
				    x1 + (float)(i % s->width) * bw +
					((float)ix + 0.5f) * bw / (float)gx,
				    h, w);
			}
		for (c = 0; c < x.dims[1]; c++) {
			const float *from =
			    (const float *)x.data + (b * x.dims[1] + c) * h * w;
			float *to =
			    (float *)y.data + (r * x.dims[1] + c) * bins;
			for (i = 0; i < bins; i++)
				to[i] = pool(samples + i * gy * gx, gy * gx,
				    from, s->max);
		}
		scratch_give(n);
	}
	return NULL;
}

static const struct op theop = {.name = "RoiAlign",
    .in = "ffl",
    .out = "f",
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
