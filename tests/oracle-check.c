/*
 * Checks the hand-written kernels outside the runner.
 *
 *	oracle-check tasks KERNELS <TASKS
 *		Each line of TASKS is a task's file.  The task runs in ONNX
 *		Runtime as it is, and with its node in domain mkbench and
 *		KERNELS/OP.so, on the same inputs of its generators, at its own
 *		shapes and at the held-out ones; outputs are compared at the
 *		task's tolerance.
 *	oracle-check time KERNELS <TASKS
 *		The same, and how long both take: microseconds of native and of
 *		the kernel, and their ratio.
 *	oracle-check nodes KERNELS <DIRS
 *		Each line of DIRS is an ONNX operator test (model.onnx,
 *test_data_set_0). Its node is put into domain mkbench and run with
 *KERNELS/OP.so; what comes out is compared with the test's expected outputs.
 *
 * One line per test on stdout, ok, not ok or skip; a total on stderr.  The
 * status is 1 if any test failed.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <err.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <onnxruntime_c_api.h>

#include "compare.h"
#include "onnxbuild.h"
#include "reference.h"

#define MAXIO 64

static const OrtApiBase *base;
static const OrtApi *ort;
static OrtEnv *env;
static OrtMemoryInfo *memory;
static char why[1024]; /* the last failure */

static int
bad(OrtStatus *status)
{
	if (!status)
		return 0;
	snprintf(why, sizeof(why), "%s", ort->GetErrorMessage(status));
	for (char *s = why; *s; s++)
		if (*s == '\n')
			*s = ' ';
	ort->ReleaseStatus(status);
	return 1;
}

static void
start(void)
{
	char *path = rootpath("build/ort/lib/%s/libonnxruntime.so.1",
#ifdef __aarch64__
	    "aarch64"
#else
	    "x86_64"
#endif
	);
	void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const OrtApiBase *(*get)(void);

	if (!lib)
		errx(EX_UNAVAILABLE, "%s", dlerror());
	*(void **)&get = dlsym(lib, "OrtGetApiBase");
	base = get();
	ort = base->GetApi(21);
	/* it would write to the user's cache and to /tmp */
	setenv("ORT_DISABLE_TELEMETRY", "1", 1);
	if (bad(ort->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "check", &env)) ||
	    bad(ort->CreateCpuMemoryInfo(
		OrtArenaAllocator, OrtMemTypeDefault, &memory)))
		errx(EX_UNAVAILABLE, "%s", why);
	free(path);
}

/* a session of a model in memory, with a kernel if lib is not NULL */
static OrtSession *
session(const void *model, size_t size, void *lib)
{
	OrtStatus *(*add)(OrtSessionOptions *, const OrtApiBase *);
	OrtSessionOptions *options;
	OrtSession *s = NULL;

	if (bad(ort->CreateSessionOptions(&options)))
		return NULL;
	if (bad(ort->SetIntraOpNumThreads(options, 1)))
		return NULL;
	if (lib) {
		*(void **)&add = dlsym(lib, "RegisterCustomOps");
		if (!add || bad(add(options, base)))
			goto out;
	}
	if (bad(ort->CreateSessionFromArray(env, model, size, options, &s)))
		s = NULL;
out:
	ort->ReleaseSessionOptions(options);
	return s;
}

static size_t
typesize(int type)
{
	switch (type) {
	case 2:
	case 3:
	case 9: return 1;
	case 4:
	case 5:
	case 10:
	case 16: return 2;
	case 7:
	case 11:
	case 13:
	case 14: return 8;
	case 15: return 16;
	case 8: return 0;
	default: return 4;
	}
}

/* the values of a TensorProto as dense little endian bytes */
static void *
protodata(const Onnx__TensorProto *t, size_t n, size_t size)
{
	char *data = xcalloc(n + 1, size + 1);
	size_t i;

	if (t->has_raw_data)
		memcpy(data, t->raw_data.data, n * size);
	else if (t->n_float_data)
		memcpy(data, t->float_data, n * size);
	else if (t->n_double_data)
		memcpy(data, t->double_data, n * size);
	else if (t->n_int64_data)
		memcpy(data, t->int64_data, n * size);
	else if (t->n_uint64_data)
		for (i = 0; i < n; i++)
			memcpy(data + i * size, &t->uint64_data[i], size);
	else
		for (i = 0; i < n && i < t->n_int32_data; i++)
			memcpy(data + i * size, &t->int32_data[i], size);
	return data;
}

static OrtValue *
protovalue(const Onnx__TensorProto *t)
{
	size_t n = 1, size = typesize(t->data_type);
	OrtValue *v = NULL;

	if (!size)
		return NULL;
	for (size_t i = 0; i < t->n_dims; i++)
		n *= t->dims[i];
	if (bad(ort->CreateTensorWithDataAsOrtValue(memory,
		protodata(t, n, size), n * size, t->dims, t->n_dims,
		t->data_type, &v)))
		return NULL;
	return v;
}

static Onnx__TensorProto *
readtensor(const char *dir, const char *kind, int i)
{
	char *path = xasprintf("%s/test_data_set_0/%s_%d.pb", dir, kind, i);
	struct buf b = {0};
	Onnx__TensorProto *t = NULL;

	if (buf_readfile(&b, path, 1 << 28) == 0)
		t = onnx__tensor_proto__unpack(
		    NULL, b.len, (const uint8_t *)b.data);
	buf_free(&b);
	free(path);
	return t;
}

struct view {
	int type;
	size_t rank, n;
	int64_t dims[16];
	const void *data;
};

static int
view(const OrtValue *v, struct view *w)
{
	OrtTensorTypeAndShapeInfo *info;
	ONNXTensorElementDataType type;

	memset(w, 0, sizeof(*w));
	if (bad(ort->GetTensorTypeAndShape(v, &info)))
		return -1;
	if (bad(ort->GetTensorElementType(info, &type)) ||
	    bad(ort->GetDimensionsCount(info, &w->rank)) || w->rank > 16 ||
	    bad(ort->GetDimensions(info, w->dims, w->rank)) ||
	    bad(ort->GetTensorShapeElementCount(info, &w->n)))
		return -1;
	ort->ReleaseTensorTypeAndShapeInfo(info);
	w->type = type;
	return bad(ort->GetTensorMutableData((OrtValue *)v, (void **)&w->data))
		   ? -1
		   : 0;
}

static double
half(uint16_t h)
{
	int e = h >> 10 & 31, m = h & 1023;
	double v = e == 31 ? (m ? NAN : INFINITY)
		   : e	   ? ldexp(m + 1024, e - 25)
			   : ldexp(m, -24);

	return h >> 15 ? -v : v;
}

static double
number(const struct view *w, size_t i)
{
	const void *d = w->data;
	union {
		uint32_t u;
		float f;
	} b;

	switch (w->type) {
	case 1: return ((const float *)d)[i];
	case 2:
	case 9: return ((const uint8_t *)d)[i];
	case 3: return ((const int8_t *)d)[i];
	case 4: return ((const uint16_t *)d)[i];
	case 5: return ((const int16_t *)d)[i];
	case 6: return ((const int32_t *)d)[i];
	case 7: return ((const int64_t *)d)[i];
	case 10: return half(((const uint16_t *)d)[i]);
	case 11: return ((const double *)d)[i];
	case 12: return ((const uint32_t *)d)[i];
	case 13: return ((const uint64_t *)d)[i];
	case 16: b.u = (uint32_t)((const uint16_t *)d)[i] << 16; return b.f;
	default: return NAN;
	}
}

/* 0 if got is want within 1e-4 (integers exactly), else -1 and why */
static int
comparevalues(
    const OrtValue *gotvalue, const OrtValue *wantvalue, double tolerance)
{
	struct view got, want;
	size_t i;
	double g, w, e;

	if (view(gotvalue, &got) || view(wantvalue, &want))
		return -1;
	if (got.type != want.type || got.rank != want.rank ||
	    memcmp(got.dims, want.dims, sizeof(got.dims)) != 0) {
		snprintf(why, sizeof(why),
		    "type %d rank %zu n %zu, want type %d rank %zu n %zu",
		    got.type, got.rank, got.n, want.type, want.rank, want.n);
		return -1;
	}
	for (i = 0; i < got.n; i++) {
		g = number(&got, i);
		w = number(&want, i);
		e = fabs(g - w);
		if (g == w || (isnan(g) && isnan(w)))
			continue;
		if ((got.type == 1 || got.type == 10 || got.type == 11 ||
			got.type == 16) &&
		    e <= tolerance * (1 + fabs(w)))
			continue;
		snprintf(why, sizeof(why),
		    "element %zu of %zu: %.9g, want %.9g", i, got.n, g, w);
		return -1;
	}
	return 0;
}

static int
runnode(const char *dir, Onnx__ModelProto *model, void *lib)
{
	const Onnx__GraphProto *graph = model->graph;
	const char *in[MAXIO], *out[MAXIO];
	OrtValue *inv[MAXIO], *outv[MAXIO] = {0};
	Onnx__TensorProto *t;
	size_t i, nin = graph->n_input, nout = graph->n_output, size;
	uint8_t *bytes;
	OrtValue *want;
	OrtSession *s;

	for (i = 0; i < nin; i++) {
		in[i] = graph->input[i]->name;
		t = readtensor(dir, "input", (int)i);
		inv[i] = t ? protovalue(t) : NULL;
		if (!inv[i])
			return 1;
	}
	for (i = 0; i < nout; i++)
		out[i] = graph->output[i]->name;
	size = onnx__model_proto__get_packed_size(model);
	bytes = xmalloc(size);
	onnx__model_proto__pack(model, bytes);
	s = session(bytes, size, lib);
	if (!s)
		return -1;
	if (bad(ort->Run(s, NULL, in, (const OrtValue *const *)inv, nin, out,
		nout, outv)))
		return -1;
	for (i = 0; i < nout; i++) {
		t = readtensor(dir, "output", (int)i);
		want = t ? protovalue(t) : NULL;
		if (!want || !outv[i])
			return 1;
		if (comparevalues(outv[i], want, 1e-4))
			return -1;
	}
	ort->ReleaseSession(s);
	free(bytes);
	return 0;
}

static int
checknode(const char *kernels, const char *dir)
{
	static Onnx__OperatorSetIdProto opset = {
	    .base = PROTOBUF_C_MESSAGE_INIT(
		&onnx__operator_set_id_proto__descriptor),
	    .domain = (char *)"mkbench",
	    .has_version = 1,
	    .version = 1};
	char *path = xasprintf("%s/model.onnx", dir), *so;
	struct buf b = {0};
	Onnx__ModelProto *model = NULL;
	Onnx__NodeProto *node;
	void *lib;

	if (buf_readfile(&b, path, 1 << 28) == 0)
		model = onnx__model_proto__unpack(
		    NULL, b.len, (const uint8_t *)b.data);
	snprintf(why, sizeof(why), "not one node");
	if (!model || !model->graph || model->graph->n_node != 1)
		return 1;
	node = model->graph->node[0];
	so = xasprintf("%s/%s.so", kernels, node->op_type);
	snprintf(why, sizeof(why), "no kernel for %s", node->op_type);
	if (access(so, R_OK) != 0)
		return 1;
	lib = dlopen(so, RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		snprintf(why, sizeof(why), "%s", dlerror());
		return -1;
	}
	if (runnode(dir, model, NULL)) {
		snprintf(why, sizeof(why), "ONNX Runtime does not pass it");
		return 1;
	}
	node->domain = xstrdup("mkbench");
	model->opset_import = xreallocarray(model->opset_import,
	    model->n_opset_import + 1, sizeof(*model->opset_import));
	model->opset_import[model->n_opset_import++] = &opset;
	snprintf(why, sizeof(why), "no such inputs");
	return runnode(dir, model, lib);
}

static int
nodes(const char *kernels)
{
	char dir[4096], *name;
	int passed = 0, total = 0, rc;

	while (fgets(dir, sizeof(dir), stdin)) {
		dir[strcspn(dir, "\n")] = '\0';
		name = strrchr(dir, '/');
		rc = checknode(kernels, dir);
		total += rc <= 0;
		passed += rc == 0;
		printf("%s %s%s%s\n",
		    rc == 0  ? "ok"
		    : rc < 0 ? "not ok"
			     : "skip",
		    name ? name + 1 : dir, rc ? ": " : "", rc ? why : "");
		fflush(stdout);
	}
	fprintf(stderr, "%d of %d operator tests pass\n", passed, total);
	return passed != total;
}

/* a session of a task, in ONNX Runtime's domain or in ours with a kernel */
static OrtSession *
tasksession(const cJSON *task, void *lib)
{
	cJSON *copy = cJSON_Duplicate(task, 1);
	struct arena a = {0};
	Onnx__ModelProto *m = onnxbuild(&a, &copy, 1);
	OrtSession *s;
	size_t n;
	uint8_t *data;

	if (lib)
		onnxbuild_domain(&a, m, "mkbench");
	n = onnx__model_proto__get_packed_size(m);
	data = xmalloc(n);
	onnx__model_proto__pack(m, data);
	s = session(data, n, lib);
	free(data);
	arena_free(&a);
	cJSON_Delete(copy);
	return s;
}

struct trial {
	struct reference r;
	OrtSession *session[2]; /* native, kernel */
	OrtValue *in[ORT_VALUES], *out[2][ORT_VALUES];
	const char *inname[ORT_VALUES], *outname[ORT_VALUES];
};

/* one run of an arm; nanoseconds, 0 on failure */
static uint64_t
runarm(struct trial *t, int arm)
{
	const OrtValue *const *in = (const OrtValue *const *)t->in;
	uint64_t start;

	for (size_t i = 0; i < t->r.nout; i++) {
		if (t->out[arm][i])
			ort->ReleaseValue(t->out[arm][i]);
		t->out[arm][i] = NULL;
	}
	start = nowns();
	if (bad(ort->Run(t->session[arm], NULL, t->inname, in, t->r.nin,
		t->outname, t->r.nout, t->out[arm])))
		return 0;
	return nowns() - start + 1;
}

static int
outputof(const OrtValue *v, struct tensor *t)
{
	struct view w;

	if (view(v, &w))
		return -1;
	t->dtype = w.type;
	t->count = w.n;
	t->rank = (int)w.rank;
	memcpy(t->dims, w.dims, sizeof(t->dims));
	t->data = (void *)w.data;
	return 0;
}

static int
checkcall(struct trial *t, const cJSON *task, uint64_t call)
{
	struct tensor got = {0}, want = {0};
	struct comparison c;
	uint8_t key[32] = {7};

	reference_fill(&t->r, key, call);
	if (!runarm(t, 0) || !runarm(t, 1))
		return -1;
	for (size_t i = 0; i < t->r.nout; i++) {
		if (outputof(t->out[1][i], &got) ||
		    outputof(t->out[0][i], &want))
			return -1;
		if (got.dtype != want.dtype || got.rank != want.rank ||
		    memcmp(got.dims, want.dims, got.rank * 8) != 0) {
			snprintf(why, sizeof(why), "another shape or type");
			return -1;
		}
		c = compare(&got, &want, tolerance_of(task));
		if (c.failed) {
			snprintf(why, sizeof(why),
			    "output %zu: %zu of %zu wrong, by up to %g", i,
			    c.failed, c.count, c.maxabs);
			return -1;
		}
	}
	return 0;
}

static int
opentrial(struct trial *t, const cJSON *task, void *lib)
{
	memset(t, 0, sizeof(*t));
	if (reference_open(&t->r, task)) {
		snprintf(why, sizeof(why), "native: %s", ort_why());
		return -1;
	}
	t->session[0] = tasksession(task, NULL);
	t->session[1] = t->session[0] ? tasksession(task, lib) : NULL;
	if (!t->session[1])
		return -1;
	for (size_t i = 0; i < t->r.nin; i++) {
		struct tensor *x = &t->r.in[i];
		t->inname[i] = x->name;
		if (bad(ort->CreateTensorWithDataAsOrtValue(memory, x->data,
			tensor_size(x), x->dims, x->rank,
			(ONNXTensorElementDataType)x->dtype, &t->in[i])))
			return -1;
	}
	for (size_t i = 0; i < t->r.nout; i++)
		t->outname[i] = t->r.out[i].name;
	return 0;
}

static void
closetrial(struct trial *t)
{
	for (size_t i = 0; i < t->r.nin; i++)
		if (t->in[i])
			ort->ReleaseValue(t->in[i]);
	for (int arm = 0; arm < 2; arm++) {
		for (size_t i = 0; i < t->r.nout; i++)
			if (t->out[arm][i])
				ort->ReleaseValue(t->out[arm][i]);
		if (t->session[arm])
			ort->ReleaseSession(t->session[arm]);
	}
	reference_close(&t->r);
}

static int
order(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* lower quartiles of both arms, a few calls of each in turn */
static void
timetrial(struct trial *t, double us[2])
{
	static uint64_t ns[2][4096];
	const uint64_t end = nowns() + 150000000;
	int n = 0, k, arm;

	for (; n < 4096 && (n < 24 || nowns() < end); n += 8)
		for (arm = 0; arm < 2; arm++)
			for (k = 0; k < 8; k++)
				ns[arm][n + k] = runarm(t, arm);
	for (arm = 0; arm < 2; arm++) {
		qsort(ns[arm], n, sizeof(ns[arm][0]), order);
		us[arm] = (double)ns[arm][n / 4] / 1000;
	}
}

static int
checktask(const char *kernels, cJSON *task, double us[2])
{
	char *so = xasprintf("%s/%s.so", kernels, json_string(task, "op"));
	void *lib = dlopen(so, RTLD_NOW | RTLD_LOCAL);
	struct trial t;
	int rc = -1;

	free(so);
	if (!lib) {
		snprintf(why, sizeof(why), "%s", dlerror());
		return -1;
	}
	if (opentrial(&t, task, lib) == 0)
		rc = checkcall(&t, task, 0) || checkcall(&t, task, 1);
	if (rc == 0 && us)
		timetrial(&t, us);
	closetrial(&t);
	if (rc == 0 && json_get(task, "heldout") && !us) {
		onnxbuild_heldout(task);
		rc = -1;
		if (opentrial(&t, task, lib) == 0)
			rc = checkcall(&t, task, 0) || checkcall(&t, task, 1);
		closetrial(&t);
		if (rc) {
			char *reason = xstrdup(why);
			snprintf(why, sizeof(why), "held out: %s", reason);
			free(reason);
		}
	}
	return rc;
}

static int
tasks(const char *kernels, int timed)
{
	char path[4096];
	const char *name;
	int passed = 0, total = 0, rc;
	double us[2] = {0};
	cJSON *record;

	while (fgets(path, sizeof(path), stdin)) {
		path[strcspn(path, "\n")] = '\0';
		record = json_readfile(path);
		name = json_string(json_object(record, "task"), "name");
		why[0] = '\0';
		rc = checktask(
		    kernels, json_get(record, "task"), timed ? us : NULL);
		total++;
		passed += rc == 0;
		if (rc == 0 && timed)
			printf("ok %-40s %10.1f %10.1f %8.2f\n", name, us[0],
			    us[1], us[0] / us[1]);
		else
			printf("%s %s%s%s\n", rc ? "not ok" : "ok", name,
			    rc ? ": " : "", why);
		fflush(stdout);
		cJSON_Delete(record);
	}
	fprintf(stderr, "%d of %d tasks pass\n", passed, total);
	return passed != total;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "nodes") == 0) {
		start();
		return nodes(argv[2]);
	}
	if (argc == 3 &&
	    (strcmp(argv[1], "tasks") == 0 || strcmp(argv[1], "time") == 0)) {
		start();
		return tasks(argv[2], argv[1][1] == 'i');
	}
	fprintf(stderr, "usage: oracle-check nodes|tasks|time KERNELS <LIST\n");
	return EX_USAGE;
}
