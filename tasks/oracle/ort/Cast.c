#include "maths.h"
#include "binary.h"

/* the output's type is an attribute, which only the graph's inference tells */
static OrtStatus *
infer(const OrtApi *api, OrtShapeInferContext *context)
{
	const OrtOpAttr *attr;
	OrtTensorTypeAndShapeInfo *info;
	int64_t to;
	size_t size;

	TRY(api->ShapeInferContext_GetAttribute(context, "to", &attr));
	TRY(api->ReadOpAttr(attr, ORT_OP_ATTR_INT, &to, sizeof(to), &size));
	TRY(api->ShapeInferContext_GetInputTypeShape(context, 0, &info));
	TRY(api->SetTensorElementType(info, (ONNXTensorElementDataType)to));
	return api->ShapeInferContext_SetOutputTypeShape(context, 0, info);
}

/*
 * Any type to any other through a run of double or int64: two loops a type
 * instead of one a pair.  bfloat16 is the upper half of a float.
 */
enum { RUN = 512 };

#define EACH(X, F) EACH_NUMBER(X, F) EACH_BOOL(X, F) X(FLOAT16, _Float16, F)

#define READ(NAME, T, V)                                                       \
	case TYPE(NAME):                                                       \
		for (i = 0; i < n; i++)                                        \
			to[i] = (V)((const T *)from)[i];                       \
		break;
/* what is beyond an integer's range has no defined result */
#define WRITE(NAME, T, V)                                                      \
	case TYPE(NAME):                                                       \
		for (i = 0; i < n; i++)                                        \
			((T *)to)[i] = (T)from[i];                             \
		break;

static void
read_double(double *restrict to, const void *from, int type, int64_t n)
{
	int64_t i;

	switch (type) {
		EACH(READ, double)
	default:
		for (i = 0; i < n; i++)
			to[i] = float_of(((const uint16_t *)from)[i] << 16);
	}
}

static void
read_int64(int64_t *restrict to, const void *from, int type, int64_t n)
{
	int64_t i;

	switch (type) {
		EACH_INT(READ, int64_t)
		EACH_BOOL(READ, int64_t)
	}
}

static void
write_double(void *restrict to, const double *from, int type, int64_t n)
{
	int64_t i;
	uint32_t bits;

	switch (type) {
		EACH_FLOAT(WRITE, )
		EACH_BOOL(WRITE, )
		EACH_INT(WRITE, )
	case TYPE(FLOAT16):
		for (i = 0; i < n; i++)
			((_Float16 *)to)[i] = (_Float16)(float)from[i];
		break;
	default:
		for (i = 0; i < n; i++) {
			bits = bits_of((float)from[i]);
			bits +=
			    from[i] == from[i] ? 0x7fff + (bits >> 16 & 1) : 0;
			((uint16_t *)to)[i] = (uint16_t)(bits >> 16);
		}
	}
}

static void
write_int64(void *restrict to, const int64_t *from, int type, int64_t n)
{
	int64_t i;

	switch (unsigned_type(type)) {
		EACH_UNSIGNED(WRITE, )
		EACH_BOOL(WRITE, )
	}
}

static bool
integral(int type)
{
	return type != TYPE(FLOAT) && type != TYPE(DOUBLE) &&
	       type != TYPE(FLOAT16) && type != TYPE(BFLOAT16);
}

/* the pairs that networks use, directly */
#define DIRECT(A, S, B, T)                                                     \
	if (x->type == TYPE(A) && y->type == TYPE(B)) {                        \
		const S *restrict from = x->data;                              \
		T *restrict to = y->data;                                      \
		for (i = 0; i < x->n; i++)                                     \
			to[i] = (T)from[i];                                    \
		return true;                                                   \
	}

static bool
direct(const struct tensor *x, const struct tensor *y)
{
	int64_t i;

	DIRECT(FLOAT, float, INT32, int32_t)
	DIRECT(FLOAT, float, INT64, int64_t)
	DIRECT(INT32, int32_t, FLOAT, float)
	DIRECT(INT64, int64_t, FLOAT, float)
	DIRECT(UINT8, uint8_t, FLOAT, float)
	DIRECT(INT8, int8_t, FLOAT, float)
	DIRECT(INT32, int32_t, INT64, int64_t)
	DIRECT(INT64, int64_t, INT32, int32_t)
	return false;
}

static OrtStatus *
run(struct node *n)
{
	struct tensor x, y;
	union {
		double d[RUN];
		int64_t i[RUN];
	} mid;
	int64_t i, len;

	TRY(input(n, 0, &x));
	TRY(output(n, 0, x.rank, x.dims, &y));
	if (x.type == y.type) {
		memcpy(y.data, x.data, x.n * typesize(x.type));
		return NULL;
	}
	if (direct(&x, &y))
		return NULL;
	for (i = 0; i < x.n; i += len) {
		const char *from =
		    (const char *)x.data + i * (int64_t)typesize(x.type);
		char *to = (char *)y.data + i * (int64_t)typesize(y.type);

		len = min64(RUN, x.n - i);
		if (integral(x.type) && integral(y.type)) {
			read_int64(mid.i, from, x.type, len);
			write_int64(to, mid.i, y.type, len);
		} else {
			read_double(mid.d, from, x.type, len);
			write_double(to, mid.d, y.type, len);
		}
	}
	return NULL;
}

static const struct op theop = {.name = "Cast",
    .in = "T",
    .out = "U",
    .T = MOVABLE,
    .U = MOVABLE,
    .run = run,
    .infer = infer};
