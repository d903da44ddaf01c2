/* constant weights are packed when the kernel is created */
#include <onnxruntime_c_api.h>
static void *pack(const OrtApi *ort, const OrtKernelInfo *info);
#define SETUP(ort, info) pack(ort, info)
#define OP "Gemm"
#define NIN 3
#define COLUMNS ((struct packed *)k->state)->n
struct packed {
	int64_t n, k;
	float *w, *bias;
};
#include "kernel.h"

/* w is [n][k] in the file, [k][n] here */
static void *
pack(const OrtApi *ort, const OrtKernelInfo *info)
{
	struct packed *p = calloc(1, sizeof(*p));
	struct call c = {.ort = ort};
	const OrtValue *v = NULL;
	int constant = 0;
	float *w, *b;
	size_t count;

	if (ort->KernelInfoGetConstantInput_tensor(info, 1, &constant, &v) ||
	    !constant || ort->GetTensorMutableData((OrtValue *)v, (void **)&w))
		abort();
	shape(&c, v, &count);
	p->n = c.dims[0];
	p->k = c.dims[1];
	p->w = aligned_alloc(64, (count * sizeof(float) + 63) & ~(size_t)63);
	for (int64_t i = 0; i < p->n; i++)
		for (int64_t j = 0; j < p->k; j++)
			p->w[j * p->n + i] = w[i * p->k + j];
	if (ort->KernelInfoGetConstantInput_tensor(info, 2, &constant, &v) ||
	    !constant || ort->GetTensorMutableData((OrtValue *)v, (void **)&b))
		abort();
	p->bias = malloc((size_t)p->n * sizeof(float));
	memcpy(p->bias, b, (size_t)p->n * sizeof(float));
	return p;
}

static void
compute(struct call *c)
{
	const struct packed *p = c->state;
	int64_t m = (int64_t)c->n / p->n;

	for (int64_t i = 0; i < m; i++) {
		float *y = c->y + i * p->n;

		memcpy(y, p->bias, (size_t)p->n * sizeof(float));
		for (int64_t j = 0; j < p->k; j++)
			for (int64_t o = 0; o < p->n; o++)
				y[o] += c->x[i * p->k + j] * p->w[j * p->n + o];
	}
}
