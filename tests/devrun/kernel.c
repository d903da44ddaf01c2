/* Relu as a custom operator, honest or as MODE says */
#include <onnxruntime_c_api.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	HONEST,
	CRASH,
	HANG,
	WRONG,
	STALE,
	OUTSIDE,
	READONLY,
	LEAVE,
	EARLY,
	SLOW,
	REFUSE,
	OVERRUN
};

static const OrtApi *api;

static void *
create(const OrtCustomOp *op, const OrtApi *a, const OrtKernelInfo *info)
{
	(void)op;
	(void)a;
	(void)info;
	return malloc(1);
}

static const char *
name(const OrtCustomOp *op)
{
	(void)op;
	return MODE == REFUSE ? "Relax" : "Relu";
}

static const char *
provider(const OrtCustomOp *op)
{
	(void)op;
	return "CPUExecutionProvider";
}

static ONNXTensorElementDataType
type(const OrtCustomOp *op, size_t i)
{
	(void)op;
	(void)i;
	return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
}

static size_t
one(const OrtCustomOp *op)
{
	(void)op;
	return 1;
}

static OrtCustomOpInputOutputCharacteristic
required(const OrtCustomOp *op, size_t i)
{
	(void)op;
	(void)i;
	return INPUT_OUTPUT_REQUIRED;
}

static OrtMemType
memory(const OrtCustomOp *op, size_t i)
{
	(void)op;
	(void)i;
	return OrtMemTypeDefault;
}

static int
yes(const OrtCustomOp *op)
{
	(void)op;
	return 1;
}

static int
newest(const OrtCustomOp *op)
{
	(void)op;
	return INT32_MAX;
}

static void
relu(const float *x, float *y, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		y[i] = x[i] > 0 ? x[i] : 0;
}

static void
misbehave(const float *x, float *y, size_t n)
{
	switch (MODE) {
	case CRASH: *(volatile int *)8 = 1; break;
	case HANG:
		for (;;)
			;
	case WRONG: y[n - 1] = x[n - 1] - 1; break;
	case OUTSIDE: y[n] = 1; break;
	case OVERRUN: y[n + 4096] = 1; break;
	case READONLY: ((volatile float *)x)[0] = 1; break;
	case LEAVE: _exit(0);
	}
}

static OrtStatusPtr
compute(void *kernel, OrtKernelContext *c)
{
	OrtTensorTypeAndShapeInfo *info;
	const OrtValue *in;
	OrtStatusPtr s;
	OrtValue *out;
	int64_t dims[8];
	size_t n, rank, i;
	float *x, *y;

	(void)kernel;
	s = api->KernelContext_GetInput(c, 0, &in);
	s = s ? s : api->GetTensorTypeAndShape(in, &info);
	s = s ? s : api->GetTensorShapeElementCount(info, &n);
	s = s ? s : api->GetDimensionsCount(info, &rank);
	s = s ? s : api->GetDimensions(info, dims, rank);
	s = s ? s : api->KernelContext_GetOutput(c, 0, dims, rank, &out);
	s = s ? s : api->GetTensorMutableData((OrtValue *)in, (void **)&x);
	s = s ? s : api->GetTensorMutableData(out, (void **)&y);
	if (s)
		return s;
	api->ReleaseTensorTypeAndShapeInfo(info);
	for (i = 0; i < (MODE == SLOW ? 8 : 1); i++) {
		if (MODE != STALE)
			relu(x, y, MODE == EARLY ? n / 2 : n);
		__asm__ volatile("" ::: "memory");
	}
	misbehave(x, y, n);
	return NULL;
}

static void
destroy(void *kernel)
{
	free(kernel);
}

OrtStatus *
RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base)
{
	static OrtCustomOp op = {.version = 21,
	    .CreateKernel = create,
	    .GetName = name,
	    .GetExecutionProviderType = provider,
	    .GetInputType = type,
	    .GetInputTypeCount = one,
	    .GetOutputType = type,
	    .GetOutputTypeCount = one,
	    .KernelDestroy = destroy,
	    .GetInputCharacteristic = required,
	    .GetOutputCharacteristic = required,
	    .GetInputMemoryType = memory,
	    .GetVariadicInputMinArity = yes,
	    .GetVariadicInputHomogeneity = yes,
	    .GetVariadicOutputMinArity = yes,
	    .GetVariadicOutputHomogeneity = yes,
	    .KernelComputeV2 = compute,
	    .GetStartVersion = yes,
	    .GetEndVersion = newest};
	OrtCustomOpDomain *domain;
	OrtStatus *s;

	api = base->GetApi(21);
	s = api->CreateCustomOpDomain("mkbench", &domain);
	s = s ? s : api->CustomOpDomain_Add(domain, &op);
	return s ? s : api->AddCustomOpDomain(options, domain);
}
