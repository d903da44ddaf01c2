/*
 * The types of the operators that a model holds, one a line: asked by the
 * judge, on his own machine, of what his converter made.
 */
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "MNN_generated.h"

typedef flatbuffers::Vector<flatbuffers::Offset<MNN::Op>> Ops;

static void
print(const Ops *ops)
{
	for (size_t i = 0; ops && i < ops->size(); i++)
		puts(MNN::EnumNameOpType(ops->GetAs<MNN::Op>(i)->type()));
}

int
main(int argc, char **argv)
{
	std::ifstream f(argc == 2 ? argv[1] : "", std::ios::binary);
	std::vector<char> bytes{std::istreambuf_iterator<char>(f),
	    std::istreambuf_iterator<char>()};
	flatbuffers::Verifier v((const uint8_t *)bytes.data(), bytes.size());

	if (!MNN::VerifyNetBuffer(v)) {
		fputs("no model of MNN's\n", stderr);
		return 65;
	}
	const MNN::Net *net = MNN::GetNet(bytes.data());
	print(net->oplists());
	for (size_t i = 0; net->subgraphs() && i < net->subgraphs()->size();
	     i++)
		print(net->subgraphs()->GetAs<MNN::SubGraphProto>(i)->nodes());
	return 0;
}
