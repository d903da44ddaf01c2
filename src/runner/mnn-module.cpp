/*
 * The runner's MNN for models with loops of subgraphs, such as the converter
 * makes of recurrent operators: a module, which runs them.
 */
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <MNN/Interpreter.hpp>
#include <MNN/expr/Executor.hpp>
#include <MNN/expr/ExprCreator.hpp>
#include <MNN/expr/Module.hpp>

#include "MNN_generated.h"
#include "mnn.h"

using namespace MNN::Express;

static std::shared_ptr<Executor::RuntimeManager> runtime;
static std::shared_ptr<Module> module;
static std::vector<VARP> ins, outs;

bool
mnn_loops(const char *model)
{
	std::ifstream f(model, std::ios::binary);
	std::vector<char> bytes{std::istreambuf_iterator<char>(f),
	    std::istreambuf_iterator<char>()};
	flatbuffers::Verifier v((const uint8_t *)bytes.data(), bytes.size());
	const MNN::Net *net;

	if (!MNN::VerifyNetBuffer(v))
		return false;
	net = MNN::GetNet(bytes.data());
	return net->subgraphs() && net->subgraphs()->size() > 0;
}

static std::vector<std::string>
names(const struct io *io, int n)
{
	std::vector<std::string> all;

	for (int i = 0; i < n; i++)
		all.push_back(io[i].name);
	return all;
}

static bool
open(struct job *job)
{
	MNN::ScheduleConfig config;
	MNN::BackendConfig backend;
	Module::Config how;

	mnn_settings(job, &config, &backend);
	runtime.reset(Executor::RuntimeManager::createRuntimeManager(config),
	    Executor::RuntimeManager::destroy);
	if (!runtime)
		return false;
	module.reset(Module::load(names(job->in, job->nin),
			 names(job->out, job->nout), job->model, runtime, &how),
	    Module::destroy);
	return module != nullptr;
}

static int
setup(struct job *job)
{
	if (!open(job)) {
		fprintf(stderr, "mnn: the model makes no module\n");
		return -1;
	}
	const Module::Info *info = module->getInfo();
	for (int i = 0; i < job->nin; i++) {
		const struct io *io = &job->in[i];
		std::vector<int> dims(io->dims, io->dims + io->rank);

		ins.push_back(_Input(dims, NCHW, info->inputs[i].type));
		memset(ins[i]->writeMap<void>(), 0,
		    ins[i]->getInfo()->size * info->inputs[i].type.bytes());
	}
	/* shapes are settled and weights packed by the first pass */
	outs = module->onForward(ins);
	if (outs.size() == (size_t)job->nout)
		return 0;
	fprintf(stderr, "mnn: the module gives %zu outputs, not %d\n",
	    outs.size(), job->nout);
	return -1;
}

static int
load(struct job *job)
{
	for (int i = 0; i < job->nin; i++) {
		const Variable::Info *info = ins[i]->getInfo();

		if (mnn_put(ins[i]->writeMap<void>(), info->type, info->size,
			&job->in[i]) < 0)
			return -1;
	}
	return 0;
}

static int
run(struct job *job)
{
	outs = module->onForward(ins);
	if (outs.size() == (size_t)job->nout)
		return 0;
	fprintf(stderr, "mnn: running failed\n");
	return -1;
}

static int
fetch(struct job *job)
{
	for (int i = 0; i < job->nout; i++) {
		VARP y = outs[i];
		const Variable::Info *info = y->getInfo();

		if (info && info->order == NC4HW4) {
			y = _Convert(y, NCHW);
			info = y->getInfo();
		}
		if (!info || !y->readMap<void>()) {
			fprintf(stderr, "mnn: output '%s' was not computed\n",
			    job->out[i].name);
			return -1;
		}
		if (mnn_take(&job->out[i], y->readMap<void>(), info->type,
			info->size) < 0)
			return -1;
	}
	return 0;
}

const struct engine mnn_module = {setup, load, run, fetch};
