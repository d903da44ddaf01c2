#ifndef ENGINE_CPUBACKEND_HPP
#define ENGINE_CPUBACKEND_HPP

#include "core/Execution.hpp"

namespace MNN
{

class CPUBackend : public Backend
{
public:
	class Creator
	{
	public:
		virtual ~Creator() = default;
		virtual Execution *onCreate(const List<Tensor *> &inputs,
		    const List<Tensor *> &outputs, const Op *op,
		    Backend *backend) const = 0;
	};
	bool onAcquireBuffer(const Tensor *tensor, int storage) override;
	// The first creator of a type wins.
	static bool addCreator(int type, Creator *creator);
};

} // namespace MNN

#define REGISTER_CPU_OP_CREATOR(name, type)                                    \
	void ___##name##__##type##__()                                         \
	{                                                                      \
		static name creator;                                           \
		MNN::CPUBackend::addCreator(type, &creator);                   \
	}

#endif
