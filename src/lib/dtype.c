#include <string.h>

#include "dtype.h"

static const struct {
	const char *name;
	int bits;
} types[DT_COUNT] = {
    [DT_FLOAT] = {"float", 32},
    [DT_UINT8] = {"uint8", 8},
    [DT_INT8] = {"int8", 8},
    [DT_UINT16] = {"uint16", 16},
    [DT_INT16] = {"int16", 16},
    [DT_INT32] = {"int32", 32},
    [DT_INT64] = {"int64", 64},
    [DT_STRING] = {"string", 0},
    [DT_BOOL] = {"bool", 8},
    [DT_FLOAT16] = {"float16", 16},
    [DT_DOUBLE] = {"double", 64},
    [DT_UINT32] = {"uint32", 32},
    [DT_UINT64] = {"uint64", 64},
    [DT_COMPLEX64] = {"complex64", 64},
    [DT_COMPLEX128] = {"complex128", 128},
    [DT_BFLOAT16] = {"bfloat16", 16},
    [DT_FLOAT8E4M3FN] = {"float8e4m3fn", 8},
    [DT_FLOAT8E4M3FNUZ] = {"float8e4m3fnuz", 8},
    [DT_FLOAT8E5M2] = {"float8e5m2", 8},
    [DT_FLOAT8E5M2FNUZ] = {"float8e5m2fnuz", 8},
    [DT_UINT4] = {"uint4", 4},
    [DT_INT4] = {"int4", 4},
    [DT_FLOAT4E2M1] = {"float4e2m1", 4},
};

const char *
dtype_name(int dtype)
{
	return dtype > 0 && dtype < DT_COUNT ? types[dtype].name : NULL;
}

int
dtype_number(const char *name)
{
	int i;

	for (i = 1; i < DT_COUNT; i++)
		if (strcmp(types[i].name, name) == 0)
			return i;
	return DT_UNDEFINED;
}

int
dtype_bits(int dtype)
{
	return dtype > 0 && dtype < DT_COUNT ? types[dtype].bits : 0;
}

size_t
dtype_size(int dtype)
{
	return (size_t)dtype_bits(dtype) / 8;
}

int
dtype_isfloat(int dtype)
{
	return dtype == DT_FLOAT || dtype == DT_FLOAT16 || dtype == DT_DOUBLE ||
	       dtype == DT_BFLOAT16;
}

int
dtype_isint(int dtype)
{
	return (dtype >= DT_UINT8 && dtype <= DT_INT64) || dtype == DT_UINT32 ||
	       dtype == DT_UINT64;
}

int
dtype_issigned(int dtype)
{
	return dtype_isfloat(dtype) || dtype == DT_INT8 || dtype == DT_INT16 ||
	       dtype == DT_INT32 || dtype == DT_INT64;
}

int64_t
dtype_min(int dtype)
{
	return dtype_isint(dtype) && dtype_issigned(dtype)
		   ? INT64_MIN >> (64 - dtype_bits(dtype))
		   : 0;
}

uint64_t
dtype_max(int dtype)
{
	if (dtype == DT_BOOL)
		return 1;
	if (!dtype_isint(dtype))
		return 0;
	return UINT64_MAX >> (64 - dtype_bits(dtype) + dtype_issigned(dtype));
}

uint16_t
half_of(float f)
{
	uint32_t u, sign, rest, shift;
	int e;

	memcpy(&u, &f, 4);
	sign = u >> 16 & 0x8000;
	u &= 0x7fffffff;
	if (u > 0x7f800000)
		return (uint16_t)(sign | 0x7e00);
	if (u >= 0x47800000)
		return (uint16_t)(sign | 0x7c00);
	e = (int)(u >> 23) - 112;
	u = (u & 0x7fffff) | 0x800000;
	if (e < -10)
		return (uint16_t)sign;
	shift = e > 0 ? 13 : (uint32_t)(14 - e);
	rest = u & ((1u << shift) - 1);
	u >>= shift;
	if (rest > 1u << (shift - 1) || (rest == 1u << (shift - 1) && (u & 1)))
		u++;
	if (e > 0)
		u += (uint32_t)(e - 1) << 10;
	return (uint16_t)(sign | u);
}

float
half_value(uint16_t h)
{
	uint32_t sign = (uint32_t)(h & 0x8000) << 16, u = h & 0x7fff;
	float f;

	if (u >= 0x7c00) {
		u = 0x7f800000 | (u & 0x3ff) << 13;
	} else if (u >= 0x400) {
		u = (u << 13) + (112u << 23);
	} else {
		f = (float)u * 0x1p-24f;
		memcpy(&u, &f, 4);
	}
	u |= sign;
	memcpy(&f, &u, 4);
	return f;
}

uint16_t
bfloat_of(float f)
{
	uint32_t u;

	memcpy(&u, &f, 4);
	if ((u & 0x7fffffff) > 0x7f800000)
		return (uint16_t)(u >> 16 | 0x40);
	return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

float
bfloat_value(uint16_t h)
{
	uint32_t u = (uint32_t)h << 16;
	float f;

	memcpy(&f, &u, 4);
	return f;
}

#define AS(type) (((const type *)data)[i])

double
dtype_get(int dtype, const void *data, size_t i)
{
	switch (dtype) {
	case DT_FLOAT: return AS(float);
	case DT_DOUBLE: return AS(double);
	case DT_FLOAT16: return half_value(AS(uint16_t));
	case DT_BFLOAT16: return bfloat_value(AS(uint16_t));
	case DT_INT8: return AS(int8_t);
	case DT_UINT8:
	case DT_BOOL: return AS(uint8_t);
	case DT_INT16: return AS(int16_t);
	case DT_UINT16: return AS(uint16_t);
	case DT_INT32: return AS(int32_t);
	case DT_UINT32: return AS(uint32_t);
	case DT_INT64: return (double)AS(int64_t);
	case DT_UINT64: return (double)AS(uint64_t);
	}
	return 0;
}
