// A small engine with the shape of a mobile one, for the tests only.
#ifndef ENGINE_EXECUTION_HPP
#define ENGINE_EXECUTION_HPP

namespace MNN
{

enum ErrorCode { NO_ERROR = 0, OUT_OF_MEMORY = 1, NOT_SUPPORT = 2 };

// A tensor of some backend.
class Tensor
{
public:
	int dimensions() const;
	int length(int index) const;
	int elementSize() const;
	// The host's copy of the data.
	template <typename T> T *host() const
	{
		return static_cast<T *>(mHost);
	}

private:
	void *mHost = nullptr;
};

template <typename T> class List
{
public:
	const T &operator[](int i) const
	{
		return mData[i];
	}
	int size() const
	{
		return mSize;
	}

private:
	T *mData = nullptr;
	int mSize = 0;
};

class Backend
{
public:
	virtual ~Backend() = default;
	// Memory for a tensor's life; false if there is none.
	virtual bool onAcquireBuffer(const Tensor *tensor, int storage) = 0;
	int threadNumber() const;
};

// What computes one operator.
class Execution
{
public:
	explicit Execution(Backend *backend) : mBackEnd(backend)
	{
	}
	virtual ~Execution() = default;
	// Called when the shapes are known, before the first onExecute.
	virtual ErrorCode onResize(
	    const List<Tensor *> &inputs, const List<Tensor *> &outputs);
	// Computes the outputs from the inputs.
	virtual ErrorCode onExecute(
	    const List<Tensor *> &inputs, const List<Tensor *> &outputs) = 0;
	Backend *backend() const
	{
		return mBackEnd;
	}

private:
	Backend *mBackEnd;
};

struct Op {
	int type;
	float alpha;
};

} // namespace MNN

#endif
