#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "dtype.h"
#include "tensor.h"

#define MOST ((uint64_t)1 << 33)

size_t
tensor_size(const struct tensor *t)
{
	return t->count * dtype_size(t->dtype);
}

int
tensor_set(struct tensor *t, int dtype, const int64_t *dims, int rank)
{
	uint64_t n = 1;
	int i;

	if (rank < 0 || rank > TENSOR_RANK || !dtype_size(dtype))
		return -1;
	*t = (struct tensor){.name = t->name, .dtype = dtype, .rank = rank};
	for (i = 0; i < rank; i++) {
		if (dims[i] < 0 ||
		    __builtin_mul_overflow(n, (uint64_t)dims[i], &n) ||
		    n > MOST)
			return -1;
		t->dims[i] = dims[i];
	}
	t->count = (size_t)n;
	return tensor_size(t) > MOST ? -1 : 0;
}

void
tensor_of(struct tensor *t, const cJSON *entry, const cJSON *shape)
{
	const char *name = json_string(entry, "dtype");
	int64_t dims[TENSOR_RANK];
	int rank = 0, dtype = dtype_number(name);

	if (!dtype_size(dtype))
		json_bad(json_get(entry, "dtype"),
		    "no tensor can be made of dtype '%s'", name);
	if (!shape)
		shape = json_array(entry, "shape");
	json_each (d, shape) {
		if (rank == TENSOR_RANK)
			json_bad(shape, "more than %d dims", TENSOR_RANK);
		if (!cJSON_IsNumber(d))
			json_bad(d, "a dim that is not known");
		dims[rank++] = json_intvalue(d, 0, (long long)MOST);
	}
	t->name = json_stringor(entry, "name", "");
	if (tensor_set(t, dtype, dims, rank) < 0)
		json_bad(shape, "too large a tensor");
}

void
tensor_alloc(struct tensor *t)
{
	size_t n = (tensor_size(t) + 63) & ~(size_t)63;

	t->data = aligned_alloc(64, n ? n : 64);
	if (!t->data)
		err(EX_OSERR, "tensor of %zu bytes", tensor_size(t));
	memset(t->data, 0, n);
}

void
tensor_free(struct tensor *t)
{
	free(t->data);
	t->data = NULL;
}
