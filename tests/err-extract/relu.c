#include <stdlib.h>

#include "kernel.h"
#include "onnxruntime_c_api.h"

static const OrtApi *ort;

struct kernel {
	float alpha;
	size_t calls;
};

static float
leaky(float x, float alpha)
{
	return x > 0 ? x : alpha * x;
}

static void
run(const float *x, float *y, size_t n, const struct kernel *k)
{
	size_t i;

	for (i = 0; i < n; i++)
		y[i] = leaky(x[i], k->alpha);
}

static size_t
elements(const OrtValue *value)
{
	OrtTensorTypeAndShapeInfo *info = NULL;
	size_t n = 0;

	if (ort->GetTensorTypeAndShape(value, &info))
		return 0;
	if (ort->GetTensorShapeElementCount(info, &n))
		n = 0;
	ort->ReleaseTensorTypeAndShapeInfo(info);
	return n;
}

static void *
create(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info)
{
	struct kernel *k = calloc(1, sizeof(*k));

	(void)op;
	ort = api;
	if (k && ort->KernelInfoGetAttribute_float(info, "alpha", &k->alpha))
		k->alpha = DEFAULT_ALPHA;
	return k;
}

static void
compute(void *state, OrtKernelContext *context)
{
	const OrtValue *in = NULL;
	OrtValue *out = NULL;
	int64_t dims[1] = {1};
	float *x = NULL, *y = NULL;
	struct kernel *k = state;

	if (ort->KernelContext_GetInput(context, 0, &in))
		return;
	if (ort->KernelContext_GetOutput(context, 0, dims, 1, &out))
		return;
	if (ort->GetTensorMutableData((OrtValue *)in, (void **)&x))
		return;
	if (ort->GetTensorMutableData(out, (void **)&y))
		return;
	k->calls++;
	run(x, y, elements(in), k);
}

OrtStatus *
RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base)
{
	static OrtCustomOp op;
	OrtCustomOpDomain *domain = NULL;

	ort = base->GetApi(ORT_API_VERSION);
	op.version = ORT_API_VERSION;
	op.CreateKernel = create;
	op.KernelCompute = compute;
	if (ort->CreateCustomOpDomain("mkbench", &domain))
		return NULL;
	if (ort->CustomOpDomain_Add(domain, &op))
		return NULL;
	return ort->AddCustomOpDomain(options, domain);
}
