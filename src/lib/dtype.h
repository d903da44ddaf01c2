/*
 * ONNX's element types: TensorProto.DataType numbers, their names in lower case
 * ("float", "int64", ...) and what one element is.  No dependencies, so that
 * device programs link it too.
 */
#ifndef DTYPE_H
#define DTYPE_H

#include <stddef.h>
#include <stdint.h>

enum dtype {
	DT_UNDEFINED,
	DT_FLOAT,
	DT_UINT8,
	DT_INT8,
	DT_UINT16,
	DT_INT16,
	DT_INT32,
	DT_INT64,
	DT_STRING,
	DT_BOOL,
	DT_FLOAT16,
	DT_DOUBLE,
	DT_UINT32,
	DT_UINT64,
	DT_COMPLEX64,
	DT_COMPLEX128,
	DT_BFLOAT16,
	DT_FLOAT8E4M3FN,
	DT_FLOAT8E4M3FNUZ,
	DT_FLOAT8E5M2,
	DT_FLOAT8E5M2FNUZ,
	DT_UINT4,
	DT_INT4,
	DT_FLOAT4E2M1,
	DT_COUNT
};

/* "float" of DT_FLOAT; NULL if it is no dtype */
const char *dtype_name(int dtype);
/* DT_FLOAT of "float"; DT_UNDEFINED (0) if there is none of this name */
int dtype_number(const char *name);
/* bits of one element: 4 of int4, 0 of string and what is no dtype */
int dtype_bits(int dtype);
/* bytes of one element; 0 where an element is not a number of whole bytes */
size_t dtype_size(int dtype);

/* real floating-point types of 16 bits or more */
int dtype_isfloat(int dtype);
/* integers of 8 bits or more, bool not among them */
int dtype_isint(int dtype);
/* signed integers and floats */
int dtype_issigned(int dtype);
/* least and greatest value of an integer type (bool: 0 and 1) */
int64_t dtype_min(int dtype);
uint64_t dtype_max(int dtype);

/* conversions, to nearest even; NaN stays NaN, what is too large is infinite */
uint16_t half_of(float f);
float half_value(uint16_t h);
uint16_t bfloat_of(float f);
float bfloat_value(uint16_t h);

/* element i as a double (floats, ints and bool; 64-bit ints lose bits) */
double dtype_get(int dtype, const void *data, size_t i);

#endif
