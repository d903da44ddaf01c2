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
 * and outputs; registration; strided loops; mathematics; families of operators
 * (unary, binary, reduction, window, matrix product).
 *
 * Types.  ONNX Runtime fixes a custom operator's types at registration; several
 * operators of one name with different types are overloads of it, and the
 * node's types choose.  So .in and .out are signatures, one letter per argument,
 * and each choice of types from the sets .T, .U and .V is registered as an
 * overload:
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

/* ---- strided loops ---- */

/*
 * A nest of loops over up to four operands, each with an element stride per
 * dimension (0 broadcasts, negative runs backwards).  Dimensions of one are
 * dropped and neighbours that every operand walks evenly become one, so that
 * the innermost loop is as long as it can be.
 */
struct loop {
	int rank, operands;
	int64_t dims[MAXLOOP];
	int64_t step[4][MAXLOOP];
	int64_t at[MAXLOOP]; /* the odometer of the outer dimensions */
	int64_t off[4];	     /* where the innermost loop starts */
	int64_t n;	     /* its length */
};

static inline void
loop_start(struct loop *l)
{
	int i, j, r = 0, k;

	for (i = 0; i < l->rank; i++) {
		if (l->dims[i] == 1)
			continue;
		for (k = 0; r > 0 && k < l->operands; k++)
			if (l->step[k][r - 1] != l->dims[i] * l->step[k][i])
				break;
		if (r > 0 && k == l->operands) {
			l->dims[r - 1] *= l->dims[i];
			for (j = 0; j < l->operands; j++)
				l->step[j][r - 1] = l->step[j][i];
			continue;
		}
		l->dims[r] = l->dims[i];
		for (j = 0; j < l->operands; j++)
			l->step[j][r] = l->step[j][i];
		r++;
	}
	if (r == 0) {
		l->dims[0] = l->rank && l->dims[0] == 0 ? 0 : 1;
		for (j = 0; j < l->operands; j++)
			l->step[j][0] = 1;
		r = 1;
	}
	l->rank = r;
	l->n = l->dims[r - 1];
	memset(l->at, 0, sizeof(l->at));
}

/* go to the next innermost loop; false after the last */
static inline bool
loop_next(struct loop *l)
{
	int i, k;

	for (i = l->rank - 2; i >= 0; i--) {
		for (k = 0; k < l->operands; k++)
			l->off[k] += l->step[k][i];
		if (++l->at[i] < l->dims[i])
			return true;
		for (k = 0; k < l->operands; k++)
			l->off[k] -= l->step[k][i] * l->dims[i];
		l->at[i] = 0;
	}
	return false;
}

/* the dims that a and b broadcast to; false if they do not */
static inline bool
broadcast(struct tensor *y, const struct tensor *x)
{
	int i, rank = y->rank > x->rank ? y->rank : x->rank;
	int64_t a, b;

	for (i = 1; i <= rank; i++) {
		a = i <= y->rank ? y->dims[y->rank - i] : 1;
		b = i <= x->rank ? x->dims[x->rank - i] : 1;
		if (a != b && a != 1 && b != 1)
			return false;
		if (i > y->rank) {
			memmove(
			    y->dims + 1, y->dims, y->rank * sizeof(*y->dims));
			y->rank++;
		}
		y->dims[y->rank - i] = a == 1 ? b : a;
	}
	y->n = product(y->dims, 0, y->rank);
	return true;
}

/* let operand k of a loop over y's dims walk tensor x, broadcast to y */
static inline void
loop_operand(
    struct loop *l, int k, const struct tensor *y, const struct tensor *x)
{
	int64_t s[MAXRANK];
	int i, skip = y->rank - x->rank;

	strides(x->rank, x->dims, s);
	for (i = 0; i < y->rank; i++)
		l->step[k][i] =
		    i < skip || x->dims[i - skip] == 1 ? 0 : s[i - skip];
}

/* a loop over y's dims: operand 0 is y, the others are the n tensors x */
static inline void
loop_broadcast(struct loop *l, const struct tensor *y, int n,
    const struct tensor *const *x)
{
	memset(l, 0, sizeof(*l));
	l->rank = y->rank;
	l->operands = n + 1;
	memcpy(l->dims, y->dims, y->rank * sizeof(*y->dims));
	strides(y->rank, y->dims, l->step[0]);
	for (int k = 0; k < n; k++)
		loop_operand(l, k + 1, y, x[k]);
	loop_start(l);
}

/* an 8 by 8 square of four-byte elements, in registers */
typedef uint32_t oct __attribute__((vector_size(32), aligned(4), may_alias));

static inline void
transpose_square(uint32_t *y, int64_t ys, const uint32_t *x, int64_t xs)
{
	const oct lo = {0, 8, 1, 9, 4, 12, 5, 13};
	const oct hi = {2, 10, 3, 11, 6, 14, 7, 15};
	const oct lo2 = {0, 1, 8, 9, 4, 5, 12, 13};
	const oct hi2 = {2, 3, 10, 11, 6, 7, 14, 15};
	const oct lo4 = {0, 1, 2, 3, 8, 9, 10, 11};
	const oct hi4 = {4, 5, 6, 7, 12, 13, 14, 15};
	oct a[8], b[8];
	int i;

	for (i = 0; i < 8; i++)
		a[i] = *(const oct *)(x + i * xs);
	for (i = 0; i < 8; i += 2) {
		b[i] = __builtin_shuffle(a[i], a[i + 1], lo);
		b[i + 1] = __builtin_shuffle(a[i], a[i + 1], hi);
	}
	for (i = 0; i < 8; i += 4) {
		a[i] = __builtin_shuffle(b[i], b[i + 2], lo2);
		a[i + 1] = __builtin_shuffle(b[i], b[i + 2], hi2);
		a[i + 2] = __builtin_shuffle(b[i + 1], b[i + 3], lo2);
		a[i + 3] = __builtin_shuffle(b[i + 1], b[i + 3], hi2);
	}
	for (i = 0; i < 4; i++) {
		*(oct *)(y + i * ys) = __builtin_shuffle(a[i], a[i + 4], lo4);
		*(oct *)(y + (i + 4) * ys) =
		    __builtin_shuffle(a[i], a[i + 4], hi4);
	}
}

/* y[i * ys + j] = x[i + j * xs] for i < m, j < n */
static inline void
transpose4(uint32_t *restrict y, int64_t ys, const uint32_t *restrict x,
    int64_t xs, int64_t m, int64_t n)
{
	int64_t i = 0, j = 0, k, h;

	if (n == 2 && ys == 2)
		for (; i < m; i++) {
			y[2 * i] = x[i];
			y[2 * i + 1] = x[i + xs];
		}
	if (n == 3 && ys == 3)
		for (; i < m; i++) {
			y[3 * i] = x[i];
			y[3 * i + 1] = x[i + xs];
			y[3 * i + 2] = x[i + 2 * xs];
		}
	/* 64 columns of y at a time keep the lines of x in the cache */
	for (h = i; j < n && h < m; j += 64)
		for (i = h; i < m; i += 8)
			for (k = j; k < min64(n, j + 64); k += 8) {
				if (i + 8 <= m && k + 8 <= n) {
					transpose_square(y + i * ys + k, ys,
					    x + i + k * xs, xs);
					continue;
				}
				for (int64_t u = i; u < min64(i + 8, m); u++)
					for (int64_t v = k; v < min64(k + 8, n);
					     v++)
						y[u * ys + v] = x[u + v * xs];
			}
}

/* the same for elements of other sizes, 16 by 16 */
static inline void
transpose(char *restrict y, int64_t ys, const char *restrict x, int64_t xs,
    int64_t m, int64_t n, size_t size)
{
	int64_t i, j, u, v;

	if (size == 4) {
		transpose4((uint32_t *)y, ys, (const uint32_t *)x, xs, m, n);
		return;
	}
	for (j = 0; j < n; j += 16)
		for (i = 0; i < m; i += 16)
			for (u = i; u < min64(i + 16, m); u++)
				for (v = j; v < min64(j + 16, n); v++) {
					char *to =
					    y + (u * ys + v) * (int64_t)size;
					const char *from =
					    x + (u + v * xs) * (int64_t)size;
					if (size == 8)
						memcpy(to, from, 8);
					else if (size == 2)
						memcpy(to, from, 2);
					else
						*to = *from;
				}
}

/* n elements a step apart, from elements a step apart */
static inline void
move_row(char *restrict y, int64_t ys, const char *restrict x, int64_t xs,
    int64_t n, size_t size)
{
	int64_t i;

#define MOVE_STEP(T, S)                                                        \
	if (ys == 1 && xs == S) {                                              \
		for (i = 0; i < n; i++)                                        \
			d[i] = s[i * S];                                       \
		return;                                                        \
	}
#define MOVE_ROW(T)                                                            \
	if (size == sizeof(T)) {                                               \
		T *restrict d = (T *)y;                                        \
		const T *restrict s = (const T *)x;                            \
		const T v = *s;                                                \
		if (xs == 0 && ys == 1)                                        \
			for (i = 0; i < n; i++)                                \
				d[i] = v;                                      \
		else                                                           \
			for (i = 0; i < n; i++)                                \
				d[i * ys] = s[i * xs];                         \
		return;                                                        \
	}
	if (xs == 1 && ys == 1) {
		memcpy(y, x, n * size);
		return;
	}
	if (size == 4) {
		uint32_t *restrict d = (uint32_t *)y;
		const uint32_t *restrict s = (const uint32_t *)x;
		MOVE_STEP(uint32_t, 2)
		MOVE_STEP(uint32_t, -1)
	}
	MOVE_ROW(uint8_t)
	MOVE_ROW(uint16_t)
	MOVE_ROW(uint32_t)
	MOVE_ROW(uint64_t)
#undef MOVE_ROW
#undef MOVE_STEP
}

/* dimension d of a copy; a repeated block is copied once from the input */
static inline void
move_nest(const struct loop *l, int d, char *y, const char *x, size_t size)
{
	const int64_t n = l->dims[d], wide = (int64_t)size;
	const int64_t ys = l->step[0][d] * wide, xs = l->step[1][d] * wide;
	int64_t i, block;

	if (d == l->rank - 1) {
		move_row(y, l->step[0][d], x, l->step[1][d], n, size);
		return;
	}
	block = product(l->dims, d + 1, l->rank) * wide;
	if (xs == 0 && ys == block && l->step[0][l->rank - 1] == 1) {
		move_nest(l, d + 1, y, x, size);
		for (i = 1; i < n; i++)
			memcpy(y + i * ys, y, block);
		return;
	}
	for (i = 0; i < n; i++)
		move_nest(l, d + 1, y + i * ys, x + i * xs, size);
}

/*
 * Copy elements of any size along a loop not yet started: operand 0 is written,
 * operand 1 read.  Whole runs are copied, and where the two sides run along
 * different dimensions the copy goes by squares.
 */
static inline void
move(struct loop *l, void *dst, const void *src, size_t size)
{
	int64_t m, n, ys, xs;
	int last, p;

	l->operands = 2;
	loop_start(l);
	if (product(l->dims, 0, l->rank) == 0)
		return;
	last = l->rank - 1;
	for (p = last; p >= 0 && l->step[1][p] != 1; p--)
		;
	n = l->dims[last];
	xs = l->step[1][last];
	if (p < 0 || p == last || xs < 2 || l->dims[p] < 4 ||
	    l->step[0][last] != 1) {
		move_nest(l, 0, dst, src, size);
		return;
	}
	m = l->dims[p];
	ys = l->step[0][p];
	l->dims[p] = 1;
	do
		transpose((char *)dst + l->off[0] * (int64_t)size, ys,
		    (const char *)src + l->off[1] * (int64_t)size, xs, m, n,
		    size);
	while (loop_next(l));
}

/* the attribute reduction of the scatter operators */
enum reduction_kind { ASSIGN, ADDED, MULTIPLIED, HIGHER, LOWER };

static inline enum reduction_kind
reduction_kind(const struct node *n)
{
	char v[8];

	attr_string(n, "reduction", "none", v, sizeof(v));
	return strcmp(v, "add") == 0   ? ADDED
	       : strcmp(v, "mul") == 0 ? MULTIPLIED
	       : strcmp(v, "max") == 0 ? HIGHER
	       : strcmp(v, "min") == 0 ? LOWER
				       : ASSIGN;
}

#define REDUCED(T, kind, a, b)                                                 \
	((T)((kind) == ADDED	    ? (a) + (b)                                \
	     : (kind) == MULTIPLIED ? (a) * (b)                                \
	     : (kind) == HIGHER	    ? ((a) > (b) ? (a) : (b))                  \
				    : ((a) < (b) ? (a) : (b))))

/* the i-th of int32 or int64 indices, counted from the end if negative */
static inline int64_t
index_at(const struct tensor *t, int64_t i, int64_t size)
{
	const int64_t v = t->type == TYPE(INT32)
			      ? ((const int32_t *)t->data)[i]
			      : ((const int64_t *)t->data)[i];

	return v < 0 ? v + size : v;
}

/* are all of them below size? */
static inline bool
index_check(const struct tensor *t, int64_t size)
{
	bool bad = false;
	int64_t i, v;

	for (i = 0; i < t->n; i++) {
		v = index_at(t, i, size);
		bad |= v < 0 || v >= size;
	}
	return !bad;
}

/* ---- mathematics ---- */

/*
 * Float functions without branches, so that a loop over them becomes vector
 * code.  Errors are a few units in the last place; the double forms are libm's.
 */
static inline float
float_of(int32_t bits)
{
	float x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

static inline int32_t
bits_of(float x)
{
	int32_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

/* the nearest integer of |x| < 2^22, and in *n */
static inline float
nearest(float x, int32_t *n)
{
	const float magic = 0x1.8p23f;
	float t = x + magic;

	*n = bits_of(t) - bits_of(magic);
	return t - magic;
}

/* e^r - 1 for |r| <= ln(2)/2 */
static inline float
expm1_core(float r)
{
	float p = 1.99178713e-4f;

	p = p * r + 1.39461171e-3f;
	p = p * r + 8.33326534e-3f;
	p = p * r + 4.16662693e-2f;
	p = p * r + 1.66666669e-1f;
	p = p * r + 0.5f;
	return p * (r * r) + r;
}

/* x = n ln(2) + r for x from -88 (below: as that) to 89.5 (above: as that) */
static inline float
exp_reduce(float x, int32_t *n)
{
	float t;

	x = x < -88.0f ? -88.0f : x;
	x = x > 89.5f ? 89.5f : x;
	t = nearest(x * 1.44269504f, n);
	return (x - t * 0.693359375f) - t * -2.12194440e-4f;
}

/* results below 2^-126 are 0 */
static inline float
expf_(float x)
{
	int32_t n;
	float p = expm1_core(exp_reduce(x, &n)) + 1.0f;

	n = n < -126 ? -126 : n;
	return (p + p) * float_of((n + 126) << 23);
}

/* half of it, which is finite for a little longer */
static inline float
exphalf(float x)
{
	int32_t n;
	float p = expm1_core(exp_reduce(x, &n)) + 1.0f;

	n = n < -126 ? -126 : n;
	return p * float_of((n + 126) << 23);
}

static inline float
expm1f_(float x)
{
	int32_t n;
	float p = expm1_core(exp_reduce(x > 89.0f ? 89.0f : x, &n)), h;

	h = float_of((n + 126) << 23); /* 2^n / 2; n < -126 is not reached */
	h = x < -87.0f ? 0.0f : h;
	p = p * h + (h - 0.5f);
	return p + p;
}

/* log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)] */
static inline float
log1p_core(float f)
{
	float p = -7.63442984e-2f, z = f * f;

	p = p * f + 1.27615503e-1f;
	p = p * f - 1.31601951e-1f;
	p = p * f + 1.42017625e-1f;
	p = p * f - 1.66233565e-1f;
	p = p * f + 2.00012267e-1f;
	p = p * f - 2.50008211e-1f;
	p = p * f + 3.33333317e-1f;
	return p * f * z - 0.5f * z;
}

static inline float
logf_(float x)
{
	float big = x < FLT_MIN ? x * 0x1p23f : x;
	int32_t bits = bits_of(big), e = (bits - 0x3f3504f3) >> 23;
	float f = float_of(bits - (e << 23)) - 1.0f;
	float n = (float)e - (x < FLT_MIN ? 23.0f : 0.0f), y;

	y = log1p_core(f) + n * -2.12194440e-4f;
	y = y + f + n * 0.693359375f;
	y = x > FLT_MAX ? x : y;
	y = x == 0.0f ? -INFINITY : y;
	return x >= 0.0f ? y : NAN;
}

static inline float
log1pf_(float x)
{
	float u = 1.0f + x, c = (x - (u - 1.0f)) / u, y = logf_(u);

	c = u > 0.0f ? c : 0.0f;
	return u > FLT_MAX ? y : y + c;
}

/* angles up to this are reduced in float */
#define ANGLE_LIMIT 32768.0f

/* x = q pi/2 + r */
static inline float
angle(float x, int32_t *q)
{
	float t = nearest(x * 0.636619772f, q);

	x = x - t * 1.5703125f;
	x = x - t * 4.83751297e-4f;
	x = x - t * 7.54953362e-8f;
	return x - t * 2.56334406e-12f;
}

static inline float
sin_core(float r)
{
	float z = r * r, p = 2.71756441e-6f;

	p = p * z - 1.98392566e-4f;
	p = p * z + 8.33332914e-3f;
	p = p * z - 1.66666666e-1f;
	return p * z * r + r;
}

static inline float
cos_core(float r)
{
	float z = r * r, p = -2.72033028e-7f;

	p = p * z + 2.47994364e-5f;
	p = p * z - 1.38888834e-3f;
	p = p * z + 4.16666666e-2f;
	return p * z * z + (1.0f - 0.5f * z);
}

static inline float
sinf_(float x)
{
	int32_t q;
	float r = angle(x, &q), s = sin_core(r), c = cos_core(r);

	return float_of(bits_of(q & 1 ? c : s) ^ (q & 2) << 30);
}

static inline float
cosf_(float x)
{
	int32_t q;
	float r = angle(x, &q), s = sin_core(r), c = cos_core(r);

	return float_of(bits_of(q & 1 ? s : c) ^ ((q + 1) & 2) << 30);
}

static inline float
tanf_(float x)
{
	int32_t q;
	float r = angle(x, &q), z = r * r, p = 9.67652434e-3f, t;

	p = p * z + 2.61699054e-3f;
	p = p * z + 2.47520354e-2f;
	p = p * z + 5.33181951e-2f;
	p = p * z + 1.33399677e-1f;
	p = p * z + 3.33331095e-1f;
	t = p * z * r + r;
	return q & 1 ? -1.0f / t : t;
}

/* asin(x) for |x| <= 1/2 */
static inline float
asin_core(float x)
{
	float z = x * x, p = 4.223053e-2f;

	p = p * z + 2.41409979e-2f;
	p = p * z + 4.54783417e-2f;
	p = p * z + 7.49523267e-2f;
	p = p * z + 1.66667541e-1f;
	return p * z * x + x;
}

static inline float
asinf_(float x)
{
	float a = fabsf(x), h = sqrtf(0.5f - 0.5f * a);
	float p = asin_core(a > 0.5f ? h : a);

	return copysignf(a > 0.5f ? 1.57079633f - 2.0f * p : p, x);
}

static inline float
acosf_(float x)
{
	float a = fabsf(x), h = sqrtf(0.5f - 0.5f * a);
	float p = asin_core(a > 0.5f ? h : x);
	float big = x < 0.0f ? 3.14159265f - 2.0f * p : 2.0f * p;

	return a > 0.5f ? big : 1.57079633f - p;
}

static inline float
atanf_(float x)
{
	float a = fabsf(x), t = a > 1.0f ? 1.0f / a : a, z = t * t;
	float p = -1.82718464e-3f;

	p = p * z + 1.1064315e-2f;
	p = p * z - 3.1455469e-2f;
	p = p * z + 5.823432e-2f;
	p = p * z - 8.41944596e-2f;
	p = p * z + 1.09575719e-1f;
	p = p * z - 1.42652446e-1f;
	p = p * z + 1.99986386e-1f;
	p = p * z - 3.33333019e-1f;
	p = p * z * t + t;
	return copysignf(a > 1.0f ? 1.57079633f - p : p, x);
}

static inline float
sinhf_(float x)
{
	float a = fabsf(x), m = expm1f_(a > 1.0f ? 0.0f : a);
	float e = exphalf(a);

	m = 0.5f * (m + m / (m + 1.0f));
	return copysignf(a > 1.0f ? e - 0.25f / e : m, x);
}

static inline float
coshf_(float x)
{
	float e = exphalf(fabsf(x));

	return e + 0.25f / e;
}

static inline float
tanhf_(float x)
{
	float t = x > 9.0f ? 9.0f : x, z, p, q;

	t = t < -9.0f ? -9.0f : t;
	z = t * t;
	p = -1.22462194e-11f;
	p = p * z + 3.06424868e-8f;
	p = p * z + 2.80312921e-5f;
	p = p * z + 3.869507e-3f;
	p = p * z + 1.36808556e-1f;
	p = p * z + 1.0f;
	q = 1.28903384e-6f;
	q = q * z + 3.94071168e-4f;
	q = q * z + 2.72501529e-2f;
	q = q * z + 4.70141877e-1f;
	q = q * z + 1.0f;
	return t * p / q;
}

static inline float
asinhf_(float x)
{
	float a = fabsf(x), s = a > 1e4f ? 1.0f : a, z = s * s;
	float y = log1pf_(s + z / (1.0f + sqrtf(z + 1.0f)));

	return copysignf(a > 1e4f ? logf_(a) + 0.693147181f : y, x);
}

static inline float
acoshf_(float x)
{
	float t = (x > 1e4f ? 1.0f : x) - 1.0f;
	float y = log1pf_(t + sqrtf(2.0f * t + t * t));

	return x > 1e4f ? logf_(x) + 0.693147181f : y;
}

static inline float
atanhf_(float x)
{
	float a = fabsf(x);

	return copysignf(0.5f * log1pf_(2.0f * a / (1.0f - a)), x);
}

static inline float
erff_(float x)
{
	float t = x > 3.93f ? 3.93f : x, z, p, q;

	t = t < -3.93f ? -3.93f : t;
	z = t * t;
	p = 2.03630937e-6f;
	p = p * z + 2.84762389e-4f;
	p = p * z + 3.78955256e-3f;
	p = p * z + 5.28198987e-2f;
	p = p * z + 1.91051231e-1f;
	p = p * z + 1.12837914f;
	q = 3.79431928e-5f;
	q = q * z + 1.1671258e-3f;
	q = q * z + 1.5017507e-2f;
	q = q * z + 1.14362829e-1f;
	q = q * z + 5.02647449e-1f;
	q = q * z + 1.0f;
	return t * p / q;
}

/* x to the power of y, the logarithm in double so that large powers hold */
static inline float
powf_(float x, float y)
{
	float a = fabsf(x), r = rintf(y), big = a < FLT_MIN ? a * 0x1p23f : a;
	int32_t bits = bits_of(big), e = (bits - 0x3f3504f3) >> 23;
	float f = float_of(bits - (e << 23)) - 1.0f, w = f / (2.0f + f);
	float n = (float)e - (a < FLT_MIN ? 23.0f : 0.0f), p;
	double z = (double)f / (2.0 + (double)f), l, t;
	bool odd = r == y && 2.0f * rintf(0.5f * y) != y;

	w = w * w;
	p = 0.2406f * w + 0.28549f;
	p = p * w + 0.4000003f;
	l = z * (2.0 + (double)w * (0.66666666667 + (double)(p * w)));
	t = (double)y * (l + (double)n * 0.69314718055994531);
	t = t > 89.0 ? 89.0 : t;
	t = t < -104.0 ? -104.0 : t;
	p = expf_((float)t);
	p = p + p * (float)(t - (double)(float)t);
	p = a == 0.0f ? (y > 0.0f ? 0.0f : INFINITY) : p;
	p = a > FLT_MAX ? (y > 0.0f ? a : 0.0f) : p;
	p = fabsf(y) > FLT_MAX && a != 1.0f
		? ((a > 1.0f) == (y > 0.0f) ? INFINITY : 0.0f)
		: p;
	p = x < 0.0f || bits_of(x) < 0 ? (odd ? -p : p) : p;
	p = x < 0.0f && r != y ? NAN : p;
	p = x != x || y != y ? x + y : p;
	return y == 0.0f || x == 1.0f ? 1.0f : p;
}

static inline float
sigmoidf_(float x)
{
	return 1.0f / (1.0f + expf_(-x));
}

static inline double
sigmoid_(double x)
{
	return 1.0 / (1.0 + exp(-x));
}

/* MATH(exp, x): the float or the double function, by the type of x */
#define MATH(f, x) _Generic((x), float : f##f_, default : f)(x)
#define SQRT(x) _Generic((x), float : sqrtf, default : sqrt)(x)
#define SIGMOID(x) _Generic((x), float : sigmoidf_, default : sigmoid_)(x)

/* ---- family: y = F(x), element by element ---- */

/* numbers of the node's attributes, for F as a and b */
struct numbers {
	float a, b;
};

#define UNARY_CASE(NAME, T, F)                                                 \
	case TYPE(NAME): {                                                     \
		const T *restrict x = in.data;                                 \
		T *restrict y = out.data;                                      \
		const T a = (T)s->a, b = (T)s->b;                              \
		/* stores of bytes could change in.n */                        \
		const int64_t count = in.n;                                    \
		for (int64_t i = 0; i < count; i++)                            \
			y[i] = F(T, x[i]);                                     \
		(void)a;                                                       \
		(void)b;                                                       \
		break;                                                         \
	}

/* F(T, x) may use attributes of these names as a and b */
#define UNARY_ATTR(OP, EACH, F, A, ADEFAULT, B, BDEFAULT)                      \
	static OrtStatus *setup(struct node *n)                                \
	{                                                                      \
		struct numbers *s = n->state;                                  \
                                                                               \
		s->a = attr_float(n, A, ADEFAULT);                             \
		s->b = attr_float(n, B, BDEFAULT);                             \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static OrtStatus *run(struct node *n)                                  \
	{                                                                      \
		const struct numbers *s = n->state;                            \
		struct tensor in, out;                                         \
                                                                               \
		TRY(input(n, 0, &in));                                         \
		TRY(output(n, 0, in.rank, in.dims, &out));                     \
		switch (in.type) {                                             \
			EACH(UNARY_CASE, F)                                    \
		}                                                              \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static const struct op theop = {.name = OP,                            \
	    .in = "T",                                                         \
	    .out = "T",                                                        \
	    .T = SET(EACH),                                                    \
	    .state = sizeof(struct numbers),                                   \
	    .setup = setup,                                                    \
	    .run = run}

#define UNARY(OP, EACH, F) UNARY_ATTR(OP, EACH, F, "", 0, "", 0)

/* functions of angles: FAST for runs of moderate ones, else libm's SLOW */
#define UNARY_ANGLE(OP, FAST, SLOW, SLOWD)                                     \
	static OrtStatus *run(struct node *n)                                  \
	{                                                                      \
		struct tensor in, out;                                         \
		int64_t i, j, end;                                             \
                                                                               \
		TRY(input(n, 0, &in));                                         \
		TRY(output(n, 0, in.rank, in.dims, &out));                     \
		const double *restrict xd = in.data;                           \
		double *restrict yd = out.data;                                \
		const float *restrict x = in.data;                             \
		float *restrict y = out.data;                                  \
		for (i = 0; in.type == TYPE(DOUBLE) && i < in.n; i++)          \
			yd[i] = SLOWD(xd[i]);                                  \
		for (; i < in.n; i = end) {                                    \
			int32_t large = 0;                                     \
			end = min64(in.n, i + 1024);                           \
			for (j = i; j < end; j++)                              \
				large |= !(fabsf(x[j]) < ANGLE_LIMIT);         \
			if (large)                                             \
				for (j = i; j < end; j++)                      \
					y[j] = SLOW(x[j]);                     \
			else                                                   \
				for (j = i; j < end; j++)                      \
					y[j] = FAST(x[j]);                     \
		}                                                              \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static const struct op theop = {                                       \
	    .name = OP, .in = "T", .out = "T", .T = FLOATS, .run = run}

/* ---- family: z = F(x, y), broadcast ---- */

/* the rows of loop l: R *z from T *x and *y, whose innermost step is 0 or 1 */
#define BINARY_ROWS(R, T, F, zdata, xdata, ydata)                              \
	do {                                                                   \
		const int64_t wide = l.n;                                      \
		R *restrict z = (R *)(zdata) + l.off[0];                       \
		const T *x = (const T *)(xdata) + l.off[1];                    \
		const T *y = (const T *)(ydata) + l.off[2];                    \
		if (!l.step[1][l.rank - 1]) {                                  \
			const T v = *x;                                        \
			for (int64_t i = 0; i < wide; i++)                     \
				z[i] = F(T, v, y[i]);                          \
		} else if (!l.step[2][l.rank - 1]) {                           \
			const T v = *y;                                        \
			(void)v;                                               \
			for (int64_t i = 0; i < wide; i++)                     \
				z[i] = F(T, x[i], v);                          \
		} else                                                         \
			for (int64_t i = 0; i < wide; i++)                     \
				z[i] = F(T, x[i], y[i]);                       \
	} while (loop_next(&l));

#define BINARY_CASE(NAME, T, F)                                                \
	case TYPE(NAME):                                                       \
		BINARY_ROWS(T, T, F, c.data, a.data, b.data)                   \
		break;

#define COMPARE_CASE(NAME, T, F)                                               \
	case TYPE(NAME): BINARY_ROWS(bool, T, F, c.data, a.data, b.data) break;

/* make c the broadcast output of inputs a and b, and a loop over all three */
static inline OrtStatus *
binary_start(struct node *n, struct tensor *a, struct tensor *b,
    struct tensor *c, struct loop *l)
{
	struct tensor shape;

	TRY(input(n, 0, a));
	TRY(input(n, 1, b));
	shape = *a;
	if (!broadcast(&shape, b))
		return fail(n, "shapes do not broadcast");
	TRY(output(n, 0, shape.rank, shape.dims, c));
	loop_broadcast(l, c, 2, (const struct tensor *[]){a, b});
	return NULL;
}

#define BINARY_OP(OP, EACH, F, CASE, OUT, TYPES, KEY)                          \
	static OrtStatus *run(struct node *n)                                  \
	{                                                                      \
		struct tensor a, b, c;                                         \
		struct loop l;                                                 \
                                                                               \
		TRY(binary_start(n, &a, &b, &c, &l));                          \
		if (c.n > 0)                                                   \
			switch (KEY(a.type)) {                                 \
				EACH(CASE, F)                                  \
			}                                                      \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static const struct op theop = {                                       \
	    .name = OP, .in = "TT", .out = OUT, .T = TYPES, .run = run}

#define BINARY(OP, EACH, F)                                                    \
	BINARY_OP(OP, EACH, F, BINARY_CASE, "T", SET(EACH), )
#define COMPARE(OP, EACH, F)                                                   \
	BINARY_OP(OP, EACH, F, COMPARE_CASE, "b", SET(EACH), )
/* F on bits: signed types go as unsigned ones */
#define BITWISE(OP, F)                                                         \
	BINARY_OP(OP, EACH_UNSIGNED, F, BINARY_CASE, "T", SET(EACH_INT),       \
	    unsigned_type)

static inline int
unsigned_type(int type)
{
	switch (type) {
	case TYPE(INT8): return TYPE(UINT8);
	case TYPE(INT16): return TYPE(UINT16);
	case TYPE(INT32): return TYPE(UINT32);
	case TYPE(INT64): return TYPE(UINT64);
	default: return type;
	}
}

/* ---- family: reductions ---- */

struct reduce {
	bool keepdims, noop;
	int naxes; /* axes of the attribute, -1: they are an input or all */
	int64_t axes[MAXRANK];
};

/*
 * What is kept and what is reduced, as loops over the input: operand 0 of kept
 * walks the output, operand 1 the input; operand 0 of cut walks the input.
 */
struct reduction {
	struct loop kept, cut;
	int64_t count; /* elements per output */
	bool rows;     /* the reduced elements lie side by side */
};

static inline OrtStatus *
reduce_setup(struct node *n)
{
	struct reduce *s = n->state;

	s->keepdims = attr_int(n, "keepdims", 1);
	s->noop = attr_int(n, "noop_with_empty_axes", 0);
	s->naxes = attr_ints(n, "axes", s->axes, MAXRANK);
	return NULL;
}

/* plan the reduction of x over the axes of a mask, in given strides */
static inline void
reduction_plan(struct reduction *r, const struct tensor *x, unsigned mask)
{
	int64_t s[MAXRANK], y = 1;
	struct loop *k = &r->kept, *c = &r->cut;
	int i;

	memset(r, 0, sizeof(*r));
	k->operands = 2;
	c->operands = 1;
	strides(x->rank, x->dims, s);
	for (i = 0; i < x->rank; i++) {
		struct loop *l = mask >> i & 1 ? c : k;
		l->dims[l->rank] = x->dims[i];
		l->step[l == k][l->rank++] = s[i];
	}
	for (i = k->rank - 1; i >= 0; i--) {
		k->step[0][i] = y;
		y *= k->dims[i];
	}
	r->count = product(c->dims, 0, c->rank);
	loop_start(k);
	loop_start(c);
	r->rows = c->n > 1 && c->step[0][c->rank - 1] == 1;
	if (r->rows) { /* all kept dimensions become outer ones */
		k->dims[k->rank] = k->n = 1;
		k->step[0][k->rank] = k->step[1][k->rank] = 0;
		k->rank++;
	}
}

/* the inputs, the output and the plan of a Reduce operator */
static inline OrtStatus *
reduce_start(
    struct node *n, struct tensor *x, struct tensor *y, struct reduction *r)
{
	const struct reduce *s = n->state;
	struct tensor axes;
	int64_t v[MAXRANK], dims[MAXRANK];
	int i, a, count, rank = 0;
	unsigned mask = 0;

	TRY(input(n, 0, x));
	TRY(input(n, 1, &axes));
	memcpy(v, s->axes, sizeof(v));
	count = s->naxes >= 0 ? s->naxes : integers(&axes, v, MAXRANK);
	for (i = 0; i < count; i++) {
		a = axis_of(v[i], x->rank);
		if (a < 0)
			return fail(
			    n, "axis %d of rank %d", (int)v[i], x->rank);
		mask |= 1u << a;
	}
	if (count <= 0 && !s->noop)
		mask = ~0u;
	for (i = 0; i < x->rank; i++)
		if (!(mask >> i & 1))
			dims[rank++] = x->dims[i];
		else if (s->keepdims)
			dims[rank++] = 1;
	TRY(output(n, 0, rank, dims, y));
	reduction_plan(r, x, mask);
	return NULL;
}

/*
 * JOIN(T, a, b) of MAP(T, x) over a row of n, in lanes of their own so that the
 * loop becomes vector code.
 */
#define REDUCE_ROW(NAME, T, INIT, MAP, JOIN)                                   \
	static __attribute__((noinline)) T NAME##_row(const T *x, int64_t n)   \
	{                                                                      \
		enum { L = 32 };                                               \
		T acc[L];                                                      \
		int64_t i, j;                                                  \
                                                                               \
		if (n < 8) {                                                   \
			acc[0] = INIT(T);                                      \
			for (i = 0; i < n; i++)                                \
				acc[0] = JOIN(T, acc[0], MAP(T, x[i]));        \
			return acc[0];                                         \
		}                                                              \
		for (j = 0; j < L; j++)                                        \
			acc[j] = INIT(T);                                      \
		for (i = 0; i + L <= n; i += L)                                \
			for (j = 0; j < L; j++)                                \
				acc[j] = JOIN(T, acc[j], MAP(T, x[i + j]));    \
		for (; i + 8 <= n; i += 8)                                     \
			for (j = 0; j < 8; j++)                                \
				acc[j] = JOIN(T, acc[j], MAP(T, x[i + j]));    \
		for (j = 0; i + j < n; j++)                                    \
			acc[j] = JOIN(T, acc[j], MAP(T, x[i + j]));            \
		for (j = 0; j < 8; j++) {                                      \
			const T a = JOIN(T, acc[j], acc[j + 8]);               \
			const T b = JOIN(T, acc[j + 16], acc[j + 24]);         \
			acc[j] = JOIN(T, a, b);                                \
		}                                                              \
		for (j = 0; j < 4; j++)                                        \
			acc[j] = JOIN(T, acc[j], acc[j + 4]);                  \
		acc[0] = JOIN(T, acc[0], acc[2]);                              \
		acc[1] = JOIN(T, acc[1], acc[3]);                              \
		return JOIN(T, acc[0], acc[1]);                                \
	}

/* the same over m rows, a step apart, of n columns each, into acc */
#define REDUCE_COLUMNS(NAME, T, MAP, JOIN)                                     \
	static __attribute__((noinline)) void NAME##_columns(                  \
	    T *restrict acc, const T *x, int64_t step, int64_t m, int64_t n)   \
	{                                                                      \
		int64_t i, j;                                                  \
                                                                               \
		for (i = 0; i + 4 <= m; i += 4, x += 4 * step)                 \
			for (j = 0; j < n; j++) {                              \
				T a = JOIN(                                    \
				    T, MAP(T, x[j]), MAP(T, x[step + j]));     \
				T b = JOIN(T, MAP(T, x[2 * step + j]),         \
				    MAP(T, x[3 * step + j]));                  \
				acc[j] = JOIN(T, acc[j], JOIN(T, a, b));       \
			}                                                      \
		for (; i < m; i++, x += step)                                  \
			for (j = 0; j < n; j++)                                \
				acc[j] = JOIN(T, acc[j], MAP(T, x[j]));        \
	}

#define REDUCE_TYPE(NAME, T, F)                                                \
	REDUCE_ROW(reduce_##T, T, F##_INIT, F##_MAP, F##_JOIN)                 \
	REDUCE_COLUMNS(reduce_##T, T, F##_MAP, F##_JOIN)                       \
	static void run_##T(struct reduction *r, T *y, const T *x)             \
	{                                                                      \
		struct loop *k = &r->kept, *c = &r->cut;                       \
		const double count = (double)r->count;                         \
		const int last = c->rank - 1;                                  \
                                                                               \
		(void)count;                                                   \
		do {                                                           \
			T *out = y + k->off[0];                                \
			const T *in = x + k->off[1];                           \
			for (int64_t j = 0; j < k->n; j++)                     \
				out[j] = F##_INIT(T);                          \
			do {                                                   \
				if (r->rows)                                   \
					*out = F##_JOIN(T, *out,               \
					    reduce_##T##_row(                  \
						in + c->off[0], c->n));        \
				else                                           \
					reduce_##T##_columns(out,              \
					    in + c->off[0], c->step[0][last],  \
					    c->n, k->n);                       \
			} while (loop_next(c));                                \
			for (int64_t j = 0; j < k->n; j++)                     \
				out[j] = F##_DONE(T, out[j]);                  \
		} while (loop_next(k));                                        \
	}

#define REDUCE_CASE(NAME, T, F)                                                \
	case TYPE(NAME): run_##T(&r, y.data, x.data); break;

/* a Reduce operator from macros F_INIT(T), F_MAP(T, x), F_JOIN(T, a, b) and
   F_DONE(T, a), which may use count */
#define REDUCE(OP, EACH, F)                                                    \
	EACH(REDUCE_TYPE, F)                                                   \
	static OrtStatus *run(struct node *n)                                  \
	{                                                                      \
		struct tensor x, y;                                            \
		struct reduction r;                                            \
                                                                               \
		TRY(reduce_start(n, &x, &y, &r));                              \
		if (y.n > 0)                                                   \
			switch (x.type) {                                      \
				EACH(REDUCE_CASE, F)                           \
			}                                                      \
		return NULL;                                                   \
	}                                                                      \
                                                                               \
	static const struct op theop = {.name = OP,                            \
	    .in = "Tl?",                                                       \
	    .out = "T",                                                        \
	    .T = SET(EACH),                                                    \
	    .state = sizeof(struct reduce),                                    \
	    .setup = reduce_setup,                                             \
	    .run = run}

#define SUM_INIT(T) ((T)0)
#define SUM_JOIN(T, a, b) ((T)((a) + (b)))
#define MAX_JOIN(T, a, b) ((a) > (b) ? (a) : (b))
#define MIN_JOIN(T, a, b) ((a) < (b) ? (a) : (b))
#define SAME(T, x) (x)

/*
 * NAME(x, n, &mean, &variance) of a run of floats, the second pass around the
 * mean, so that an offset costs no digits.
 */
#define MOMENTS(NAME)                                                          \
	REDUCE_ROW(NAME##_total, float, SUM_INIT, SAME, SUM_JOIN)              \
	static void NAME(                                                      \
	    const float *x, int64_t n, float *mean, float *variance)           \
	{                                                                      \
		const float m = NAME##_total_row(x, n) / (float)n;             \
		float acc[64] = {0}, d;                                        \
		int64_t i, j;                                                  \
                                                                               \
		for (i = 0; i + 64 <= n; i += 64)                              \
			for (j = 0; j < 64; j++) {                             \
				d = x[i + j] - m;                              \
				acc[j] += d * d;                               \
			}                                                      \
		for (j = 0; i + j < n; j++) {                                  \
			d = x[i + j] - m;                                      \
			acc[j] += d * d;                                       \
		}                                                              \
		*mean = m;                                                     \
		*variance = NAME##_total_row(acc, 64) / (float)n;              \
	}

/* ---- family: windows (pooling, convolution) ---- */

/*
 * The sliding window of a node, its spatial dimensions made three by leading
 * ones.  window_setup reads the attributes, window_fit adds the sizes of a
 * call.
 */
struct window {
	int rank;    /* spatial dimensions, 0 if not yet known */
	int autopad; /* 'N', 'V', 'U' or 'L' as in auto_pad */
	bool ceil;
	int64_t size[3]; /* kernel_shape */
	int64_t stride[3], dilation[3];
	int64_t head[3], tail[3]; /* pads */
	int64_t in[3], out[3];
};

static inline void
window_three(
    const int64_t *from, int count, int rank, int64_t absent, int64_t *to)
{
	for (int i = 0; i < 3; i++)
		to[i] = i < 3 - rank || count < rank ? absent
						     : from[i - (3 - rank)];
}

/* the attributes; shape is the kernel's where kernel_shape is absent, or NULL
 */
static inline OrtStatus *
window_setup(struct node *n, struct window *w, int rank, const int64_t *shape)
{
	int64_t v[2 * MAXRANK];
	char pad[16];
	int count;

	memset(w, 0, sizeof(*w));
	count = attr_ints(n, "kernel_shape", v, 2 * MAXRANK);
	if (count > 0)
		rank = count;
	else if (shape)
		memcpy(v, shape, rank * sizeof(*v));
	if (rank < 1 || rank > 3)
		return fail(n, "%d spatial dimensions", rank);
	w->rank = rank;
	window_three(v, rank, rank, 1, w->size);
	count = attr_ints(n, "strides", v, 2 * MAXRANK);
	window_three(v, count, rank, 1, w->stride);
	count = attr_ints(n, "dilations", v, 2 * MAXRANK);
	window_three(v, count, rank, 1, w->dilation);
	count = attr_ints(n, "pads", v, 2 * MAXRANK);
	window_three(v, count / 2, rank, 0, w->head);
	window_three(v + rank, count / 2, rank, 0, w->tail);
	attr_string(n, "auto_pad", "NOTSET", pad, sizeof(pad));
	w->autopad = strncmp(pad, "SAME_", 5) == 0 ? pad[5] : pad[0];
	w->ceil = attr_int(n, "ceil_mode", 0);
	return NULL;
}

/* the sizes of input x of layout N, C, spatial; dims gets the output's shape */
static inline OrtStatus *
window_fit(
    struct node *n, struct window *w, const struct tensor *x, int64_t *dims)
{
	int64_t reach, room, pad;
	int i;

	if (x->rank != w->rank + 2)
		return fail(n, "rank %d, window of %d", x->rank, w->rank);
	window_three(x->dims + 2, w->rank, w->rank, 1, w->in);
	for (i = 0; i < 3; i++) {
		reach = (w->size[i] - 1) * w->dilation[i] + 1;
		if (w->autopad == 'V')
			w->head[i] = w->tail[i] = 0;
		if (w->autopad == 'U' || w->autopad == 'L') {
			w->out[i] = (w->in[i] - 1) / w->stride[i] + 1;
			pad = max64(0,
			    (w->out[i] - 1) * w->stride[i] + reach - w->in[i]);
			w->head[i] = (pad + (w->autopad == 'L')) / 2;
			w->tail[i] = pad - w->head[i];
			continue;
		}
		room = w->in[i] + w->head[i] + w->tail[i] - reach;
		w->out[i] = room < 0 ? 0 : room / w->stride[i] + 1;
		if (w->ceil && room >= 0 && room % w->stride[i] &&
		    w->out[i] * w->stride[i] < w->in[i] + w->head[i])
			w->out[i]++;
	}
	memcpy(dims, x->dims, 2 * sizeof(*dims));
	for (i = 0; i < w->rank; i++)
		dims[2 + i] = w->out[3 - w->rank + i];
	return NULL;
}

/*
 * The input of one window family, laid out so that what neighbouring outputs
 * read through one tap of the window lies side by side: padded, and each line
 * split into as many phases as the stride is long.
 */
struct lines {
	int64_t depth, height; /* padded lines */
	int64_t phase, line;   /* elements of a phase, of a line */
	int64_t plane;	       /* elements of a channel */
	bool direct;	       /* nothing to do: the input is laid out so */
};

static inline void
lines_plan(struct lines *l, const struct window *w)
{
	int64_t s = w->stride[2], need[3];
	int i;

	for (i = 0; i < 3; i++)
		need[i] = max64(w->in[i] + w->head[i],
		    (w->out[i] - 1) * w->stride[i] +
			(w->size[i] - 1) * w->dilation[i] + 1);
	l->depth = need[0];
	l->height = need[1];
	l->phase = (need[2] + s - 1) / s;
	l->line = l->phase * s;
	l->direct = s == 1 && need[0] == w->in[0] && need[1] == w->in[1] &&
		    need[2] == w->in[2];
	l->plane = l->depth * l->height * l->line;
}

/* lay out one channel in a plane that was zero or laid out before */
static inline void
lines_fill(const struct lines *l, const struct window *w,
    const float *restrict x, float *restrict y)
{
	const int64_t s = w->stride[2], width = w->in[2], head = w->head[2];
	int64_t d, h, i, p, first, count;

	for (d = 0; d < w->in[0]; d++)
		for (h = 0; h < w->in[1]; h++, x += width) {
			float *line = y + ((d + w->head[0]) * l->height + h +
					      w->head[1]) *
					      l->line;
			for (p = 0; p < s; p++) {
				first = ((p - head) % s + s) % s;
				count = max64(0, (width - first + s - 1) / s);
				float *to =
				    line + p * l->phase + (first + head) / s;
				if (s == 1)
					memcpy(to, x, width * sizeof(*x));
				else if (s == 2)
					for (i = 0; i < count; i++)
						to[i] = x[first + 2 * i];
				else
					for (i = 0; i < count; i++)
						to[i] = x[first + s * i];
			}
		}
}

/* where tap (d, h, i) of the window reads, relative to its output's place */
static inline int64_t
lines_tap(const struct lines *l, const struct window *w, int64_t d, int64_t h,
    int64_t i)
{
	int64_t at = i * w->dilation[2];

	return (d * w->dilation[0] * l->height + h * w->dilation[1]) * l->line +
	       at % w->stride[2] * l->phase + at / w->stride[2];
}

/* where output (d, h, 0) reads through tap (0, 0, 0) */
static inline int64_t
lines_place(const struct lines *l, const struct window *w, int64_t d, int64_t h)
{
	return (d * w->stride[0] * l->height + h * w->stride[1]) * l->line;
}

/*
 * NAME pools one channel: down the lines into a padded line, whose phases are
 * set apart if the stride is not 1, then along it.  room has pool_room floats.
 */
static inline int64_t
pool_phase(const struct window *w)
{
	const int64_t need = max64(
	    w->in[2] + w->head[2], (w->out[2] - 1) * w->stride[2] +
				       (w->size[2] - 1) * w->dilation[2] + 1);

	return (need + w->stride[2] - 1) / w->stride[2];
}

static inline int64_t
pool_room(const struct window *w)
{
	return 2 * pool_phase(w) * w->stride[2];
}

/* the input line of output (d, h) under tap t, or NULL outside */
static inline const float *
pool_line(
    const struct window *w, const float *x, int64_t d, int64_t h, int64_t t)
{
	const int64_t a =
	    d * w->stride[0] - w->head[0] + t / w->size[1] * w->dilation[0];
	const int64_t b =
	    h * w->stride[1] - w->head[1] + t % w->size[1] * w->dilation[1];

	return a < 0 || a >= w->in[0] || b < 0 || b >= w->in[1]
		   ? NULL
		   : x + (a * w->in[1] + b) * w->in[2];
}

/* split[p * phase + i] = line[i * s + p] */
static inline void
pool_split(
    float *restrict split, const float *restrict line, int64_t phase, int64_t s)
{
	int64_t i, p;

	if (s == 2)
		for (i = 0; i < phase; i++) {
			split[i] = line[2 * i];
			split[phase + i] = line[2 * i + 1];
		}
	else
		for (p = 0; p < s; p++)
			for (i = 0; i < phase; i++)
				split[p * phase + i] = line[i * s + p];
}

#define POOL(NAME, INIT, JOIN)                                                 \
	static void NAME##_two(float *y, const float *a, const float *b,       \
	    const float *c, int64_t n)                                         \
	{                                                                      \
		int64_t i;                                                     \
                                                                               \
		if (c)                                                         \
			for (i = 0; i < n; i++) {                              \
				const float v = JOIN(float, a[i], b[i]);       \
				y[i] = JOIN(float, v, c[i]);                   \
			}                                                      \
		else                                                           \
			for (i = 0; i < n; i++)                                \
				y[i] = JOIN(float, a[i], b[i]);                \
	}                                                                      \
                                                                               \
	/* y = JOIN of k runs of n, NULL ones left out; any says if y holds    \
	   something already */                                                \
	static void NAME##_add(                                                \
	    float *y, const float **run, int *runs, bool *any, int64_t n)      \
	{                                                                      \
		int i = 0;                                                     \
                                                                               \
		if (!*any && *runs == 1)                                       \
			memcpy(y, run[i++], n * sizeof(*y));                   \
		else if (!*any && *runs > 1) {                                 \
			NAME##_two(                                            \
			    y, run[0], run[1], *runs > 2 ? run[2] : NULL, n);  \
			i = *runs > 2 ? 3 : 2;                                 \
		}                                                              \
		for (; i < *runs; i += 2)                                      \
			NAME##_two(y, y, run[i],                               \
			    i + 1 < *runs ? run[i + 1] : NULL, n);             \
		*any |= *runs > 0;                                             \
		*runs = 0;                                                     \
	}                                                                      \
                                                                               \
	static void NAME(                                                      \
	    const struct window *w, const float *x, float *y, float *room)     \
	{                                                                      \
		const int64_t phase = pool_phase(w), s = w->stride[2];         \
		const int64_t many = w->size[0] * w->size[1];                  \
		float *line = room, *split = room + phase * s;                 \
		const float *run[16], *from;                                   \
		int64_t d, h, t;                                               \
		int runs = 0;                                                  \
		bool any;                                                      \
                                                                               \
		for (t = 0; t < phase * s; t++)                                \
			line[t] = INIT;                                        \
		for (d = 0; d < w->out[0]; d++)                                \
			for (h = 0; h < w->out[1]; h++, y += w->out[2]) {      \
				float *to = line + w->head[2];                 \
				any = false;                                   \
				for (t = 0; t < many; t++) {                   \
					run[runs] = pool_line(w, x, d, h, t);  \
					runs += run[runs] != NULL;             \
					if (runs == 15 || t == many - 1)       \
						NAME##_add(to, run, &runs,     \
						    &any, w->in[2]);           \
				}                                              \
				for (t = 0; !any && t < w->in[2]; t++)         \
					to[t] = INIT;                          \
				if (s > 1)                                     \
					pool_split(split, line, phase, s);     \
				from = s > 1 ? split : line;                   \
				any = false;                                   \
				for (t = 0; t < w->size[2]; t++) {             \
					const int64_t at = t * w->dilation[2]; \
					run[runs++] =                          \
					    from + at % s * phase + at / s;    \
					if (runs == 15 || t == w->size[2] - 1) \
						NAME##_add(y, run, &runs,      \
						    &any, w->out[2]);          \
				}                                              \
			}                                                      \
	}

/* ---- family: matrix products ---- */

#if defined(__AVX512F__)
#define LANES 16
#define TALL 12
#elif defined(__AVX__)
#define LANES 8
#define TALL 6
#elif defined(__aarch64__)
#define LANES 4
#define TALL 12
#else
#define LANES 4
#define TALL 6
#endif
#define WIDE (2 * LANES) /* columns of a panel of B */
#define DEEP 256	 /* terms of the inner sum done at once */

typedef float lanes
    __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));

/* rows of C are taken so many at a time, the tallest that fit first */
static inline int
tall(int64_t rows)
{
	if (TALL > 8 && (rows == 8 || rows == 16 || (rows > 8 && rows < TALL)))
		return 8;
	return rows >= TALL ? TALL : rows >= 4 ? 4 : 1;
}

/* A (m by k, element (i, j) at a[i * rs + j * cs]), scaled, into m * k floats
 */
static inline void
pack_a(float *restrict p, const float *a, int64_t rs, int64_t cs, int64_t m,
    int64_t k, float scale)
{
	int64_t i, j, r, t;

	for (i = 0; i < m; i += t) {
		t = tall(m - i);
		for (r = 0; r < t; r++)
			for (j = 0; j < k; j++)
				p[i * k + j * t + r] =
				    scale * a[(i + r) * rs + j * cs];
	}
}

/* floats that B packed takes */
static inline int64_t
packed_b(int64_t k, int64_t n)
{
	return (n + WIDE - 1) / WIDE * WIDE * k;
}

/* B (k by n, element (i, j) at b[i * rs + j * cs]) in panels of WIDE columns */
static inline void
pack_b(float *restrict p, const float *b, int64_t rs, int64_t cs, int64_t k,
    int64_t n)
{
	int64_t i, j, c, w;

	for (j = 0; j < n; j += WIDE, p += k * WIDE) {
		w = min64(WIDE, n - j);
		if (w < WIDE)
			memset(p, 0, k * WIDE * sizeof(*p));
		if (cs == 1 && w == WIDE)
			for (i = 0; i < k; i++)
				memcpy(p + i * WIDE, b + i * rs + j,
				    WIDE * sizeof(*p));
		else if (rs == 1)
			transpose4((uint32_t *)p, WIDE,
			    (const uint32_t *)b + j * cs, cs, k, w);
		else
			for (i = 0; i < k; i++)
				for (c = 0; c < w; c++)
					p[i * WIDE + c] =
					    b[i * rs + (j + c) * cs];
	}
}

/*
 * One tile: T rows of c by V times LANES columns.  c += A B or, where first,
 * c = bias + A B; row j of B is at B, which may use b and off.
 */
#define TILE(NAME, T, V, B)                                                    \
	__attribute__((noinline, unused)) static void NAME##_##T##_##V(        \
	    int64_t k, const float *restrict a, int64_t rs, int64_t cs,        \
	    const float *restrict b, const int64_t *restrict off,              \
	    float *restrict c, int64_t ldc, bool first, const float *bias)     \
	{                                                                      \
		lanes x[T], y[T];                                              \
		int64_t i, j;                                                  \
                                                                               \
		(void)off;                                                     \
		for (i = 0; i < T; i++) {                                      \
			x[i] = (lanes){0} + (first && bias ? bias[i] : 0.0f);  \
			y[i] = x[i];                                           \
			if (first)                                             \
				continue;                                      \
			x[i] = *(const lanes *)(c + i * ldc);                  \
			if (V > 1)                                             \
				y[i] = *(const lanes *)(c + i * ldc + LANES);  \
		}                                                              \
		for (j = 0; j < k; j++, a += cs) {                             \
			const float *row = B;                                  \
			const lanes u = *(const lanes *)row;                   \
			const lanes v =                                        \
			    *(const lanes *)(row + (V > 1 ? LANES : 0));       \
			for (i = 0; i < T; i++) {                              \
				x[i] += a[i * rs] * u;                         \
				if (V > 1)                                     \
					y[i] += a[i * rs] * v;                 \
			}                                                      \
		}                                                              \
		for (i = 0; i < T; i++) {                                      \
			*(lanes *)(c + i * ldc) = x[i];                        \
			if (V > 1)                                             \
				*(lanes *)(c + i * ldc + LANES) = y[i];        \
		}                                                              \
	}
/* NAME(t, w, ...): the tile of t rows, and w columns rounded up */
#define TILES_OF(NAME, HIGH, MIDDLE, B)                                        \
	TILE(NAME, HIGH, 2, B)                                                 \
	TILE(NAME, MIDDLE, 2, B)                                               \
	TILE(NAME, 4, 2, B)                                                    \
	TILE(NAME, 1, 2, B)                                                    \
	TILE(NAME, HIGH, 1, B)                                                 \
	TILE(NAME, 4, 1, B)                                                    \
	TILE(NAME, 1, 1, B)                                                    \
	static inline void NAME(int t, int64_t w, int64_t k, const float *a,   \
	    int64_t rs, int64_t cs, const float *b, const int64_t *off,        \
	    float *c, int64_t ldc, bool first, const float *bias)              \
	{                                                                      \
		if (w > LANES || t == MIDDLE)                                  \
			(t == HIGH	  ? NAME##_##HIGH##_2                  \
			    : t == MIDDLE ? NAME##_##MIDDLE##_2                \
			    : t == 4	  ? NAME##_4_2                         \
					  : NAME##_1_2)(                            \
			    k, a, rs, cs, b, off, c, ldc, first, bias);        \
		else                                                           \
			(t == HIGH   ? NAME##_##HIGH##_1                       \
			    : t == 4 ? NAME##_4_1                              \
				     : NAME##_1_1)(                            \
			    k, a, rs, cs, b, off, c, ldc, first, bias);        \
	}
#if TALL == 12
#define TILES(NAME, B) TILES_OF(NAME, 12, 8, B)
#else
#define TILES(NAME, B) TILES_OF(NAME, 6, 2, B)
#endif
TILES(tile, b + j * WIDE)

/*
 * C = A B, or C += A B where add.  B is packed; A is packed where rs is 0, else
 * element (i, j) is at a[i * rs + j * cs].  bias, if there is one, has a number
 * for each row of C.
 */
static inline void
gemm(int64_t m, int64_t n, int64_t k, const float *a, int64_t rs, int64_t cs,
    const float *b, float *c, int64_t ldc, bool add, const float *bias)
{
	const int64_t broad = 16 * WIDE;
	float edge[TALL * WIDE];
	int64_t i, j, v, p, r, w, step;
	int t;

	for (j = 0; j < n; j += broad)
		for (p = 0; p < k || p == 0; p += DEEP)
			for (i = 0; i < m; i += t) {
				t = tall(m - i);
				step = min64(DEEP, k - p);
				for (v = j; v < min64(n, j + broad);
				     v += WIDE) {
					const bool first = !add && p == 0;
					const float *pb = b + v * k + p * WIDE;
					float *to = c + i * ldc + v;

					w = min64(WIDE, n - v);
					const bool whole =
					    w == WIDE ||
					    (w == LANES && t != 8 && t != 2);
					for (r = 0; r < t && !whole && !first;
					     r++)
						memcpy(edge + r * WIDE,
						    to + r * ldc,
						    w * sizeof(*c));
					tile(t, w, step,
					    rs ? a + i * rs + p * cs
					       : a + i * k + p * t,
					    rs ? rs : 1, rs ? cs : t, pb, NULL,
					    whole ? to : edge,
					    whole ? ldc : WIDE, first,
					    bias ? bias + i : NULL);
					for (r = 0; r < t && !whole; r++)
						memcpy(to + r * ldc,
						    edge + r * WIDE,
						    w * sizeof(*c));
				}
			}
}

/* rows a multiple of a page apart crowd one set of the cache: pack those */
static inline bool
crowded(int64_t rs, int64_t cs, int64_t m)
{
	return m >= 4 && cs == 1 && rs * sizeof(float) % 2048 == 0;
}

/* C = A B (B packed), A packed into room of m * k floats if it is better so */
static inline void
gemm_auto(int64_t m, int64_t n, int64_t k, const float *a, int64_t rs,
    int64_t cs, float *room, const float *b, float *c, int64_t ldc, bool add)
{
	if (crowded(rs, cs, m)) {
		pack_a(room, a, rs, cs, m, k, 1.0f);
		gemm(m, n, k, room, 0, 0, b, c, ldc, add, NULL);
	} else
		gemm(m, n, k, a, rs, cs, b, c, ldc, add, NULL);
}

#endif
