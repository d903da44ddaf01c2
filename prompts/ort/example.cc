#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>

namespace
{

// ThresholdedRelu: y = x where x > alpha, else 0
struct Kernel {
	float alpha = 1.0f; // ONNX's default

	explicit Kernel(const OrtKernelInfo *info)
	{
		try {
			alpha = Ort::ConstKernelInfo(info).GetAttribute<float>(
			    "alpha");
		} catch (const Ort::Exception &) {
			// not stated by the node: the default holds
		}
	}

	void Compute(OrtKernelContext *context)
	{
		Ort::KernelContext ctx(context);
		Ort::ConstValue x = ctx.GetInput(0);
		auto info = x.GetTensorTypeAndShapeInfo();
		Ort::UnownedValue y = ctx.GetOutput(0, info.GetShape());
		const float *src = x.GetTensorData<float>();
		float *dst = y.GetTensorMutableData<float>();
		const size_t n = info.GetElementCount();
		const float a = alpha;

		for (size_t i = 0; i < n; i++)
			dst[i] = src[i] > a ? src[i] : 0.0f;
	}
};

struct Op : Ort::CustomOpBase<Op, Kernel> {
	void *CreateKernel(const OrtApi &, const OrtKernelInfo *info) const
	{
		return new Kernel(info);
	}
	const char *GetName() const
	{
		return "ThresholdedRelu";
	}
	const char *GetExecutionProviderType() const
	{
		return "CPUExecutionProvider";
	}
	size_t GetInputTypeCount() const
	{
		return 1;
	}
	ONNXTensorElementDataType GetInputType(size_t) const
	{
		return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
	}
	size_t GetOutputTypeCount() const
	{
		return 1;
	}
	ONNXTensorElementDataType GetOutputType(size_t) const
	{
		return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
	}
};

} // namespace

extern "C" OrtStatus *
RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base)
{
	Ort::InitApi(base->GetApi(ORT_API_VERSION));
	static const Op op;
	static Ort::CustomOpDomain domain("mkbench");
	static bool added = false;
	if (!added)
		domain.Add(&op);
	added = true;
	Ort::UnownedSessionOptions(options).Add(domain);
	return nullptr;
}
