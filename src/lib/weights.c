#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64.h"
#include "dtype.h"
#include "pb.h"
#include "weights.h"

#define BLOCKS 64 /* looked at, evenly spread: a weight is not read whole */
#define BLOCK 1024

struct stats {
	size_t n, zeros;
	double sum, squares, low, high;
};

static void
count(struct stats *s, double v)
{
	if (!isfinite(v))
		return;
	if (!s->n || v < s->low)
		s->low = v;
	if (!s->n || v > s->high)
		s->high = v;
	s->n++;
	s->zeros += v == 0;
	s->sum += v;
	s->squares += v * v;
}

static void
countbytes(struct stats *s, int dtype, const void *data, size_t bytes)
{
	size_t n = bytes / dtype_size(dtype), block = n, blocks = 1, at, b, i;

	if (n > (size_t)BLOCKS * BLOCK) {
		block = BLOCK;
		blocks = BLOCKS;
	}
	for (b = 0; b < blocks; b++) {
		at = blocks > 1 ? (n - block) / (blocks - 1) * b : 0;
		for (i = 0; i < block; i++)
			count(s, dtype_get(dtype, data, at + i));
	}
}

static uint64_t
number(const cJSON *object, const char *key)
{
	const char *text = json_stringor(object, key, "0");

	return strtoull(text, NULL, 10);
}

/* the file of an external: the model's own, or one beside the model */
static int
openexternal(const cJSON *external, const char *dir)
{
	const char *location = json_stringor(external, "location", NULL);
	char *path;
	int fd;

	if (!location)
		return -1;
	if (json_get(external, "field"))
		return open(location, O_RDONLY | O_CLOEXEC);
	if (location[0] == '/' || strstr(location, ".."))
		return -1;
	path = xasprintf("%s/%s", dir, location);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	return fd;
}

static void
countfile(struct stats *s, int dtype, const cJSON *external, const char *dir,
    uint64_t bytes)
{
	uint64_t offset = number(external, "offset"), start = offset & ~65535u;
	int fd = openexternal(external, dir);
	struct stat st;
	char *p;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && bytes && offset <= (uint64_t)st.st_size &&
	    bytes <= (uint64_t)st.st_size - offset) {
		p = mmap(NULL, bytes + (offset - start), PROT_READ, MAP_PRIVATE,
		    fd, (off_t)start);
		if (p != MAP_FAILED) {
			countbytes(s, dtype, p + (offset - start), bytes);
			munmap(p, bytes + (offset - start));
		}
	}
	close(fd);
}

static uint64_t
bytesof(const cJSON *entry, int dtype)
{
	uint64_t n = dtype_size(dtype);

	json_each (d, json_get(entry, "shape"))
		if (!cJSON_IsNumber(d) ||
		    __builtin_mul_overflow(n, (uint64_t)d->valuedouble, &n))
			return 0;
	return n;
}

static void
collect(struct stats *s, const cJSON *entry, int dtype, const char *dir)
{
	const cJSON *raw = json_get(entry, "raw");
	const cJSON *external = json_get(entry, "external");
	const char *field = json_stringor(external, "field", "raw_data");
	struct buf b = {0};

	json_each (e, json_get(entry, "data"))
		count(s, json_realvalue(e));
	if (cJSON_IsString(raw) && base64_read(&b, raw->valuestring) == 0)
		countbytes(s, dtype, b.data, b.len);
	buf_free(&b);
	if (external && (strcmp(field, "raw_data") == 0 ||
			    strcmp(field, "float_data") == 0 ||
			    strcmp(field, "double_data") == 0))
		countfile(s, dtype, external, dir, bytesof(entry, dtype));
}

/* to three digits */
static cJSON *
rounded(double v)
{
	char s[40];

	snprintf(s, sizeof(s), "%.3g", v);
	return cJSON_CreateNumber(strtod(s, NULL));
}

static cJSON *
kind(const char *name)
{
	cJSON *v = cJSON_CreateObject();

	json_set(v, "kind", cJSON_CreateString(name));
	return v;
}

static cJSON *
uniform(double low, double high)
{
	cJSON *v = kind("uniform");

	json_set(v, "low", rounded(low));
	json_set(v, "high", rounded(high));
	return v;
}

static cJSON *
normal(double mean, double std)
{
	cJSON *v = kind("normal");

	json_set(v, "mean", rounded(mean));
	json_set(v, "std", rounded(std));
	return v;
}

static cJSON *
integers(const struct stats *s, int dtype)
{
	cJSON *v = kind("uniform");

	if (dtype == DT_BOOL) {
		cJSON_Delete(v);
		v = kind("mask");
		json_set(
		    v, "density", rounded(1 - (double)s->zeros / (double)s->n));
		return v;
	}
	json_set(v, "low", cJSON_CreateNumber(s->low));
	json_set(v, "high", cJSON_CreateNumber(s->high));
	return v;
}

cJSON *
weights_values(const cJSON *entry, const char *dir)
{
	int dtype = dtype_number(json_stringor(entry, "dtype", ""));
	struct stats s = {0};
	double mean, std, n;
	cJSON *v;

	if (dtype_size(dtype) &&
	    (dtype_isfloat(dtype) || dtype_isint(dtype) || dtype == DT_BOOL))
		collect(&s, entry, dtype, dir);
	if (!s.n)
		return NULL;
	if (!dtype_isfloat(dtype))
		return integers(&s, dtype);
	n = (double)s.n;
	mean = s.sum / n;
	std = sqrt(fmax(s.squares / n - mean * mean, 0));
	if ((double)s.zeros > 0.3 * n && (double)s.zeros < n) {
		v = kind("sparse");
		json_set(v, "density", rounded(1 - (double)s.zeros / n));
		json_set(
		    v, "std", rounded(sqrt(s.squares / (n - (double)s.zeros))));
		return v;
	}
	if (std <= 1e-6 * fabs(mean) || std == 0)
		return normal(mean, mean != 0 ? fabs(mean) / 10 : 0.01);
	if (s.low > 0)
		return uniform(s.low, s.high * 1.01);
	return normal(mean, std);
}

cJSON *
weights_byshape(const cJSON *entry)
{
	const cJSON *shape = json_get(entry, "shape");
	double fan = 1;
	int i = 0;

	if (!dtype_isfloat(dtype_number(json_stringor(entry, "dtype", ""))))
		return NULL;
	json_each (d, shape)
		if (i++ > 0 || cJSON_GetArraySize(shape) == 1)
			fan *= cJSON_IsNumber(d) ? d->valuedouble : 1;
	return normal(0, fan > 1 ? 1 / sqrt(fan) : 1);
}
