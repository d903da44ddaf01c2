/*
 * Models in ONNX Runtime against given inputs and outputs, many in one process.
 *
 * usage: onnxcheck libonnxruntime.so.1 <list
 *
 * A line of the list is NAME, ORIGINAL and MODEL, separated by tabs.  Inputs
 * and outputs are the test_data_set_*.pb beside ORIGINAL, in the order of its
 * graph.  Prints "ok NAME", "left NAME: why" if the original does not do what
 * is expected, or "bad NAME: why" if only the model does not.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <err.h>
#include <math.h>
#include <onnxruntime_c_api.h>
#include <stdlib.h>
#include <string.h>

#include "dtype.h"
#include "onnx.pb-c.h"
#include "util.h"

#define VALUES 64

struct session {
	OrtSession *session;
	size_t nin, nout;
	char *in[VALUES], *out[VALUES];
};

/* a test_data_set */
struct data {
	OrtValue *in[VALUES], *out[VALUES];
	size_t nin, nout;
};

static const OrtApi *ort;
static OrtEnv *env;
static OrtAllocator *allocator;
static OrtMemoryInfo *memory;
static OrtSessionOptions *options;
static char why[512];

static int
fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return -1;
}

static int
bad(OrtStatus *status)
{
	char *p;

	if (!status)
		return 0;
	fail("%s", ort->GetErrorMessage(status));
	for (p = why; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	ort->ReleaseStatus(status);
	return 1;
}

static void
start(const char *path)
{
	const OrtApiBase *(*base)(void);
	void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (!lib)
		errx(EX_UNAVAILABLE, "%s", dlerror());
	*(void **)&base = dlsym(lib, "OrtGetApiBase");
	if (!base || !(ort = base()->GetApi(21)))
		errx(EX_UNAVAILABLE, "%s: no API 21", path);
	/* it would write to the user's cache and to /tmp */
	setenv("ORT_DISABLE_TELEMETRY", "1", 1);
	if (bad(ort->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "onnxcheck", &env)) ||
	    bad(ort->GetAllocatorWithDefaultOptions(&allocator)) ||
	    bad(ort->CreateCpuMemoryInfo(
		OrtArenaAllocator, OrtMemTypeDefault, &memory)) ||
	    bad(ort->CreateSessionOptions(&options)) ||
	    bad(ort->SetIntraOpNumThreads(options, 1)) ||
	    bad(ort->SetSessionGraphOptimizationLevel(
		options, ORT_DISABLE_ALL)))
		errx(EX_SOFTWARE, "%s", why);
}

static int
opensession(struct session *s, const char *path)
{
	struct buf b = {0};
	size_t i;
	int rc;

	*s = (struct session){0};
	if (buf_readfile(&b, path, 1 << 28) < 0)
		return fail("%s: cannot be read", path);
	rc = bad(ort->CreateSessionFromArray(
	    env, b.data, b.len, options, &s->session));
	buf_free(&b);
	if (rc || bad(ort->SessionGetInputCount(s->session, &s->nin)) ||
	    bad(ort->SessionGetOutputCount(s->session, &s->nout)))
		return -1;
	if (s->nin > VALUES || s->nout > VALUES)
		return fail("over %d inputs or outputs", VALUES);
	for (i = 0; i < s->nin; i++)
		if (bad(ort->SessionGetInputName(
			s->session, i, allocator, &s->in[i])))
			return -1;
	for (i = 0; i < s->nout; i++)
		if (bad(ort->SessionGetOutputName(
			s->session, i, allocator, &s->out[i])))
			return -1;
	return 0;
}

static void
closesession(struct session *s)
{
	size_t i;

	for (i = 0; i < s->nin && i < VALUES; i++)
		if (s->in[i])
			allocator->Free(allocator, s->in[i]);
	for (i = 0; i < s->nout && i < VALUES; i++)
		if (s->out[i])
			allocator->Free(allocator, s->out[i]);
	if (s->session)
		ort->ReleaseSession(s->session);
}

static int
strings(const Onnx__TensorProto *t, OrtValue *v)
{
	size_t i;

	for (i = 0; i < t->n_string_data; i++) {
		char *s = xstrndup(
		    (char *)t->string_data[i].data, t->string_data[i].len);

		if (bad(ort->FillStringTensorElement(v, s, i)))
			return -1;
		free(s);
	}
	return 0;
}

/* elements of one of the typed fields */
static void
typed(const Onnx__TensorProto *t, char *p)
{
	size_t size = dtype_size(t->data_type), i;

	if (t->n_float_data)
		memcpy(p, t->float_data, t->n_float_data * 4);
	if (t->n_double_data)
		memcpy(p, t->double_data, t->n_double_data * 8);
	if (t->n_int64_data)
		memcpy(p, t->int64_data, t->n_int64_data * 8);
	for (i = 0; i < t->n_int32_data; i++)
		memcpy(p + i * size, &t->int32_data[i], size);
	for (i = 0; i < t->n_uint64_data; i++)
		memcpy(p + i * size, &t->uint64_data[i], size);
}

/* some test data states bfloat16 as uint16: wanted is what the model says */
static OrtValue *
tensorvalue(Onnx__TensorProto *t, int wanted)
{
	size_t count = 1, i;
	OrtValue *v = NULL;
	void *p;

	if (wanted == DT_BFLOAT16 && t->data_type == DT_UINT16)
		t->data_type = wanted;
	for (i = 0; i < t->n_dims; i++)
		count *= (size_t)t->dims[i];
	if (bad(ort->CreateTensorAsOrtValue(allocator, t->dims, t->n_dims,
		(ONNXTensorElementDataType)t->data_type, &v)))
		return NULL;
	if (t->data_type == DT_STRING)
		return strings(t, v) < 0 ? NULL : v;
	if (bad(ort->GetTensorMutableData(v, &p)))
		return NULL;
	if (t->has_raw_data &&
	    t->raw_data.len == count * dtype_size(t->data_type))
		memcpy(p, t->raw_data.data, t->raw_data.len);
	else if (count)
		typed(t, p);
	return v;
}

static OrtValue *
unpacktensor(const void *data, size_t n, int wanted)
{
	Onnx__TensorProto *t = onnx__tensor_proto__unpack(NULL, n, data);
	OrtValue *v = NULL;

	if (t && t->data_type)
		v = tensorvalue(t, wanted);
	if (t)
		onnx__tensor_proto__free_unpacked(t, NULL);
	return v;
}

/* the next field of a message; 0 at its end or at what is none */
static unsigned
nextfield(const unsigned char **p, const unsigned char *end,
    const unsigned char **data, size_t *len)
{
	unsigned tag, shift = 0;

	if (*p == end)
		return 0;
	tag = *(*p)++;
	for (*len = 0; *p < end; shift += 7) {
		*len |= (size_t)(**p & 0x7f) << shift;
		if (!(*(*p)++ & 0x80))
			break;
	}
	*data = *p;
	if ((tag & 7) == 0)
		return tag >> 3;
	if ((tag & 7) != 2 || *len > (size_t)(end - *p))
		return 0;
	*p += *len;
	return tag >> 3;
}

/* Debian's schema of models has neither SequenceProto (tensor_values 3) */
static OrtValue *
sequence(const unsigned char *p, size_t n)
{
	const unsigned char *end = p + n, *data;
	OrtValue *list[VALUES], *v = NULL;
	size_t count = 0, len;
	unsigned id;

	while ((id = nextfield(&p, end, &data, &len)) && count < VALUES)
		if (id == 3 && (list[count] = unpacktensor(data, len, 0)))
			count++;
	if (!count)
		fail("empty sequences cannot be made");
	else
		bad(ort->CreateValue((const OrtValue *const *)list, count,
		    ONNX_TYPE_SEQUENCE, &v));
	while (count)
		ort->ReleaseValue(list[--count]);
	return v;
}

/* nor OptionalProto (tensor_value 3, sequence_value 5) */
static OrtValue *
optional(const unsigned char *p, size_t n)
{
	const unsigned char *end = p + n, *data;
	size_t len;
	unsigned id;

	while ((id = nextfield(&p, end, &data, &len))) {
		if (id == 3)
			return unpacktensor(data, len, 0);
		if (id == 5)
			return sequence(data, len);
	}
	fail("absent optional values cannot be made");
	return NULL;
}

static OrtValue *
readvalue(const char *path, ONNXType type, int dtype)
{
	struct buf b = {0};
	OrtValue *v;

	*why = '\0';
	if (buf_readfile(&b, path, 1 << 28) < 0) {
		fail("%s: cannot be read", path);
		return NULL;
	}
	v = type == ONNX_TYPE_SEQUENCE
		? sequence((unsigned char *)b.data, b.len)
	    : type == ONNX_TYPE_OPTIONAL
		? optional((unsigned char *)b.data, b.len)
		: unpacktensor(b.data, b.len, dtype);
	buf_free(&b);
	if (!v && !*why)
		fail("data of a type that is not read here");
	return v;
}

static OrtValue *
readfor(const struct session *s, size_t i, int out, const char *path)
{
	ONNXTensorElementDataType dtype = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
	const OrtTensorTypeAndShapeInfo *tensor = NULL;
	ONNXType type = ONNX_TYPE_UNKNOWN;
	OrtTypeInfo *info = NULL;
	OrtValue *v = NULL;

	if (bad(out ? ort->SessionGetOutputTypeInfo(s->session, i, &info)
		    : ort->SessionGetInputTypeInfo(s->session, i, &info)))
		return NULL;
	if (!bad(ort->GetOnnxTypeFromTypeInfo(info, &type)) &&
	    !bad(ort->CastTypeInfoToTensorInfo(info, &tensor)) &&
	    (!tensor || !bad(ort->GetTensorElementType(tensor, &dtype))))
		v = readvalue(path, type, (int)dtype);
	ort->ReleaseTypeInfo(info);
	return v;
}

static int
readdata(struct data *d, const struct session *s, const char *dir, int set)
{
	char *path;
	size_t i;

	*d = (struct data){0};
	for (i = 0; i < s->nin; i++) {
		path =
		    xasprintf("%s/test_data_set_%d/input_%zu.pb", dir, set, i);
		d->in[i] = readfor(s, i, 0, path);
		free(path);
		if (!d->in[i])
			return -1;
		d->nin++;
	}
	for (i = 0; i < s->nout; i++) {
		path =
		    xasprintf("%s/test_data_set_%d/output_%zu.pb", dir, set, i);
		d->out[i] = readfor(s, i, 1, path);
		free(path);
		if (!d->out[i])
			return -1;
		d->nout++;
	}
	return 0;
}

static void
freevalues(OrtValue **v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i])
			ort->ReleaseValue(v[i]);
}

static int
near(double got, double want, double most)
{
	if (isnan(want) || isinf(want))
		return isnan(want) ? isnan(got) : got == want;
	return fabs(got - want) <= 1e-5 * (1 + most) + 1e-3 * fabs(want);
}

static double
number(int dtype, const char *p, size_t i)
{
	uint16_t h;

	memcpy(&h, p + 2 * i, sizeof(h));
	if (dtype == DT_FLOAT16)
		return (double)half_value(h);
	if (dtype == DT_BFLOAT16)
		return (double)bfloat_value(h);
	return dtype_get(dtype, p, i);
}

static int
samestrings(const OrtValue *x, const OrtValue *y, size_t n)
{
	size_t i, nx, ny;
	char *sx, *sy;
	int same = 1;

	for (i = 0; i < n && same; i++) {
		if (bad(ort->GetStringTensorElementLength(x, i, &nx)) ||
		    bad(ort->GetStringTensorElementLength(y, i, &ny)))
			return 0;
		sx = xcalloc(nx + 1, 1);
		sy = xcalloc(ny + 1, 1);
		same = nx == ny &&
		       !bad(ort->GetStringTensorElement(x, nx, i, sx)) &&
		       !bad(ort->GetStringTensorElement(y, ny, i, sy)) &&
		       memcmp(sx, sy, nx) == 0;
		free(sx);
		free(sy);
	}
	return same;
}

static int
sametensor(const OrtValue *got, const OrtValue *want)
{
	OrtTensorTypeAndShapeInfo *x, *y;
	ONNXTensorElementDataType tx, ty;
	size_t nx, ny, rx, ry, i;
	int64_t dx[16] = {0}, dy[16] = {0};
	double most = 0;
	void *px, *py;

	if (bad(ort->GetTensorTypeAndShape(got, &x)) ||
	    bad(ort->GetTensorTypeAndShape(want, &y)) ||
	    bad(ort->GetTensorElementType(x, &tx)) ||
	    bad(ort->GetTensorElementType(y, &ty)) ||
	    bad(ort->GetTensorShapeElementCount(x, &nx)) ||
	    bad(ort->GetTensorShapeElementCount(y, &ny)) ||
	    bad(ort->GetDimensionsCount(x, &rx)) ||
	    bad(ort->GetDimensionsCount(y, &ry)) || rx > 16 || ry > 16 ||
	    bad(ort->GetDimensions(x, dx, rx)) ||
	    bad(ort->GetDimensions(y, dy, ry)))
		return -1;
	ort->ReleaseTensorTypeAndShapeInfo(x);
	ort->ReleaseTensorTypeAndShapeInfo(y);
	if (tx != ty || nx != ny || rx != ry || memcmp(dx, dy, sizeof(dx)) != 0)
		return fail("other dtype or shape than expected");
	if (tx == ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING)
		return samestrings(got, want, nx)
			   ? 0
			   : fail("other strings than expected");
	if (bad(ort->GetTensorMutableData((OrtValue *)got, &px)) ||
	    bad(ort->GetTensorMutableData((OrtValue *)want, &py)))
		return -1;
	for (i = 0; i < nx; i++)
		if (isfinite(number((int)ty, py, i)))
			most = fmax(most, fabs(number((int)ty, py, i)));
	for (i = 0; i < nx; i++)
		if (!near(number((int)tx, px, i), number((int)ty, py, i), most))
			return fail("element %zu is %g, expected %g", i,
			    number((int)tx, px, i), number((int)ty, py, i));
	return 0;
}

static int
samevalue(const OrtValue *got, const OrtValue *want)
{
	OrtValue *x, *y;
	size_t nx, ny, i;
	ONNXType tx, ty;
	int rc = 0;

	if (bad(ort->GetValueType(got, &tx)) ||
	    bad(ort->GetValueType(want, &ty)))
		return -1;
	if (tx != ty)
		return fail("other type than expected");
	if (tx != ONNX_TYPE_SEQUENCE)
		return sametensor(got, want);
	if (bad(ort->GetValueCount(got, &nx)) ||
	    bad(ort->GetValueCount(want, &ny)))
		return -1;
	if (nx != ny)
		return fail("%zu elements, expected %zu", nx, ny);
	for (i = 0; i < nx && rc == 0; i++) {
		if (bad(ort->GetValue(got, (int)i, allocator, &x)) ||
		    bad(ort->GetValue(want, (int)i, allocator, &y)))
			return -1;
		rc = sametensor(x, y);
		ort->ReleaseValue(x);
		ort->ReleaseValue(y);
	}
	return rc;
}

/* run by the names of the original, whose order the data has */
static int
run(const struct session *s, const struct session *original,
    const struct data *d)
{
	OrtValue *got[VALUES] = {0};
	size_t i;
	int rc;

	rc = bad(ort->Run(s->session, NULL, (const char *const *)original->in,
		 (const OrtValue *const *)d->in, d->nin,
		 (const char *const *)original->out, d->nout, got))
		 ? -1
		 : 0;
	for (i = 0; i < d->nout && rc == 0; i++)
		rc = samevalue(got[i], d->out[i]);
	freevalues(got, d->nout);
	return rc;
}

static int
exists(const char *dir, int set)
{
	char *path = xasprintf("%s/test_data_set_%d", dir, set);
	DIR *d = opendir(path);

	free(path);
	if (d)
		closedir(d);
	return !!d;
}

/* whether the original is right only sometimes */
static int
random_(const struct session *o, const struct data *d)
{
	char *was = xstrdup(why);
	int i, wrong = 0;

	for (i = 0; i < 8 && !wrong; i++)
		wrong = run(o, o, d) < 0;
	if (!wrong)
		fail("%s", was);
	free(was);
	return wrong;
}

static const char *
check(const char *original, const char *path)
{
	struct session o = {0}, m = {0};
	const char *result = "left";
	struct data d = {0};
	char *dir = xstrdup(original);
	int set;

	*strrchr(dir, '/') = '\0';
	*why = '\0';
	if (!exists(dir, 0)) {
		fail("no test data");
		goto done;
	}
	if (opensession(&o, original) < 0)
		goto done;
	for (set = 0; exists(dir, set); set++) {
		result = "left";
		if (readdata(&d, &o, dir, set) < 0 || run(&o, &o, &d) < 0)
			goto done;
		if ((!m.session && opensession(&m, path) < 0) ||
		    run(&m, &o, &d) < 0) {
			result = random_(&o, &d) ? "left" : "bad";
			goto done;
		}
		freevalues(d.in, d.nin);
		freevalues(d.out, d.nout);
		d = (struct data){0};
	}
	result = "ok";
done:
	freevalues(d.in, d.nin);
	freevalues(d.out, d.nout);
	closesession(&o);
	closesession(&m);
	free(dir);
	return result;
}

int
main(int argc, char **argv)
{
	char line[8192], name[1024], original[3072], model[3072];
	const char *result;

	if (argc != 2)
		errx(EX_USAGE, "usage: onnxcheck libonnxruntime.so.1 <list");
	start(argv[1]);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%1023[^\t]\t%3071[^\t]\t%3071[^\n]", name,
			original, model) != 3)
			errx(EX_DATAERR, "stdin: not name, original, model");
		result = check(original, model);
		printf("%s %s%s%s\n", result, name, *result == 'o' ? "" : ": ",
		    *result == 'o' ? "" : why);
		fflush(stdout);
	}
	closeout();
	return EX_OK;
}
