#include "CPULeaky.hpp"

#include "backend/cpu/CPUBackend.hpp"

namespace MNN
{

CPULeaky::CPULeaky(Backend *backend, float alpha)
    : Execution(backend), mAlpha(alpha)
{
}

ErrorCode
CPULeaky::onResize(const List<Tensor *> &inputs, const List<Tensor *> &outputs)
{
	if (inputs.size() != 1 || outputs.size() != 1)
		return NOT_SUPPORT;
	mCount = inputs[0]->elementSize();
	if (!backend()->onAcquireBuffer(outputs[0], 0))
		return OUT_OF_MEMORY;
	return NO_ERROR;
}

ErrorCode
CPULeaky::onExecute(
    const List<Tensor *> &inputs, const List<Tensor *> &outputs)
{
	const float *src = inputs[0]->host<float>();
	float *dst = outputs[0]->host<float>();

	for (int i = 0; i < mCount; i++)
		dst[i] = src[i] > 0 ? src[i] : src[i] * mAlpha;
	return NO_ERROR;
}

class CPULeakyCreator : public CPUBackend::Creator
{
public:
	Execution *onCreate(const List<Tensor *> &inputs,
	    const List<Tensor *> &outputs, const Op *op,
	    Backend *backend) const override
	{
		(void)outputs;
		if (inputs[0]->dimensions() > 4)
			return nullptr;
		return new CPULeaky(backend, op->alpha);
	}
};

} // namespace MNN

using namespace MNN;
REGISTER_CPU_OP_CREATOR(CPULeakyCreator, 7)
