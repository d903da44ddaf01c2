#include <cstddef>

#include "kernel.h"
#include "onnxruntime_c_api.h"

namespace
{

const OrtApi *ort;

template <typename T> T
scaled(T x, T by)
{
	return x * by;
}

class Kernel
{
public:
	explicit Kernel(const OrtKernelInfo *info)
	{
		if (ort->KernelInfoGetAttribute_float(info, "by", &by_))
			by_ = DEFAULT_ALPHA;
	}

	void run(const float *x, float *y, size_t n) const
	{
		for (size_t i = 0; i < n; i++)
			y[i] = scaled<float>(x[i], by_);
	}

	void compute(OrtKernelContext *context) const
	{
		const OrtValue *in = nullptr;
		OrtValue *out = nullptr;
		int64_t dims[1] = {1};
		void *x = nullptr, *y = nullptr;

		if (ort->KernelContext_GetInput(context, 0, &in))
			return;
		if (ort->KernelContext_GetOutput(context, 0, dims, 1, &out))
			return;
		if (ort->GetTensorMutableData(const_cast<OrtValue *>(in), &x))
			return;
		if (ort->GetTensorMutableData(out, &y))
			return;
		run(static_cast<const float *>(x), static_cast<float *>(y), 1);
	}

private:
	float by_ = 1;
};

void *
create(const OrtCustomOp *, const OrtApi *api, const OrtKernelInfo *info)
{
	ort = api;
	return new Kernel(info);
}

void
compute(void *kernel, OrtKernelContext *context)
{
	static_cast<Kernel *>(kernel)->compute(context);
}

void
destroy(void *kernel)
{
	delete static_cast<Kernel *>(kernel);
}

} // namespace

extern "C" OrtStatus *
RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base)
{
	static OrtCustomOp op;
	OrtCustomOpDomain *domain = nullptr;

	ort = base->GetApi(ORT_API_VERSION);
	op.version = ORT_API_VERSION;
	op.CreateKernel = create;
	op.KernelCompute = compute;
	op.KernelDestroy = destroy;
	if (ort->CreateCustomOpDomain("mkbench", &domain))
		return nullptr;
	if (ort->CustomOpDomain_Add(domain, &op))
		return nullptr;
	return ort->AddCustomOpDomain(options, domain);
}
