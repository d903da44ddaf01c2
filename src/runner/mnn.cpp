/*
 * The runner's MNN: a session of the CPU backend around one .mnn model, and the
 * gate through which a candidate enters it.
 *
 * This file is compiled with the flags of MNN's own kernels against the user's
 * tree and linked before their libMNN.a with multiple definitions allowed, so
 * that addCreator below is the one in force.  A native runner has no gate: its
 * mkbench_op is not linked in.
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <MNN/Interpreter.hpp>
#include <MNN/MNNDefine.h>

#include "backend/cpu/CPUBackend.hpp"
#include "backend/cpu/compute/CommonOptFunction.h"
#include "core/Backend.hpp"
#include "geometry/GeometryComputer.hpp"
#ifdef MNN_USE_SSE
#include "backend/cpu/x86_x64/AVX2Functions.hpp"
#endif

#include "mnn.h"

extern "C" {
/* of the candidate arm: the operator types it stands for, joined by commas, its
   kind ('a'tomic or 'g'eometric), and the candidate's registration functions,
   bound at link */
extern const char mkbench_op[];
extern const char mkbench_kind[];
void mkbench_register0(void) __attribute__((weak));
void mkbench_register1(void) __attribute__((weak));
void mkbench_register2(void) __attribute__((weak));
void mkbench_register3(void) __attribute__((weak));

/* how often the candidate was created or asked for regions, and executed; the
   supervisor may read them, the candidate's process owns them */
unsigned long long mkbench_created, mkbench_executed;

/* what the native code of the operator's file became in the candidate arm */
void mkbench_native(void);
}

void
mkbench_native(void)
{
	static const char text[] =
	    "mnn: the candidate called the native kernel it replaces\n";

	fwrite(text, 1, sizeof(text) - 1, stderr);
	fflush(stderr);
	abort();
}

namespace MNN
{

typedef std::map<OpType, CPUBackend::Creator *> Creators;
extern Creators *gate_creators __asm__("_ZN3MNN10CPUBackend8gCreatorE");

namespace
{

bool native_turn; /* MNN registers its own now */

bool
atomic(void)
{
	return mkbench_kind[0] == 'a';
}

class Counted : public Execution
{
      public:
	explicit Counted(Execution *e) : Execution(e->backend()), kernel(e)
	{
		mValid = e->valid();
	}
	ErrorCode onResize(const std::vector<Tensor *> &in,
	    const std::vector<Tensor *> &out) override
	{
		return kernel->onResize(in, out);
	}
	ErrorCode onExecute(const std::vector<Tensor *> &in,
	    const std::vector<Tensor *> &out) override
	{
		mkbench_executed++;
		return kernel->onExecute(in, out);
	}
	bool onClone(Backend *bn, const Op *op, Execution **dst) override
	{
		Execution *copy = nullptr;

		if (!dst)
			return kernel->onClone(bn, op, nullptr);
		if (!kernel->onClone(bn, op, &copy))
			return false;
		*dst = new Counted(copy);
		return true;
	}

      private:
	std::unique_ptr<Execution> kernel;
};

/* the creator in force for one of the candidate's types */
class Gate : public CPUBackend::Creator
{
      public:
	CPUBackend::Creator *candidate = nullptr; /* the first it registered */

	Execution *onCreate(const std::vector<Tensor *> &in,
	    const std::vector<Tensor *> &out, const Op *op,
	    Backend *bn) const override
	{
		Execution *e = candidate->onCreate(in, out, op, bn);

		if (!e)
			return nullptr;
		mkbench_created++;
		return new Counted(e);
	}
};

int
optype(const std::string &name)
{
	for (int i = OpType_MIN; i <= OpType_MAX; i++)
		if (name == EnumNameOpType((OpType)i))
			return i;
	return -1;
}

/* the operator types that the candidate stands for, from mkbench_op; types
   that this MNN does not have are left out */
std::map<int, Gate> &
gates(void)
{
	static std::map<int, Gate> all;
	const char *p = all.empty() ? mkbench_op : "";

	while (*p) {
		size_t n = strcspn(p, ",");
		int type = optype(std::string(p, n));

		if (type >= 0)
			all[type];
		p += n;
		p += *p == ',';
	}
	return all;
}

/* stands where the native geometry stood until the candidate's replaces it */
class Absent : public GeometryComputer
{
      public:
	bool onCompute(const Op *, const std::vector<Tensor *> &,
	    const std::vector<Tensor *> &, Context &,
	    CommandBuffer &) const override
	{
		mkbench_native();
		return false;
	}
};

class CountedGeometry : public GeometryComputer
{
      public:
	explicit CountedGeometry(const GeometryComputer *c) : computer(c)
	{
	}
	bool onCompute(const Op *op, const std::vector<Tensor *> &in,
	    const std::vector<Tensor *> &out, Context &context,
	    CommandBuffer &cmd) const override
	{
		mkbench_created++;
		return computer->onCompute(op, in, out, context, cmd);
	}
	bool onRecompute(const Op *op, const std::vector<Tensor *> &in,
	    const std::vector<Tensor *> &out, Context &context,
	    CommandBuffer &cmd) const override
	{
		return computer->onRecompute(op, in, out, context, cmd);
	}

      private:
	const GeometryComputer *computer;
};

void
registers(void)
{
	void (*const f[])(void) = {mkbench_register0, mkbench_register1,
	    mkbench_register2, mkbench_register3};

	for (auto r : f)
		if (r)
			r();
}

/*
 * The table keeps the only reference of what is registered, and the table of
 * loops is asked first.  So a candidate in the plain table stays there and is
 * counted through the other; one in the table of loops is left where it is.
 */
int
geometryenters(void)
{
	static std::shared_ptr<GeometryComputer> absent(new Absent);
	const GeometryComputer *c;
	int found = 0;

	for (auto &g : gates()) {
		GeometryComputer::registerGeometryComputer(
		    nullptr, {g.first}, Runtime::Compiler_Loop);
		GeometryComputer::registerGeometryComputer(absent, {g.first});
	}
	registers();
	for (auto &g : gates()) {
		c = GeometryComputer::search(g.first, Runtime::Compiler_Loop);
		if (c == absent.get())
			continue;
		found++;
		if (c == GeometryComputer::search(
			     g.first, Runtime::Compiler_Geometry))
			GeometryComputer::registerGeometryComputer(
			    std::make_shared<CountedGeometry>(c), {g.first},
			    Runtime::Compiler_Loop);
		else
			mkbench_created++;
	}
	return found;
}

MNNUnaryExecute
nounary(int, int)
{
	mkbench_native();
	return nullptr;
}

MNNBinaryExecute
nobinary(int)
{
	mkbench_native();
	return nullptr;
}

/* the backend's own functions for whole operators are native kernels too */
void
closefunctions(CoreFunctions *core)
{
	if (gates().count(OpType_UnaryOp))
		core->MNNSelectUnaryFunctionForFloat = nounary;
	if (gates().count(OpType_BinaryOp))
		core->MNNSelectBinaryFunctionForFloat = nobinary;
}

/* the engine has loops of its own around some types (batches of products): in
   the candidate's arm it is given the whole operator */
void
closeloops(void)
{
	for (auto &g : gates())
		GeometryComputer::registerGeometryComputer(
		    nullptr, {g.first}, Runtime::Compiler_Loop);
}

int
atomicenters(void)
{
	int found = 0;

	closeloops();
	closefunctions(MNNGetCoreFunctions());
#ifdef MNN_USE_SSE
	if (AVX2Functions::get())
		closefunctions(AVX2Functions::get());
#endif
	for (auto &g : gates()) {
		if (!g.second.candidate)
			continue;
		(*gate_creators)[(OpType)g.first] = &g.second;
		found++;
	}
	return found;
}

int
enter(void)
{
	bool candidate = mkbench_op[0] != '\0';

	if (candidate && atomic())
		registers();
	native_turn = true;
	MNNGetExtraRuntimeCreator(MNN_FORWARD_CPU);
	native_turn = false;
	if (!candidate)
		return 0;
	if ((atomic() ? atomicenters() : geometryenters()) == 0) {
		fprintf(
		    stderr, "mnn: nothing is registered for %s\n", mkbench_op);
		return -1;
	}
	return 0;
}

} // namespace

/*
 * In force instead of MNN's.  Before MNN's own turn only the candidate calls
 * it; in MNN's turn the native creators of the candidate's types are left out.
 */
bool
CPUBackend::addCreator(OpType t, Creator *c)
{
	auto gate = atomic() ? gates().find(t) : gates().end();

	if (gate != gates().end()) {
		if (native_turn || gate->second.candidate)
			return false;
		gate->second.candidate = c;
		return true;
	}
	if (!native_turn || !gate_creators)
		return false;
	return gate_creators->insert(std::make_pair(t, c)).second;
}

} // namespace MNN

/* ONNX TensorProto.DataType */
enum {
	FLOAT = 1,
	UINT8,
	INT8,
	UINT16,
	INT16,
	INT32,
	INT64,
	STRING,
	BOOL,
	FLOAT16,
	DOUBLE,
	UINT32,
	UINT64
};

struct port {
	MNN::Tensor *device;
	std::unique_ptr<MNN::Tensor> host; /* in ONNX's layout */
};

static std::unique_ptr<MNN::Interpreter> net;
static MNN::Session *session;
static std::vector<port> ins, outs;

static size_t
elementsize(int dtype)
{
	switch (dtype) {
	case UINT8:
	case INT8:
	case BOOL: return 1;
	case UINT16:
	case INT16:
	case FLOAT16: return 2;
	case INT64:
	case UINT64:
	case DOUBLE: return 8;
	default: return 4;
	}
}

/* the ONNX type that MNN's element type is */
static int
hosttype(halide_type_t t)
{
	if (t.code == halide_type_float)
		return t.bits == 32 ? FLOAT : t.bits == 16 ? FLOAT16 : DOUBLE;
	if (t.code == halide_type_uint)
		return t.bits == 8 ? UINT8 : t.bits == 16 ? UINT16 : UINT32;
	return t.bits == 8    ? INT8
	       : t.bits == 16 ? INT16
	       : t.bits == 64 ? INT64
			      : INT32;
}

template <typename D, typename S>
static void
copyas(void *dst, const void *src, size_t n)
{
	D *d = (D *)dst;
	const S *s = (const S *)src;

	for (size_t i = 0; i < n; i++)
		d[i] = (D)s[i];
}

template <typename S>
static int
copyfrom(void *dst, int to, const void *src, size_t n)
{
	const S *s = (const S *)src;

	switch (to) {
	case FLOAT: copyas<float, S>(dst, src, n); break;
	case DOUBLE: copyas<double, S>(dst, src, n); break;
	case INT8: copyas<int8_t, S>(dst, src, n); break;
	case UINT8: copyas<uint8_t, S>(dst, src, n); break;
	case INT16: copyas<int16_t, S>(dst, src, n); break;
	case UINT16: copyas<uint16_t, S>(dst, src, n); break;
	case INT32: copyas<int32_t, S>(dst, src, n); break;
	case UINT32: copyas<uint32_t, S>(dst, src, n); break;
	case INT64: copyas<int64_t, S>(dst, src, n); break;
	case UINT64: copyas<uint64_t, S>(dst, src, n); break;
	case BOOL:
		for (size_t i = 0; i < n; i++)
			((uint8_t *)dst)[i] = s[i] != 0;
		break;
	default: return -1;
	}
	return 0;
}

static int
convert(void *dst, int to, const void *src, int from, size_t n)
{
	if (to == from) {
		memcpy(dst, src, n * elementsize(to));
		return 0;
	}
	switch (from) {
	case FLOAT: return copyfrom<float>(dst, to, src, n);
	case DOUBLE: return copyfrom<double>(dst, to, src, n);
	case INT8: return copyfrom<int8_t>(dst, to, src, n);
	case BOOL:
	case UINT8: return copyfrom<uint8_t>(dst, to, src, n);
	case INT16: return copyfrom<int16_t>(dst, to, src, n);
	case UINT16: return copyfrom<uint16_t>(dst, to, src, n);
	case INT32: return copyfrom<int32_t>(dst, to, src, n);
	case UINT32: return copyfrom<uint32_t>(dst, to, src, n);
	case INT64: return copyfrom<int64_t>(dst, to, src, n);
	case UINT64: return copyfrom<uint64_t>(dst, to, src, n);
	default: return -1;
	}
}

static size_t
elements(const struct io *io)
{
	size_t n = 1;

	for (int i = 0; i < io->rank; i++)
		n *= (size_t)io->dims[i];
	return n;
}

static int
fits(const char *what, const struct io *io, size_t n)
{
	if (n == elements(io))
		return 0;
	fprintf(stderr, "mnn: %s '%s' has %zu elements, not %zu\n", what,
	    io->name, n, elements(io));
	return -1;
}

static int
notype(const char *what, const struct io *io)
{
	fprintf(stderr, "mnn: %s '%s': type %d\n", what, io->name, io->dtype);
	return -1;
}

int
mnn_put(void *to, halide_type_t type, size_t n, const struct io *from)
{
	if (fits("input", from, n) < 0)
		return -1;
	if (convert(to, hosttype(type), from->data, from->dtype, n) < 0)
		return notype("input", from);
	return 0;
}

int
mnn_take(const struct io *to, const void *from, halide_type_t type, size_t n)
{
	if (fits("output", to, n) < 0)
		return -1;
	if (convert(to->data, to->dtype, from, hosttype(type), n) < 0)
		return notype("output", to);
	return 0;
}

void
mnn_settings(const struct job *job, MNN::ScheduleConfig *config,
    MNN::BackendConfig *backend)
{
	backend->precision = MNN::BackendConfig::Precision_High;
	config->type = MNN_FORWARD_CPU;
	config->numThread = job->threads > 0 ? job->threads : 1;
	config->backendConfig = backend;
}

static int
open(struct job *job)
{
	MNN::ScheduleConfig config;
	MNN::BackendConfig backend;

	net.reset(MNN::Interpreter::createFromFile(job->model));
	if (!net) {
		fprintf(stderr, "mnn: cannot read the model\n");
		return -1;
	}
	net->setSessionMode(MNN::Interpreter::Session_Release);
	net->setSessionMode(MNN::Interpreter::Session_Resize_Defer);
	/* loops that broadcast call the backend's functions, not the candidate
	 */
	if (mkbench_op[0])
		net->setSessionHint(MNN::Interpreter::GEOMETRY_COMPUTE_MASK,
		    MNN::Interpreter::GEOMETRCOMPUTEMASK_ALL -
			MNN::Interpreter::GEOMETRCOMPUTEMASK_USELOOP);
	mnn_settings(job, &config, &backend);
	session = net->createSession(config);
	if (!session) {
		fprintf(stderr, "mnn: no session\n");
		return -1;
	}
	return 0;
}

/* an input that the converter dropped has no place to go to */
static void
reshape(struct job *job)
{
	auto all = net->getSessionInputAll(session);

	ins.resize(job->nin);
	for (int i = 0; i < job->nin; i++) {
		const struct io *io = &job->in[i];
		auto found = all.find(io->name);
		std::vector<int> dims(io->dims, io->dims + io->rank);

		ins[i].device = found == all.end() ? nullptr : found->second;
		if (ins[i].device)
			net->resizeTensor(ins[i].device, dims);
	}
}

static int
setup(struct job *job)
{
	int status = 0;

	if (open(job) < 0)
		return -1;
	reshape(job);
	net->resizeSession(session);
	net->getSessionInfo(
	    session, MNN::Interpreter::RESIZE_STATUS, (void *)&status);
	if (status != 0) {
		fprintf(stderr, "mnn: the session cannot be resized (%d)\n",
		    status);
		return -1;
	}
	if (mkbench_op[0] && mkbench_created == 0) {
		fprintf(stderr,
		    "mnn: the converted model holds no %s that the candidate "
		    "could be\n",
		    mkbench_op);
		return -1;
	}
	for (auto &p : ins)
		if (p.device)
			p.host.reset(
			    new MNN::Tensor(p.device, MNN::Tensor::CAFFE));
	outs.resize(job->nout);
	for (int i = 0; i < job->nout; i++) {
		outs[i].device =
		    net->getSessionOutput(session, job->out[i].name);
		if (!outs[i].device) {
			fprintf(
			    stderr, "mnn: no output '%s'\n", job->out[i].name);
			return -1;
		}
	}
	return 0;
}

static int
load(struct job *job)
{
	for (int i = 0; i < job->nin; i++) {
		port &p = ins[i];

		if (!p.device || elements(&job->in[i]) == 0)
			continue;
		if (mnn_put(p.host->host<void>(), p.host->getType(),
			(size_t)p.host->elementSize(), &job->in[i]) < 0)
			return -1;
		p.device->copyFromHostTensor(p.host.get());
	}
	return 0;
}

static int
run(struct job *job)
{
	MNN::ErrorCode code = net->runSession(session);

	(void)job;
	if (code == MNN::NO_ERROR)
		return 0;
	fprintf(stderr, "mnn: running failed (%d)\n", (int)code);
	return -1;
}

static int
fetch(struct job *job)
{
	for (int i = 0; i < job->nout; i++) {
		port &p = outs[i];

		if (elements(&job->out[i]) == 0)
			continue;
		if (!p.host || p.host->shape() != p.device->shape())
			p.host.reset(
			    new MNN::Tensor(p.device, MNN::Tensor::CAFFE));
		p.device->copyToHostTensor(p.host.get());
		if (mnn_take(&job->out[i], p.host->host<void>(),
			p.host->getType(), (size_t)p.host->elementSize()) < 0)
			return -1;
	}
	return 0;
}

/* how this model is run, known when it is set up */
static const struct engine *way;
static const struct engine bysession = {setup, load, run, fetch};

static int
choose(struct job *job)
{
	if (MNN::enter() < 0)
		return -1;
	way = mnn_loops && mnn_loops(job->model) ? &mnn_module : &bysession;
	return way->setup(job);
}

static const struct engine mnn = {choose,
    [](struct job *job) { return way->load(job); },
    [](struct job *job) { return way->run(job); },
    [](struct job *job) { return way->fetch(job); }};

int
main(int argc, char **argv)
{
	return runner_main(argc, argv, &mnn);
}
