/*
 * In MNNConvert linked with a composite candidate: the table of transforms
 * keeps the first of a name, the candidate's are registered first because they
 * are linked first, and this insert, in force instead of the converter's own,
 * counts what becomes of them.  The line it prints at the end is a log of the
 * candidate's own process.
 */
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>

#include <MNN/expr/Expr.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"
#include "OpCount.hpp"

namespace MNN
{
namespace Express
{

namespace
{

struct Count {
	std::string name;
	unsigned long long calls = 0;

	void tell() const
	{
		if (!name.empty())
			fprintf(stderr, "mkbench: transform %s called %llu\n",
			    name.c_str(), calls);
	}
	~Count()
	{
		tell();
	}
};

Count &
count()
{
	static Count c;
	return c;
}

class Counted : public OnnxExtraManager::Transform
{
      public:
	explicit Counted(std::shared_ptr<Transform> t) : transform(t)
	{
	}
	EXPRP
	onExecute(EXPRP expr) const override
	{
		count().calls++;
		return transform->onExecute(expr);
	}

      private:
	std::shared_ptr<Transform> transform;
};

} // namespace

/* the first of all is the candidate's: its object is the first at the link */
void
OnnxExtraManager::insert(
    const std::string &name, std::shared_ptr<Transform> transform)
{
	if (count().name.empty()) {
		count().name = name;
		transform.reset(new Counted(transform));
	}
	mTransform.insert(std::make_pair(name, transform));
	OpCount::get()->insertOp("ONNX", name);
}

} // namespace Express
} // namespace MNN

/* what the native code of the transform's file became */
extern "C" void
mkbench_native(void)
{
	fputs("mkbench: the candidate called the native transform it "
	      "replaces\n",
	    stderr);
	MNN::Express::count().tell();
	abort();
}
