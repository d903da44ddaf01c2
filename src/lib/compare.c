#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "dtype.h"

#define EXAMPLES 8
#define LISTED 16 /* most positions of an axis that are written out */

/* what is gathered of the wrong elements */
struct findings {
	struct comparison sum;
	size_t nan, infinite, unwritten, zeros, first, worst, last;
	double worstby;
	size_t examples[EXAMPLES];
	size_t *at[TENSOR_RANK]; /* wrong elements by position of each axis */
	double ratio, offset;	 /* got / want and got - want of the worst */
	int sameratio, sameoffset, samevalue;
	size_t residue; /* wrong elements at even places */
};

struct tolerance
tolerance_of(const cJSON *task)
{
	const cJSON *t = json_get(task, "tolerance");
	struct tolerance r = {1e-4, 1e-4};

	if (t) {
		r.absolute = json_numberor(t, "absolute", r.absolute);
		r.relative = json_numberor(t, "relative", r.relative);
	}
	return r;
}

/* floats as integers that count them in their order */
static int64_t
ordinal(int dtype, const void *data, size_t i)
{
	int64_t v;

	switch (dtype_size(dtype)) {
	case 2:
		v = ((const int16_t *)data)[i];
		return v < 0 ? -(v & 0x7fff) : v;
	case 4:
		v = ((const int32_t *)data)[i];
		return v < 0 ? -(v & 0x7fffffff) : v;
	default:
		v = ((const int64_t *)data)[i];
		return v < 0 ? -(v & INT64_MAX) : v;
	}
}

static uint64_t
ulps(const struct tensor *got, const struct tensor *want, size_t i)
{
	int64_t a = ordinal(got->dtype, got->data, i);
	int64_t b = ordinal(want->dtype, want->data, i);

	return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

static int
same(const struct tensor *got, const struct tensor *want, size_t i)
{
	size_t n = dtype_size(got->dtype);

	return memcmp((char *)got->data + i * n, (char *)want->data + i * n,
		   n) == 0;
}

static int
close(double g, double w, struct tolerance t)
{
	if (isnan(w) || isnan(g))
		return isnan(w) && isnan(g);
	if (isinf(w) || isinf(g))
		return g == w;
	return fabs(g - w) <= t.absolute + t.relative * fabs(w);
}

static void
extremes(struct comparison *c, double g, double w)
{
	double d = fabs(g - w);

	if (!isfinite(g) || !isfinite(w))
		return;
	if (d > c->maxabs)
		c->maxabs = d;
	if (w != 0 && d / fabs(w) > c->maxrel)
		c->maxrel = d / fabs(w);
}

/* does element i fail?  Adds it to the sum. */
static int
element(struct comparison *c, const struct tensor *got,
    const struct tensor *want, struct tolerance t, size_t i)
{
	double g, w;
	uint64_t u;

	if (same(got, want, i))
		return 0;
	g = dtype_get(got->dtype, got->data, i);
	w = dtype_get(want->dtype, want->data, i);
	extremes(c, g, w);
	if (dtype_isfloat(got->dtype)) {
		if (isfinite(g) && isfinite(w) &&
		    (u = ulps(got, want, i)) > c->maxulp)
			c->maxulp = u;
		if (close(g, w, t))
			return 0;
	}
	c->failed++;
	return 1;
}

struct comparison
compare(const struct tensor *got, const struct tensor *want,
    struct tolerance tolerance)
{
	struct comparison c = {.count = want->count};
	size_t i;

	if (memcmp(got->data, want->data, tensor_size(want)) == 0)
		return c;
	for (i = 0; i < want->count; i++)
		element(&c, got, want, tolerance, i);
	return c;
}

static void
place(const struct tensor *t, size_t flat, size_t index[TENSOR_RANK])
{
	int a;

	for (a = t->rank - 1; a >= 0; a--) {
		index[a] = flat % (size_t)t->dims[a];
		flat /= (size_t)t->dims[a];
	}
}

static int
poisoned(const struct tensor *got, const void *poison, size_t i)
{
	size_t n = dtype_size(got->dtype);

	return poison && memcmp((char *)got->data + i * n,
			     (const char *)poison + i * n, n) == 0;
}

/* is what is wrong with the worst element wrong with all of them, but for the
   tolerance?  There it shows best. */
static void
relate(struct findings *f, const struct tensor *got, const struct tensor *want,
    struct tolerance t)
{
	double g0 = dtype_get(got->dtype, got->data, f->worst);
	double w0 = dtype_get(want->dtype, want->data, f->worst), g, w, most;
	size_t i;

	f->ratio = g0 / w0;
	f->offset = g0 - w0;
	f->sameratio = isfinite(f->ratio) && f->ratio != 0;
	f->sameoffset = isfinite(f->offset);
	f->samevalue = 1;
	for (i = f->first; i <= f->last; i++) {
		g = dtype_get(got->dtype, got->data, i);
		w = dtype_get(want->dtype, want->data, i);
		if (same(got, want, i) || close(g, w, t))
			continue;
		most = t.absolute + t.relative * fabs(w);
		f->sameratio &= fabs(g - f->ratio * w) <= fabs(f->ratio) * most;
		f->sameoffset &= fabs(g - w - f->offset) <= most;
		f->samevalue &= g == g0;
	}
}

static void
record(struct findings *f, const struct tensor *got, const struct tensor *want,
    const void *poison, size_t i)
{
	size_t index[TENSOR_RANK];
	double g = dtype_get(got->dtype, got->data, i);
	double w = dtype_get(want->dtype, want->data, i), by;
	int a;

	if (f->sum.failed == 1)
		f->first = i;
	if (f->sum.failed <= EXAMPLES)
		f->examples[f->sum.failed - 1] = i;
	f->last = i;
	f->residue += i % 2 == 0;
	by = isfinite(g) && isfinite(w) ? fabs(g - w) : INFINITY;
	if (by > f->worstby || f->sum.failed == 1) {
		f->worst = i;
		f->worstby = by;
	}
	f->nan += isnan(g) && !isnan(w);
	f->infinite += isinf(g) && !isinf(w);
	f->zeros += g == 0;
	f->unwritten += poisoned(got, poison, i) != 0;
	place(want, i, index);
	for (a = 0; a < want->rank; a++)
		f->at[a][index[a]]++;
}

static cJSON *
number(int dtype, const void *data, size_t i)
{
	double d = dtype_get(dtype, data, i);
	char text[32];

	if (isnan(d))
		return cJSON_CreateString("NaN");
	if (isinf(d))
		return cJSON_CreateString(d < 0 ? "-Infinity" : "Infinity");
	if (dtype == DT_UINT64) {
		return json_u64(((const uint64_t *)data)[i]);
	} else if (dtype == DT_INT64 && fabs(d) > JSON_INT) {
		snprintf(text, sizeof(text), "%lld",
		    (long long)((const int64_t *)data)[i]);
		return cJSON_CreateString(text);
	}
	return cJSON_CreateNumber(d);
}

static cJSON *
example(const struct tensor *got, const struct tensor *want, size_t i)
{
	size_t index[TENSOR_RANK];
	cJSON *o = cJSON_CreateObject(), *list = cJSON_CreateArray();
	int a;

	place(want, i, index);
	for (a = 0; a < want->rank; a++)
		cJSON_AddItemToArray(
		    list, cJSON_CreateNumber((double)index[a]));
	json_set(o, "index", list);
	json_set(o, "got", number(got->dtype, got->data, i));
	json_set(o, "want", number(want->dtype, want->data, i));
	return o;
}

static void
say(cJSON *pattern, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	cJSON_AddItemToArray(pattern, cJSON_CreateString(b.data));
	buf_free(&b);
}

/* the wrong positions of one axis, in words */
static void
sayaxis(cJSON *pattern, int axis, size_t size, const size_t *at, size_t wrong,
    int whole)
{
	const char *all = whole ? "all" : "only";
	size_t lo = 0, hi = size - 1, even = 0, i;

	while (!at[lo])
		lo++;
	while (!at[hi])
		hi--;
	for (i = 0; i < size; i += 2)
		even += at[i] != 0;
	if (wrong == 1 && lo == size - 1)
		say(pattern, "%s of the last position of axis %d (size %zu)",
		    all, axis, size);
	else if (wrong == 1)
		say(pattern, "%s of position %zu of axis %d (size %zu)", all,
		    lo, axis, size);
	else if (wrong == hi - lo + 1 && hi == size - 1)
		say(pattern, "%s from position %zu of axis %d (size %zu) on",
		    all, lo, axis, size);
	else if (wrong == hi - lo + 1)
		say(pattern, "%s of positions %zu to %zu of axis %d (size %zu)",
		    all, lo, hi, axis, size);
	else if (wrong == 2 && lo == 0 && hi == size - 1)
		say(pattern,
		    "%s of the first and the last position of axis "
		    "%d (size %zu)",
		    all, axis, size);
	else if (even == wrong || even == 0)
		say(pattern, "%s of %s positions of axis %d (size %zu)", all,
		    even ? "even" : "odd", axis, size);
	else
		say(pattern, "%s of %zu of the %zu positions of axis %d", all,
		    wrong, size, axis);
}

static void
axes(cJSON *report, cJSON *pattern, const struct findings *f,
    const struct tensor *want)
{
	cJSON *list = cJSON_CreateArray(), *o, *at;
	size_t c, size, wrong;
	int a, whole;

	for (a = 0; a < want->rank; a++) {
		size = (size_t)want->dims[a];
		for (wrong = 0, whole = 1, c = 0; c < size; c++) {
			wrong += f->at[a][c] != 0;
			whole &=
			    !f->at[a][c] || f->at[a][c] == want->count / size;
		}
		if (wrong == size)
			continue;
		sayaxis(pattern, a, size, f->at[a], wrong, whole);
		o = cJSON_CreateObject();
		json_set(o, "axis", cJSON_CreateNumber(a));
		json_set(o, "size", cJSON_CreateNumber((double)size));
		json_set(o, "positions", cJSON_CreateNumber((double)wrong));
		at = cJSON_CreateArray();
		for (c = 0; c < size && cJSON_GetArraySize(at) < LISTED; c++)
			if (f->at[a][c])
				cJSON_AddItemToArray(
				    at, cJSON_CreateNumber((double)c));
		json_set(o, "wrong", at);
		json_set(o, "whole", cJSON_CreateBool(whole));
		cJSON_AddItemToArray(list, o);
	}
	json_set(report, "axes", list);
}

static void
values(cJSON *pattern, const struct findings *f, const struct tensor *want)
{
	size_t n = f->sum.failed;

	if (n == want->count)
		say(pattern, "every element is wrong");
	else if (f->last == want->count - 1 && n > 1 &&
		 n == want->count - f->first)
		say(pattern, "every element from flat index %zu to the end",
		    f->first);
	else if (n > 1 && want->count > 4 &&
		 (f->residue == n || f->residue == 0))
		say(pattern, "only elements at %s flat indices",
		    f->residue ? "even" : "odd");
	if (f->unwritten == n)
		say(pattern, "none of the wrong elements was written");
	else if (f->unwritten > n / 8)
		say(pattern, "%zu of the wrong elements were not written",
		    f->unwritten);
	if (f->nan)
		say(pattern, "%zu are NaN and must not be", f->nan);
	if (f->infinite)
		say(pattern, "%zu are infinite and must not be", f->infinite);
	if (n < 3 || f->unwritten == n)
		return;
	if (f->zeros == n)
		say(pattern, "got is 0 wherever it is wrong");
	else if (f->samevalue)
		say(pattern, "got is the same value wherever it is wrong");
	else if (f->sameratio)
		say(pattern, "got is %.4g times want wherever it is wrong",
		    f->ratio);
	else if (f->sameoffset)
		say(pattern, "got is want %+.4g wherever it is wrong",
		    f->offset);
}

static cJSON *
report(const struct findings *f, const struct tensor *got,
    const struct tensor *want)
{
	cJSON *r = cJSON_CreateObject(), *list = cJSON_CreateArray();
	cJSON *pattern = cJSON_CreateArray();
	size_t i;

	json_set(r, "output", cJSON_CreateString(want->name ? want->name : ""));
	json_set(r, "count", cJSON_CreateNumber((double)f->sum.count));
	json_set(r, "failed", cJSON_CreateNumber((double)f->sum.failed));
	json_set(r, "max_abs", cJSON_CreateNumber(f->sum.maxabs));
	json_set(r, "max_rel", cJSON_CreateNumber(f->sum.maxrel));
	json_set(r, "max_ulp", json_u64(f->sum.maxulp));
	json_set(r, "nan", cJSON_CreateNumber((double)f->nan));
	json_set(r, "infinite", cJSON_CreateNumber((double)f->infinite));
	json_set(r, "unwritten", cJSON_CreateNumber((double)f->unwritten));
	json_set(r, "first", example(got, want, f->first));
	json_set(r, "worst", example(got, want, f->worst));
	for (i = 0; i < EXAMPLES && i < f->sum.failed; i++)
		cJSON_AddItemToArray(list, example(got, want, f->examples[i]));
	json_set(r, "examples", list);
	values(pattern, f, want);
	axes(r, pattern, f, want);
	json_set(r, "pattern", pattern);
	return r;
}

cJSON *
compare_report(const struct tensor *got, const struct tensor *want,
    struct tolerance tolerance, const void *poison)
{
	struct findings f = {.sum.count = want->count};
	cJSON *r = NULL;
	size_t i;
	int a;

	for (a = 0; a < want->rank; a++)
		f.at[a] = xcalloc((size_t)want->dims[a], sizeof(size_t));
	for (i = 0; i < want->count; i++)
		if (element(&f.sum, got, want, tolerance, i))
			record(&f, got, want, poison, i);
	if (f.sum.failed) {
		relate(&f, got, want, tolerance);
		r = report(&f, got, want);
	}
	for (a = 0; a < want->rank; a++)
		free(f.at[a]);
	return r;
}
