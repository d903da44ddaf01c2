#ifndef CPULeaky_hpp
#define CPULeaky_hpp

#include "core/Execution.hpp"

namespace MNN
{

class CPULeaky : public Execution
{
public:
	CPULeaky(Backend *backend, float alpha);
	virtual ~CPULeaky() = default;
	ErrorCode onResize(const List<Tensor *> &inputs,
	    const List<Tensor *> &outputs) override;
	ErrorCode onExecute(const List<Tensor *> &inputs,
	    const List<Tensor *> &outputs) override;

private:
	float mAlpha;
	int mCount = 0;
};

} // namespace MNN

#endif
