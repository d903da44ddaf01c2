#include <err.h>
#include <errno.h>
#include <math.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base64.h"
#include "dtype.h"
#include "genjson.h"

#define NESTING 4

static const char *const kinds[GEN_KINDS] = {"uniform", "normal", "sparse",
    "clustered", "ties", "edges", "logscale", "indices", "permutation", "mask",
    "mix", "literal"};

static void parse(struct gen *g, const cJSON *values, int dtype, int depth);

/* only the keys that a kind has may be there */
static void
onlykeys(const cJSON *values, const char *keys)
{
	size_t n;
	const char *p;

	json_each (m, values) {
		n = strlen(m->string);
		for (p = keys; p && *p; p = strchr(p, ' '), p = p ? p + 1 : p)
			if (strncmp(p, m->string, n) == 0 &&
			    (p[n] == ' ' || !p[n]))
				break;
		if ((!p || !*p) && strcmp(m->string, "kind") != 0)
			json_bad(m, "unknown key '%s' of values", m->string);
	}
}

static void
bounds(struct gen *g, const cJSON *v, double low, double high)
{
	g->low = json_numberor(v, "low", low);
	g->high = json_numberor(v, "high", high);
	if (dtype_isfloat(g->dtype) ? g->low >= g->high : g->low > g->high)
		json_bad(v, "low is not below high");
	if (dtype_isfloat(g->dtype))
		return;
	if (fabs(g->low) > JSON_INT || fabs(g->high) > JSON_INT ||
	    g->low < (double)dtype_min(g->dtype) ||
	    g->high > (double)dtype_max(g->dtype))
		json_bad(v, "low or high is no %s", dtype_name(g->dtype));
	if (g->low != floor(g->low) || g->high != floor(g->high))
		json_bad(v, "low or high is no integer");
	g->base = (int64_t)g->low;
	g->range = (uint64_t)((int64_t)g->high - g->base) + 1;
}

/* deviation, with floats of any size */
static double
deviation(const cJSON *v, const char *key, double absent)
{
	double d = json_numberor(v, key, absent);

	if (d < 0)
		json_bad(json_get(v, key), "%s is negative", key);
	return d;
}

static void
density(struct gen *g, const cJSON *v, double absent)
{
	double d = json_numberor(v, "density", absent);

	if (d < 0 || d > 1)
		json_bad(json_get(v, "density"), "density is not in [0, 1]");
	g->density = (uint64_t)(d * 4294967296.0);
}

static void
ties(struct gen *g, const cJSON *v)
{
	onlykeys(v, "levels low high");
	bounds(g, v, -3, 3);
	g->n = (int)json_intor(v, "levels", 1, 1 << 20, 7);
	g->step = g->n > 1 ? (g->high - g->low) / (g->n - 1) : 0;
	g->high = INFINITY;
}

static void
edges(struct gen *g, const cJSON *v)
{
	onlykeys(v, "low high margin");
	bounds(g, v, -1, 1);
	g->step = deviation(v, "margin", 1e-3);
	if (g->step > g->high - g->low)
		json_bad(v, "margin is wider than low to high");
}

static void
logscale(struct gen *g, const cJSON *v)
{
	int first, last;

	onlykeys(v, "low high signed");
	g->low = json_numberor(v, "low", 1e-3);
	g->high = json_numberor(v, "high", 1e3);
	if (g->low < 0x1p-1000 || g->high < 2 * g->low || g->high > 0x1p1000)
		json_bad(v, "logscale needs 0 < low and 2 low <= high");
	g->flag = json_boolor(v, "signed", dtype_issigned(g->dtype));
	frexp(g->low, &first);
	frexp(nextafter(g->high, 0), &last);
	g->base = first - 1;
	g->n = last - first + 1;
}

static void
indices(struct gen *g, const cJSON *v)
{
	int64_t size;

	onlykeys(v, "size negative");
	size = json_int(v, "size", 1, INT32_MAX);
	if (json_boolor(v, "negative", 0)) {
		if (!dtype_issigned(g->dtype))
			json_bad(
			    v, "negative indices of %s", dtype_name(g->dtype));
		g->base = -size;
		size *= 2;
	}
	g->range = (uint64_t)size;
}

static void
mix(struct gen *g, const cJSON *v, int depth)
{
	cJSON *of = json_array(v, "of");
	int i = 0;

	onlykeys(v, "of");
	g->n = cJSON_GetArraySize(of);
	if (g->n < 1 || g->n > GEN_MIX || depth == NESTING)
		json_bad(of,
		    "a mix has 1 to %d parts and is nested at most %d "
		    "deep",
		    GEN_MIX, NESTING);
	g->of = xcalloc(GEN_MIX, sizeof(*g->of));
	json_each (part, of)
		parse(&g->of[i++], part, g->dtype, depth + 1);
}

static void
defaults(struct gen *g)
{
	g->std = 1;
	if (dtype_isfloat(g->dtype)) {
		g->kind = GEN_NORMAL;
	} else if (g->dtype == DT_BOOL) {
		g->kind = GEN_MASK;
		g->density = 1ull << 31;
	} else {
		g->base = dtype_issigned(g->dtype) ? -100 : 0;
		g->range = (uint64_t)(101 - g->base);
	}
}

static void
literal(struct gen *g, const cJSON *list)
{
	struct buf b = {0};

	gen_literal(list, g->dtype, &b);
	if (!b.len)
		json_bad(list, "literal values without an element");
	g->kind = GEN_LITERAL;
	g->data = b.data;
	g->bytes = b.len;
}

static void
known(struct gen *g, const cJSON *v, int depth)
{
	switch (g->kind) {
	case GEN_UNIFORM:
		onlykeys(v, "low high");
		if (dtype_isfloat(g->dtype))
			bounds(g, v, -1, 1);
		else
			bounds(g, v, dtype_issigned(g->dtype) ? -100 : 0,
			    g->dtype == DT_BOOL ? 1 : 100);
		break;
	case GEN_NORMAL:
		onlykeys(v, "mean std");
		g->mean = json_numberor(v, "mean", 0);
		g->std = deviation(v, "std", 1);
		break;
	case GEN_SPARSE:
		onlykeys(v, "density std");
		density(g, v, 0.1);
		g->std = deviation(v, "std", 1);
		break;
	case GEN_CLUSTERED:
		onlykeys(v, "centers spread mean std");
		g->n = (int)json_intor(v, "centers", 1, GEN_CENTERS, 8);
		g->step = deviation(v, "spread", 0.01);
		g->mean = json_numberor(v, "mean", 0);
		g->std = deviation(v, "std", 1);
		break;
	case GEN_TIES: ties(g, v); break;
	case GEN_EDGES: edges(g, v); break;
	case GEN_LOGSCALE: logscale(g, v); break;
	case GEN_INDICES: indices(g, v); break;
	case GEN_PERMUTATION:
		onlykeys(v, "size");
		g->range = (uint64_t)json_int(v, "size", 1, 1 << 28);
		break;
	case GEN_MASK:
		onlykeys(v, "density");
		density(g, v, 0.5);
		break;
	case GEN_MIX_OF: mix(g, v, depth); break;
	case GEN_LITERAL:
		onlykeys(v, "data");
		literal(g, json_array(v, "data"));
		break;
	}
}

static void
parse(struct gen *g, const cJSON *values, int dtype, int depth)
{
	const char *kind;

	if (!dtype_isfloat(dtype) && !dtype_isint(dtype) && dtype != DT_BOOL)
		json_bad(values, "no values can be made of %s",
		    dtype_name(dtype) ? dtype_name(dtype) : "this dtype");
	g->dtype = dtype;
	g->low = -INFINITY;
	g->high = INFINITY;
	if (!values) {
		defaults(g);
		return;
	}
	if (!cJSON_IsObject(values))
		json_bad(values, "values are no object");
	kind = json_string(values, "kind");
	while (g->kind < GEN_KINDS && strcmp(kinds[g->kind], kind) != 0)
		g->kind++;
	if (g->kind == GEN_KINDS)
		json_bad(json_get(values, "kind"),
		    "no kind of values '%s' (uniform, normal, sparse, "
		    "clustered, ties, edges, logscale, indices, permutation, "
		    "mask, mix, literal)",
		    kind);
	known(g, values, depth);
}

struct gen *
gen_parse(const cJSON *values, int dtype)
{
	struct gen *g = xcalloc(1, sizeof(*g));

	parse(g, values, dtype, 0);
	return g;
}

static int
nibble(char c)
{
	const char *p = c ? strchr("0123456789abcdef", c | 0x20) : NULL;

	return p ? (int)(p - "0123456789abcdef") : -1;
}

struct gen *
gen_input(const cJSON *input)
{
	const char *name = json_string(input, "dtype"), *raw;
	struct gen *g;
	struct buf b = {0};
	int dtype = dtype_number(name);
	cJSON *data = json_get(input, "data");

	if (!dtype)
		json_bad(json_get(input, "dtype"), "no dtype '%s'", name);
	raw = json_stringor(input, "raw", NULL);
	if (!data && !raw)
		return gen_parse(json_get(input, "values"), dtype);
	g = xcalloc(1, sizeof(*g));
	g->dtype = dtype;
	g->high = INFINITY;
	if (data) {
		literal(g, data);
		return g;
	}
	if (base64_read(&b, raw) < 0 || !b.len || b.len % dtype_size(dtype))
		json_bad(json_get(input, "raw"), "not base64 of whole %s",
		    dtype_name(dtype));
	g->kind = GEN_LITERAL;
	g->data = b.data;
	g->bytes = b.len;
	return g;
}

static double
real(const cJSON *e)
{
	const char *s = cJSON_GetStringValue(e);

	if (cJSON_IsNumber(e))
		return e->valuedouble;
	if (s && strcmp(s, "NaN") == 0)
		return NAN;
	if (s && strcmp(s, "Infinity") == 0)
		return INFINITY;
	if (s && strcmp(s, "-Infinity") == 0)
		return -INFINITY;
	json_bad(e, "not a number");
}

static uint64_t
integer(const cJSON *e, int dtype)
{
	const char *s = cJSON_GetStringValue(e);
	uint64_t max = dtype_max(dtype), u;
	int64_t min = dtype_min(dtype);
	char *end = NULL;
	double d;

	if (cJSON_IsBool(e))
		return cJSON_IsTrue(e);
	if (!s) {
		d = cJSON_IsNumber(e) ? e->valuedouble : NAN;
		if (d != floor(d) || d < (double)min || d > (double)max)
			json_bad(e, "not an element of %s", dtype_name(dtype));
		return d < 0 ? (uint64_t)(int64_t)d : (uint64_t)d;
	}
	errno = 0;
	u = *s == '-' ? (uint64_t)strtoll(s, &end, 10) : strtoull(s, &end, 10);
	if (errno || end == s || *end ||
	    (*s == '-' ? (int64_t)u < min : u > max))
		json_bad(e, "not an element of %s", dtype_name(dtype));
	return u;
}

static void
element(const cJSON *e, int dtype, struct buf *out)
{
	uint16_t h;
	uint64_t u;
	double d;
	float f;

	if (!dtype_isfloat(dtype)) {
		u = integer(e, dtype);
		buf_add(out, &u, dtype_size(dtype)); /* little endian */
		return;
	}
	d = real(e);
	f = (float)d;
	h = dtype == DT_FLOAT16 ? half_of(f) : bfloat_of(f);
	if (dtype == DT_DOUBLE)
		buf_add(out, &d, 8);
	else if (dtype == DT_FLOAT)
		buf_add(out, &f, 4);
	else
		buf_add(out, &h, 2);
}

void
gen_literal(const cJSON *list, int dtype, struct buf *out)
{
	if (!cJSON_IsArray(list))
		json_bad(list, "data is no list");
	if (!dtype_isfloat(dtype) && !dtype_isint(dtype) && dtype != DT_BOOL)
		json_bad(list, "data of dtype %s cannot be read",
		    dtype_name(dtype) ? dtype_name(dtype) : "unknown");
	json_each (e, list)
		element(e, dtype, out);
}

void
gen_publickey(const char *task, uint8_t key[32])
{
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)"constant ", 9);
	SHA256Update(&ctx, (const uint8_t *)task, strlen(task));
	SHA256Final(key, &ctx);
}

int
gen_key(const char *hex, uint8_t key[32])
{
	int i, a, b;

	if (strlen(hex) != 64)
		return -1;
	for (i = 0; i < 32; i++) {
		a = nibble(hex[2 * i]);
		b = nibble(hex[2 * i + 1]);
		if (a < 0 || b < 0)
			return -1;
		key[i] = (uint8_t)(a << 4 | b);
	}
	return 0;
}

void
gen_newkey(uint8_t key[32])
{
	if (getrandom(key, 32, 0) != 32)
		err(EX_OSERR, "getrandom");
}

void
gen_keyhex(const uint8_t key[32], char hex[65])
{
	int i;

	for (i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", key[i]);
}
