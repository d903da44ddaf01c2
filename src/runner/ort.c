/*
 * Engine ONNX Runtime: one session of the model, its inputs and outputs bound
 * to the shared buffers, so that the timed call copies nothing.
 */
#include <dlfcn.h>
#include <onnxruntime_c_api.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "jail.h"
#include "runner.h"

#define API 21

static const OrtApi *ort;
static OrtEnv *env;
static OrtSession *session;
static OrtIoBinding *binding;

static int
bad(const char *what, OrtStatus *status)
{
	if (!status)
		return 0;
	fprintf(stderr, "%s: %s\n", what, ort->GetErrorMessage(status));
	ort->ReleaseStatus(status);
	return -1;
}

#define TRY(what, call)                                                        \
	if (bad(what, call) < 0)                                               \
	return -1

/* The candidate meets the same table of functions as we do.  Before it comes,
   what is no kernel's business is taken out of it; we go on with a copy. */
static OrtApi own;

static OrtStatus *ORT_API_CALL
nosession(void)
{
	jail_tell("engine-session: a function that is no kernel's business");
	return own.CreateStatus(ORT_FAIL, "not for kernels");
}

static OrtStatus *ORT_API_CALL
createop(const OrtKernelInfo *info, const char *name, const char *domain,
    int version, const char **types, const ONNXTensorElementDataType *values,
    int ntypes, const OrtOpAttr *const *attributes, int nattributes, int nin,
    int nout, OrtOp **op)
{
	char text[80];

	snprintf(text, sizeof(text), "engine-operator %.40s", name);
	jail_tell(text);
	return own.CreateOp(info, name, domain, version, types, values, ntypes,
	    attributes, nattributes, nin, nout, op);
}

#define FORBID(f) *(void **)&table->f = (void *)(uintptr_t)nosession

static void
forbid(OrtApi *table)
{
	FORBID(CreateSession);
	FORBID(CreateSessionFromArray);
	FORBID(CreateSessionWithPrepackedWeightsContainer);
	FORBID(CreateSessionFromArrayWithPrepackedWeightsContainer);
	FORBID(CreateEnv);
	FORBID(CreateEnvWithCustomLogger);
	FORBID(CreateEnvWithGlobalThreadPools);
	FORBID(CreateThreadingOptions);
	FORBID(SetIntraOpNumThreads);
	FORBID(SetInterOpNumThreads);
	FORBID(SetSessionExecutionMode);
	FORBID(SetSessionGraphOptimizationLevel);
	FORBID(SessionOptionsSetCustomCreateThreadFn);
	FORBID(SessionOptionsSetCustomThreadCreationOptions);
	FORBID(SessionOptionsSetCustomJoinThreadFn);
	FORBID(RegisterCustomOpsLibrary);
	FORBID(RegisterCustomOpsLibrary_V2);
	FORBID(RegisterCustomOpsUsingFunction);
	FORBID(RegisterAllocator);
	FORBID(UnregisterAllocator);
	FORBID(CreateAndRegisterAllocator);
	FORBID(EnableProfiling);
	FORBID(AddSessionConfigEntry);
	FORBID(DisablePerSessionThreads);
	FORBID(RunWithBinding);
	FORBID(Run);
	FORBID(RunAsync);
	table->CreateOp = createop;
}

static int
protect(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	OrtApi *table = (OrtApi *)(uintptr_t)ort;
	uintptr_t first = (uintptr_t)table & -page;
	size_t n = (uintptr_t)(table + 1) - first;

	own = *ort;
	if (mprotect((void *)first, n, PROT_READ | PROT_WRITE) < 0) {
		perror("mprotect");
		return -1;
	}
	forbid(table);
	mprotect((void *)first, n, PROT_READ);
	ort = &own;
	return 0;
}

static int
enter(OrtSessionOptions *options, const char *file)
{
	OrtStatus *(*candidate)(OrtSessionOptions *, const OrtApiBase *);
	void *so;

	if (protect() < 0)
		return -1;
	jail_mark();
	so = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (!so) {
		fprintf(stderr, "candidate: %s\n", dlerror());
		return -1;
	}
	*(void **)&candidate = dlsym(so, "RegisterCustomOps");
	if (!candidate) {
		fprintf(stderr, "candidate: no RegisterCustomOps\n");
		return -1;
	}
	TRY("RegisterCustomOps", candidate(options, OrtGetApiBase()));
	return 0;
}

static int
opensession(const struct job *job)
{
	OrtSessionOptions *options;

	TRY("options", ort->CreateSessionOptions(&options));
	TRY("threads", ort->SetIntraOpNumThreads(options, job->threads));
	TRY("threads", ort->SetInterOpNumThreads(options, 1));
	TRY("mode", ort->SetSessionExecutionMode(options, ORT_SEQUENTIAL));
	if (job->candidate && enter(options, job->candidate) < 0)
		return -1;
	TRY("session", ort->CreateSession(env, job->model, options, &session));
	ort->ReleaseSessionOptions(options);
	return 0;
}

static int
value(const OrtMemoryInfo *memory, const struct io *io, OrtValue **v)
{
	TRY(io->name, ort->CreateTensorWithDataAsOrtValue(memory, io->data,
			  io->bytes, io->dims, (size_t)io->rank,
			  (ONNXTensorElementDataType)io->dtype, v));
	return 0;
}

/* y = Relu(x), of one float: an ONNX ModelProto, field by field */
static const unsigned char smallest[] = {
    0x08, 8,				/* ir_version */
    0x3a, 43,				/* graph */
    0x0a, 12,				/*   node */
    0x0a, 1, 'x', 0x12, 1, 'y',		/*     input, output */
    0x22, 4, 'R', 'e', 'l', 'u',	/*     op_type */
    0x12, 1, 'g',			/*   name */
    0x5a, 11, 0x0a, 1, 'x',		/*   input */
    0x12, 6, 0x0a, 4, 0x08, 1, 0x12, 0, /* of floats and no dimension */
    0x62, 11, 0x0a, 1, 'y',		/*   output */
    0x12, 6, 0x0a, 4, 0x08, 1, 0x12, 0, /* likewise */
    0x42, 2, 0x10, 13,			/* opset_import: version */
};

/* what a first session of the process makes once for all */
static int
first(void)
{
	OrtSessionOptions *options;
	OrtSession *s;

	TRY("options", ort->CreateSessionOptions(&options));
	TRY("threads", ort->SetIntraOpNumThreads(options, 1));
	TRY("first session", ort->CreateSessionFromArray(
				 env, smallest, sizeof(smallest), options, &s));
	ort->ReleaseSession(s);
	ort->ReleaseSessionOptions(options);
	return 0;
}

static int
start(void)
{
	ort = OrtGetApiBase()->GetApi(API);
	if (!ort) {
		fprintf(stderr, "ONNX Runtime is older than API %d\n", API);
		return -1;
	}
	setenv("ORT_DISABLE_TELEMETRY", "1", 1);
	TRY("CreateEnv", ort->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "", &env));
	TRY("telemetry", ort->DisableTelemetryEvents(env));
	return first();
}

static int
setup(struct job *job)
{
	OrtMemoryInfo *memory;
	OrtValue *v;
	int i;

	if (opensession(job) < 0)
		return -1;
	TRY("memory", ort->CreateCpuMemoryInfo(
			  OrtDeviceAllocator, OrtMemTypeDefault, &memory));
	TRY("binding", ort->CreateIoBinding(session, &binding));
	for (i = 0; i < job->nin; i++) {
		if (value(memory, &job->in[i], &v) < 0)
			return -1;
		TRY(job->in[i].name,
		    ort->BindInput(binding, job->in[i].name, v));
	}
	for (i = 0; i < job->nout; i++) {
		if (value(memory, &job->out[i], &v) < 0)
			return -1;
		TRY(job->out[i].name,
		    ort->BindOutput(binding, job->out[i].name, v));
	}
	return 0;
}

static int
run(struct job *job)
{
	(void)job;
	TRY("run", ort->RunWithBinding(session, NULL, binding));
	return 0;
}

static int
nothing(struct job *job)
{
	(void)job;
	return 0;
}

#ifndef PLANTED /* planted.c has a main of its own */
int
main(int argc, char **argv)
{
	static const struct engine engine = {
	    setup, nothing, run, nothing, start};

	return zygote_main(argc, argv, &engine);
}
#endif
