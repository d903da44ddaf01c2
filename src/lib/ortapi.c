#include <dlfcn.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <onnxruntime_c_api.h>

#include "dtype.h"
#include "ortapi.h"
#include "util.h"

#define API 21
#ifdef __aarch64__
#define ARCH "aarch64"
#else
#define ARCH "x86_64"
#endif

#define SPARE ((size_t)1 << 20) /* bytes of a model that is worth keeping */

struct ortsession {
	OrtSession *session;
	void *model; /* of n bytes */
	size_t n;
};

static struct ortsession *spare; /* the last closed, or NULL */

static const OrtApiBase *base;
static const OrtApi *ort;
static OrtEnv *env;
static OrtMemoryInfo *memory;
static char why[1024];

static int
bad(OrtStatus *status)
{
	if (!status)
		return 0;
	snprintf(why, sizeof(why), "%s", ort->GetErrorMessage(status));
	for (char *p = why; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	ort->ReleaseStatus(status);
	return -1;
}

static void
load(void)
{
	const OrtApiBase *(*get)(void);
	char *path;
	void *lib;

	if (ort)
		return;
	path = rootpath("build/ort/lib/" ARCH "/libonnxruntime.so.1");
	lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		errx(EX_UNAVAILABLE, "%s", dlerror());
	*(void **)&get = dlsym(lib, "OrtGetApiBase");
	if (!get || !(base = get()) || !(ort = base->GetApi(API)))
		errx(
		    EX_UNAVAILABLE, "'%s' has no API of version %d", path, API);
	free(path);
}

static void
start(void)
{
	if (env)
		return;
	load();
	/* what DisableTelemetryEvents alone would leave in the user's cache */
	setenv("ORT_DISABLE_TELEMETRY", "1", 1);
	if (bad(ort->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "mkbench", &env)) ||
	    bad(ort->DisableTelemetryEvents(env)) ||
	    bad(ort->CreateCpuMemoryInfo(
		OrtDeviceAllocator, OrtMemTypeDefault, &memory)))
		errx(EX_UNAVAILABLE, "%s", why);
}

const char *
ort_why(void)
{
	return why;
}

const char *
ort_version(void)
{
	load();
	return base->GetVersionString();
}

struct ortsession *
ort_open(const void *model, size_t n)
{
	OrtSessionOptions *options = NULL;
	OrtSession *session = NULL;
	struct ortsession *s;
	int rc;

	start();
	if (spare && spare->n == n && memcmp(spare->model, model, n) == 0) {
		s = spare;
		spare = NULL;
		return s;
	}
	rc = bad(ort->CreateSessionOptions(&options));
	rc = rc ? rc : bad(ort->SetIntraOpNumThreads(options, 1));
	rc = rc ? rc : bad(ort->SetInterOpNumThreads(options, 1));
	rc = rc ? rc
		: bad(ort->CreateSessionFromArray(
		      env, model, n, options, &session));
	if (options)
		ort->ReleaseSessionOptions(options);
	if (rc)
		return NULL;
	s = xmalloc(sizeof(*s));
	s->session = session;
	s->n = n;
	s->model = xmalloc(n + 1);
	memcpy(s->model, model, n);
	return s;
}

static void
release(struct ortsession *s)
{
	ort->ReleaseSession(s->session);
	free(s->model);
	free(s);
}

void
ort_close(struct ortsession *s)
{
	if (!s)
		return;
	if (s->n > SPARE) {
		release(s);
		return;
	}
	if (spare)
		release(spare);
	spare = s;
}

static int
valueof(const struct tensor *t, OrtValue **v)
{
	static char none;

	return bad(ort->CreateTensorWithDataAsOrtValue(memory,
	    t->count ? t->data : &none, t->count * dtype_size(t->dtype),
	    t->dims, (size_t)t->rank, (ONNXTensorElementDataType)t->dtype, v));
}

/* shape, type and a copy of the data */
static int
tensorof(const OrtValue *v, struct tensor *t)
{
	OrtTensorTypeAndShapeInfo *info;
	ONNXTensorElementDataType dtype;
	size_t rank, bytes;
	void *data;
	int rc;

	if (bad(ort->GetTensorTypeAndShape(v, &info)))
		return -1;
	rc = bad(ort->GetDimensionsCount(info, &rank)) ||
	     bad(ort->GetTensorElementType(info, &dtype)) ||
	     bad(ort->GetTensorShapeElementCount(info, &t->count));
	if (!rc && (rank > ORT_RANK || !dtype_size((int)dtype))) {
		snprintf(why, sizeof(why),
		    "output '%s' is of rank %zu or of "
		    "no plain type",
		    t->name, rank);
		rc = -1;
	}
	rc = rc ? rc : bad(ort->GetDimensions(info, t->dims, rank));
	rc = rc ? rc : bad(ort->GetTensorMutableData((OrtValue *)v, &data));
	ort->ReleaseTensorTypeAndShapeInfo(info);
	if (rc)
		return -1;
	t->dtype = (int)dtype;
	t->rank = (int)rank;
	bytes = t->count * dtype_size(t->dtype);
	t->data = xmalloc(bytes + 1);
	memcpy(t->data, data, bytes);
	return 0;
}

int
ort_run(struct ortsession *s, const struct tensor *in, size_t nin,
    struct tensor *out, size_t nout)
{
	const char *innames[ORT_VALUES] = {0}, *outnames[ORT_VALUES] = {0};
	OrtValue *inputs[ORT_VALUES] = {0}, *outputs[ORT_VALUES] = {0};
	size_t i;
	int rc = 0;

	if (nin > ORT_VALUES || nout > ORT_VALUES) {
		snprintf(why, sizeof(why), "more than %d values", ORT_VALUES);
		return -1;
	}
	for (i = 0; i < nin && !rc; i++) {
		innames[i] = in[i].name;
		rc = valueof(&in[i], &inputs[i]);
	}
	for (i = 0; i < nout; i++) {
		outnames[i] = out[i].name;
		out[i].data = NULL;
	}
	rc = rc ? rc
		: bad(ort->Run(s->session, NULL, innames,
		      (const OrtValue *const *)inputs, nin, outnames, nout,
		      outputs));
	for (i = 0; i < nout && !rc; i++)
		rc = tensorof(outputs[i], &out[i]);
	for (i = 0; i < nin; i++)
		if (inputs[i])
			ort->ReleaseValue(inputs[i]);
	for (i = 0; i < nout; i++) {
		if (outputs[i])
			ort->ReleaseValue(outputs[i]);
		if (rc)
			tensor_free(&out[i]);
	}
	return rc;
}

static int
tellone(const OrtSession *session, size_t i,
    void (*told)(void *, const char *, int, const int64_t *, size_t), void *arg)
{
	ONNXTensorElementDataType dtype;
	const OrtTensorTypeAndShapeInfo *tensor = NULL;
	OrtTypeInfo *info = NULL;
	OrtAllocator *allocator;
	int64_t *dims = NULL;
	size_t rank = 0;
	char *name = NULL;
	int rc;

	rc = bad(ort->GetAllocatorWithDefaultOptions(&allocator)) ||
	     bad(ort->SessionGetOutputName(session, i, allocator, &name)) ||
	     bad(ort->SessionGetOutputTypeInfo(session, i, &info)) ||
	     bad(ort->CastTypeInfoToTensorInfo(info, &tensor));
	if (!rc && tensor) {
		rc = bad(ort->GetTensorElementType(tensor, &dtype)) ||
		     bad(ort->GetDimensionsCount(tensor, &rank));
		dims = xcalloc(rank, sizeof(*dims));
		rc = rc || bad(ort->GetDimensions(tensor, dims, rank));
		if (!rc)
			told(arg, name, (int)dtype, dims, rank);
	}
	free(dims);
	if (info)
		ort->ReleaseTypeInfo(info);
	if (name)
		allocator->Free(allocator, name);
	return rc ? -1 : 0;
}

int
ort_infer(const void *model, size_t n, const char *folded,
    void (*told)(void *, const char *, int, const int64_t *, size_t), void *arg)
{
	OrtSessionOptions *options = NULL;
	OrtSession *session = NULL;
	size_t count = 0, i;
	int rc;

	start();
	rc = bad(ort->CreateSessionOptions(&options)) ||
	     bad(ort->SetIntraOpNumThreads(options, 1)) ||
	     bad(ort->SetSessionGraphOptimizationLevel(
		 options, folded ? ORT_ENABLE_BASIC : ORT_DISABLE_ALL)) ||
	     (folded && bad(ort->SetOptimizedModelFilePath(options, folded))) ||
	     bad(ort->CreateSessionFromArray(
		 env, model, n, options, &session)) ||
	     bad(ort->SessionGetOutputCount(session, &count));
	for (i = 0; i < count && !rc; i++)
		rc = tellone(session, i, told, arg);
	if (session)
		ort->ReleaseSession(session);
	if (options)
		ort->ReleaseSessionOptions(options);
	return rc ? -1 : 0;
}
