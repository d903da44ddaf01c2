/*
 * One operator of ONNX Runtime in plain C: what every kernel here shares.
 *
 * A kernel is one kernel.c that includes this header and ends in
 *
 *	static const struct op theop = {.name = "Relu", .in = "T", .out = "T",
 *	    .T = FLOATS, .run = run};
 *
 * The header exports RegisterCustomOps, which defines the operator in domain
 * "mkbench", version 1.  Sections: types and tensors; nodes, attributes, inputs
 * and outputs; registration.  Beside it lie strided loops (loops.h),
 *mathematics (maths.h) and families of operators (unary.h, binary.h, reduce.h,
 *window.h, product.h), for those that want them; the oracle puts them into the
 *kernel's text.
 *
 * Types.  ONNX Runtime fixes a custom operator's types at registration; several
 * operators of one name with different types are overloads of it, and the
 * node's types choose.  So .in and .out are signatures, one letter per
 *argument, and each choice of types from the sets .T, .U and .V is registered
 *as an overload:
 *
 *	T U V	a type variable	  f d i l b   float double int32 int64 bool
 *	?	after a letter: optional	*   variadic (last, homogeneous)
 *
 * Lifecycle.  setup runs once per node and sees attributes and constant inputs;
 * its results go into the zeroed .state bytes at n->state.  run is called for
 * each inference with a copy of the node, and may run twice at once.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxruntime_c_api.h>

/* floor, comparisons and roots become vector code; results do not change */
#pragma GCC optimize("no-math-errno", "no-trapping-math")
float sqrtf(float) __attribute__((const));
double sqrt(double) __attribute__((const));
#define SQRT(x) _Generic((x), float : sqrtf, default : sqrt)(x)

/* ---- types and tensors ---- */

#define MAXRANK 8
#define MAXLOOP 16 /* dimensions of a strided loop */

#define TYPE(NAME) ONNX_TENSOR_ELEMENT_DATA_TYPE_##NAME
#define BIT(NAME) (1u << TYPE(NAME))

/* X(NAME, ctype, F) for each type of a set */
#define EACH_FLOAT(X, F) X(FLOAT, float, F) X(DOUBLE, double, F)
#define EACH_SIGNED(X, F)                                                      \
	X(INT8, int8_t, F)                                                     \
	X(INT16, int16_t, F) X(INT32, int32_t, F) X(INT64, int64_t, F)
#define EACH_UNSIGNED(X, F)                                                    \
	X(UINT8, uint8_t, F)                                                   \
	X(UINT16, uint16_t, F) X(UINT32, uint32_t, F) X(UINT64, uint64_t, F)
#define EACH_INT(X, F) EACH_SIGNED(X, F) EACH_UNSIGNED(X, F)
#define EACH_NUMBER(X, F) EACH_FLOAT(X, F) EACH_INT(X, F)
#define EACH_BOOL(X, F) X(BOOL, bool, F)
#define EACH_WIDE(X, F) /* what arithmetic is commonly done in */              \
	EACH_FLOAT(X, F) X(INT32, int32_t, F) X(INT64, int64_t, F)

#define TYPEBIT(NAME, T, F) | BIT(NAME)
#define SET(EACH) (0u EACH(TYPEBIT, ))
#define FLOATS SET(EACH_FLOAT)
#define NUMBERS SET(EACH_NUMBER)
#define INDEX (BIT(INT32) | BIT(INT64))
/* every type of fixed size, for operators that only move elements */
#define MOVABLE (NUMBERS | BIT(BOOL) | BIT(FLOAT16) | BIT(BFLOAT16))

/* what is below or above all values of a type */
#define LOWEST(T)                                                              \
	_Generic((T)0, float                                                   \
		 : -INFINITY, double                                           \
		 : -INFINITY, int8_t                                           \
		 : INT8_MIN, int16_t                                           \
		 : INT16_MIN, int32_t                                          \
		 : INT32_MIN, int64_t                                          \
		 : INT64_MIN, default : 0)
#define HIGHEST(T)                                                             \
	_Generic((T)0, float                                                   \
		 : INFINITY, double                                            \
		 : INFINITY, int8_t                                            \
		 : INT8_MAX, int16_t                                           \
		 : INT16_MAX, int32_t                                          \
		 : INT32_MAX, int64_t                                          \
		 : INT64_MAX, uint8_t                                          \
		 : UINT8_MAX, uint16_t                                         \
		 : UINT16_MAX, uint32_t                                        \
		 : UINT32_MAX, uint64_t                                        \
		 : UINT64_MAX, bool : 1)

struct tensor {
	int type; /* TYPE(...), 0 if the argument is absent */
	int rank; /* 0 for a scalar */
	int64_t dims[MAXRANK];
	int64_t n;  /* elements */
	void *data; /* NULL if absent; do not write to inputs */
};

static inline size_t
typesize(int type)
{
	switch (type) {
	case TYPE(BOOL):
	case TYPE(INT8):
	case TYPE(UINT8): return 1;
	case TYPE(INT16):
	case TYPE(UINT16):
	case TYPE(FLOAT16):
	case TYPE(BFLOAT16): return 2;
	case TYPE(INT64):
	case TYPE(UINT64):
	case TYPE(DOUBLE): return 8;
	default: return 4;
	}
}

static inline int64_t
min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t
max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* the product of dims[from..to) */
static inline int64_t
product(const int64_t *dims, int from, int to)
{
	int64_t n = 1;

	for (; from < to; from++)
		n *= dims[from];
	return n;
}

/* the element strides of a dense tensor */
static inline void
strides(int rank, const int64_t *dims, int64_t *stride)
{
	int64_t n = 1;

	while (rank-- > 0) {
		stride[rank] = n;
		n *= dims[rank];
	}
}

/* ---- nodes ---- */

struct node {
	const OrtApi *api;
	const OrtKernelInfo *info; /* in setup */
	OrtKernelContext *ctx;	   /* in run */
	size_t nin, nout; /* arguments, absent ones before the last too */
	void *state;
	struct node *self; /* what run's copy was copied from */
	void *scratch;	   /* a buffer that rests between calls */
	size_t scratchsize;
};

struct op {
	const char *name;
	const char *in, *out;		     /* signatures */
	uint32_t T, U, V;		     /* sets of types */
	size_t state;			     /* bytes */
	OrtStatus *(*setup)(struct node *n); /* may be NULL */
	OrtStatus *(*run)(struct node *n);
	void (*cleanup)(void *state); /* may be NULL; frees what setup made */
	/* may be NULL; what only the model's graph tells: an output's type,
	   lists of strings */
	OrtStatus *(*infer)(const OrtApi *api, OrtShapeInferContext *context);
};

static const struct op theop;

#define TRY(e)                                                                 \
	do {                                                                   \
		OrtStatus *try_ = (e);                                         \
		if (try_)                                                      \
			return try_;                                           \
	} while (0)

/* the status of a call that cannot be carried out */
__attribute__((format(printf, 2, 3), cold)) static inline OrtStatus *
fail(const struct node *n, const char *fmt, ...)
{
	char msg[256];
	va_list ap;
	int len;

	len = snprintf(msg, sizeof(msg), "%s: ", theop.name);
	va_start(ap, fmt);
	vsnprintf(msg + len, sizeof(msg) - len, fmt, ap);
	va_end(ap);
	return n->api->CreateStatus(ORT_INVALID_ARGUMENT, msg);
}

static inline bool
failed(const struct node *n, OrtStatus *status)
{
	if (status)
		n->api->ReleaseStatus(status);
	return status != NULL;
}

/* attributes, or the value of their absence */
static inline int64_t
attr_int(const struct node *n, const char *name, int64_t absent)
{
	int64_t v;

	return failed(
		   n, n->api->KernelInfoGetAttribute_int64(n->info, name, &v))
		   ? absent
		   : v;
}

static inline float
attr_float(const struct node *n, const char *name, float absent)
{
	float v;

	return failed(
		   n, n->api->KernelInfoGetAttribute_float(n->info, name, &v))
		   ? absent
		   : v;
}

/* at most max integers; returns how many, -1 if the attribute is absent */
static inline int
attr_ints(const struct node *n, const char *name, int64_t *v, size_t max)
{
	size_t count = max;

	if (failed(n, n->api->KernelInfoGetAttributeArray_int64(
			  n->info, name, v, &count)))
		return -1;
	return (int)count;
}

static inline int
attr_floats(const struct node *n, const char *name, float *v, size_t max)
{
	size_t count = max;

	if (failed(n, n->api->KernelInfoGetAttributeArray_float(
			  n->info, name, v, &count)))
		return -1;
	return (int)count;
}

/* a string of up to size - 1 bytes; absent is copied if there is none */
static inline const char *
attr_string(const struct node *n, const char *name, const char *absent, char *v,
    size_t size)
{
	size_t len = size;

	if (failed(n,
		n->api->KernelInfoGetAttribute_string(n->info, name, v, &len)))
		snprintf(v, size, "%s", absent);
	return v;
}

static inline OrtStatus *
tensor_view(const struct node *n, const OrtValue *value, struct tensor *t)
{
	const OrtApi *api = n->api;
	OrtTensorTypeAndShapeInfo *info;
	ONNXTensorElementDataType type;
	size_t rank;

	TRY(api->GetTensorTypeAndShape(value, &info));
	TRY(api->GetTensorElementType(info, &type));
	TRY(api->GetDimensionsCount(info, &rank));
	if (rank > MAXRANK) {
		api->ReleaseTensorTypeAndShapeInfo(info);
		return fail(n, "rank %zu is over %d", rank, MAXRANK);
	}
	TRY(api->GetDimensions(info, t->dims, rank));
	api->ReleaseTensorTypeAndShapeInfo(info);
	t->type = type;
	t->rank = (int)rank;
	t->n = product(t->dims, 0, t->rank);
	return api->GetTensorMutableData((OrtValue *)value, &t->data);
}

/* the i-th input of a call; an absent one has data NULL and type 0 */
static inline OrtStatus *
input(const struct node *n, size_t i, struct tensor *t)
{
	const OrtValue *value = NULL;

	memset(t, 0, sizeof(*t));
	if (i >= n->nin)
		return NULL;
	TRY(n->api->KernelContext_GetInput(n->ctx, i, &value));
	return value ? tensor_view(n, value, t) : NULL;
}

/* in setup: the i-th input if it is constant; else data is NULL */
static inline OrtStatus *
constant(const struct node *n, size_t i, struct tensor *t)
{
	const OrtValue *value = NULL;
	int is = 0;

	memset(t, 0, sizeof(*t));
	if (i >= n->nin ||
	    failed(n, n->api->KernelInfoGetConstantInput_tensor(
			  n->info, i, &is, &value)) ||
	    !is || !value)
		return NULL;
	return tensor_view(n, value, t);
}

/* in setup: the shape of the i-th input as far as the model states it (unknown
   dimensions are -1); the rank, or -1 */
static inline int
input_shape(const struct node *n, size_t i, int64_t *dims)
{
	OrtTypeInfo *info = NULL;
	const OrtTensorTypeAndShapeInfo *shape = NULL;
	size_t rank = 0;
	bool bad;

	if (i >= n->nin ||
	    failed(n, n->api->KernelInfo_GetInputTypeInfo(n->info, i, &info)))
		return -1;
	bad = failed(n, n->api->CastTypeInfoToTensorInfo(info, &shape)) ||
	      !shape || failed(n, n->api->GetDimensionsCount(shape, &rank)) ||
	      rank > MAXRANK ||
	      failed(n, n->api->GetDimensions(shape, dims, rank));
	n->api->ReleaseTypeInfo(info);
	return bad ? -1 : (int)rank;
}

/* make the i-th output; an absent one has data NULL */
static inline OrtStatus *
output(const struct node *n, size_t i, int rank, const int64_t *dims,
    struct tensor *t)
{
	OrtValue *value = NULL;

	memset(t, 0, sizeof(*t));
	if (i >= n->nout)
		return NULL;
	TRY(n->api->KernelContext_GetOutput(n->ctx, i, dims, rank, &value));
	return value ? tensor_view(n, value, t) : NULL;
}

/* integers of an int32 or int64 tensor; returns how many */
static inline int
integers(const struct tensor *t, int64_t *v, int max)
{
	int i, count = (int)min64(t->n, max);

	for (i = 0; t->data && i < count; i++)
		v[i] = t->type == TYPE(INT32) ? ((const int32_t *)t->data)[i]
					      : ((const int64_t *)t->data)[i];
	return t->data ? count : 0;
}

/*
 * Working memory of a call, aligned to a cache line, kept by the node from call
 * to call.  A second call at the same time gets memory of its own.
 */
static inline void *
scratch_take(struct node *n, size_t size)
{
	n->scratch =
	    __atomic_exchange_n(&n->self->scratch, NULL, __ATOMIC_ACQUIRE);
	n->scratchsize = n->scratch ? *(size_t *)n->scratch : 0;
	if (n->scratchsize < size) {
		free(n->scratch);
		n->scratch = aligned_alloc(64, (size + 127) / 64 * 64);
		if (!n->scratch)
			return NULL;
		*(size_t *)n->scratch = size;
	}
	return (char *)n->scratch + 64;
}

static inline void
scratch_give(struct node *n)
{
	free(__atomic_exchange_n(
	    &n->self->scratch, n->scratch, __ATOMIC_RELEASE));
}

/* an axis counted from the end; -1 if there is no such axis */
static inline int
axis_of(int64_t axis, int rank)
{
	if (axis < 0)
		axis += rank;
	return axis >= 0 && axis < (rank ? rank : 1) ? (int)axis : -1;
}

/* ---- registration ---- */

struct variant {
	OrtCustomOp op;
	int type[3]; /* what T, U and V stand for */
};

/* the n-th argument of a signature */
static inline const char *
argument(const char *s, size_t n)
{
	for (; n > 0; n--)
		s += s[1] == '?' || s[1] == '*' ? 2 : 1;
	return s;
}

static inline size_t
arguments(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s != '?' && *s != '*';
	return n;
}

static inline ONNXTensorElementDataType
argument_type(const OrtCustomOp *op, const char *s, size_t i)
{
	const char *a = argument(s, i);

	switch (*a) {
	case 'f': return TYPE(FLOAT);
	case 'd': return TYPE(DOUBLE);
	case 'i': return TYPE(INT32);
	case 'l': return TYPE(INT64);
	case 'b': return TYPE(BOOL);
	default: return ((const struct variant *)op)->type[*a - 'T'];
	}
}

static inline OrtCustomOpInputOutputCharacteristic
argument_kind(const char *s, size_t i)
{
	switch (argument(s, i)[1]) {
	case '?': return INPUT_OUTPUT_OPTIONAL;
	case '*': return INPUT_OUTPUT_VARIADIC;
	default: return INPUT_OUTPUT_REQUIRED;
	}
}

static inline const char *
op_name(const OrtCustomOp *op)
{
	(void)op;
	return theop.name;
}

static inline const char *
op_provider(const OrtCustomOp *op)
{
	(void)op;
	return NULL;
}

static inline ONNXTensorElementDataType
op_intype(const OrtCustomOp *op, size_t i)
{
	return argument_type(op, theop.in, i);
}

static inline ONNXTensorElementDataType
op_outtype(const OrtCustomOp *op, size_t i)
{
	return argument_type(op, theop.out, i);
}

static inline size_t
op_incount(const OrtCustomOp *op)
{
	(void)op;
	return arguments(theop.in);
}

static inline size_t
op_outcount(const OrtCustomOp *op)
{
	(void)op;
	return arguments(theop.out);
}

static inline OrtCustomOpInputOutputCharacteristic
op_inkind(const OrtCustomOp *op, size_t i)
{
	(void)op;
	return argument_kind(theop.in, i);
}

static inline OrtCustomOpInputOutputCharacteristic
op_outkind(const OrtCustomOp *op, size_t i)
{
	(void)op;
	return argument_kind(theop.out, i);
}

static inline OrtMemType
op_memtype(const OrtCustomOp *op, size_t i)
{
	(void)op;
	(void)i;
	return OrtMemTypeDefault;
}

static inline int
op_one(const OrtCustomOp *op)
{
	(void)op;
	return 1;
}

static inline void
op_destroy(void *kernel)
{
	struct node *n = kernel;

	if (theop.cleanup && n->state)
		theop.cleanup(n->state);
	free(n->scratch);
	free(n->state);
	free(n);
}

static inline OrtStatus *
op_create(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info,
    void **kernel)
{
	struct node *n = calloc(1, sizeof(*n));
	OrtStatus *status = NULL;

	(void)op;
	*kernel = NULL;
	if (!n)
		return api->CreateStatus(ORT_FAIL, "out of memory");
	n->api = api;
	n->info = info;
	n->self = n;
	n->state = calloc(1, theop.state + 1);
	if (!n->state)
		status = fail(n, "out of memory");
	if (!status)
		status = api->KernelInfo_GetInputCount(info, &n->nin);
	if (!status)
		status = api->KernelInfo_GetOutputCount(info, &n->nout);
	if (!status && theop.setup)
		status = theop.setup(n);
	n->info = NULL;
	if (status)
		op_destroy(n);
	else
		*kernel = n;
	return status;
}

static inline OrtStatus *
op_compute(void *kernel, OrtKernelContext *ctx)
{
	struct node call = *(struct node *)kernel;

	call.ctx = ctx;
	return theop.run(&call);
}

static const OrtApi *theapi; /* set when the operator is registered */
static bool inferred;	     /* theop.infer has seen a node since */

static inline OrtStatus *
op_infer(const OrtCustomOp *op, OrtShapeInferContext *context)
{
	(void)op;
	return theop.infer(theapi, context);
}

static inline void
variant_init(struct variant *v, int t, int u, int w)
{
	v->type[0] = t;
	v->type[1] = u;
	v->type[2] = w;
	v->op.version = ORT_API_VERSION;
	v->op.GetName = op_name;
	v->op.GetExecutionProviderType = op_provider;
	v->op.GetInputType = op_intype;
	v->op.GetInputTypeCount = op_incount;
	v->op.GetOutputType = op_outtype;
	v->op.GetOutputTypeCount = op_outcount;
	v->op.GetInputCharacteristic = op_inkind;
	v->op.GetOutputCharacteristic = op_outkind;
	v->op.GetInputMemoryType = op_memtype;
	v->op.GetVariadicInputMinArity = op_one;
	v->op.GetVariadicInputHomogeneity = op_one;
	v->op.GetVariadicOutputMinArity = op_one;
	v->op.GetVariadicOutputHomogeneity = op_one;
	v->op.CreateKernelV2 = op_create;
	v->op.KernelComputeV2 = op_compute;
	v->op.KernelDestroy = op_destroy;
	v->op.GetStartVersion = op_one;
	if (theop.infer)
		v->op.InferOutputShapeFn = op_infer;
}

OrtStatus *RegisterCustomOps(OrtSessionOptions *, const OrtApiBase *);

__attribute__((visibility("default"))) OrtStatus *
RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base)
{
	static struct variant variants[300];
	const OrtApi *api = base->GetApi(21);
	const uint32_t T = theop.T ? theop.T : 1, U = theop.U ? theop.U : 1;
	const uint32_t V = theop.V ? theop.V : 1;
	OrtCustomOpDomain *domain;
	struct variant *v = variants;

	theapi = api;
	inferred = false;
	TRY(api->CreateCustomOpDomain("mkbench", &domain));
	for (int t = 0; t < 32; t++)
		for (int u = 0; T >> t & 1 && u < 32; u++)
			for (int w = 0; U >> u & 1 && w < 32; w++)
				if (V >> w & 1) {
					variant_init(v, t, u, w);
					TRY(api->CustomOpDomain_Add(
					    domain, &v++->op));
				}
	return api->AddCustomOpDomain(options, domain);
}

#endif
