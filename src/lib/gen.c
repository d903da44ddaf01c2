#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtype.h"
#include "gen.h"

#define CHUNK 256
#define NESTING 4
#define PARAMS 0x80000000u /* input's bit of the stream of parameters */
#define POISON 0x40000000u /* and of an output's poison */
#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&         \
    !defined(__SANITIZE_ADDRESS__)
#define CLONES                                                                 \
	__attribute__((                                                        \
	    target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

typedef uint32_t lanes __attribute__((vector_size(32)));

#define ROT(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define QUARTER(a, b, c, d)                                                    \
	do {                                                                   \
		a += b, d ^= a, d = ROT(d, 16);                                \
		c += d, b ^= c, b = ROT(b, 12);                                \
		a += b, d ^= a, d = ROT(d, 8);                                 \
		c += d, b ^= c, b = ROT(b, 7);                                 \
	} while (0)
#define ROUNDS(x, n)                                                           \
	for (int r_ = 0; r_ < (n); r_ += 2) {                                  \
		QUARTER(x[0], x[4], x[8], x[12]);                              \
		QUARTER(x[1], x[5], x[9], x[13]);                              \
		QUARTER(x[2], x[6], x[10], x[14]);                             \
		QUARTER(x[3], x[7], x[11], x[15]);                             \
		QUARTER(x[0], x[5], x[10], x[15]);                             \
		QUARTER(x[1], x[6], x[11], x[12]);                             \
		QUARTER(x[2], x[7], x[8], x[13]);                              \
		QUARTER(x[3], x[4], x[9], x[14]);                              \
	}
#define EACH16(m)                                                              \
	m(0), m(1), m(2), m(3), m(4), m(5), m(6), m(7), m(8), m(9), m(10),     \
	    m(11), m(12), m(13), m(14), m(15)

/* constants and key */
static void
start(uint32_t s[16], const uint8_t key[32])
{
	int i;

	s[0] = 0x61707865;
	s[1] = 0x3320646e;
	s[2] = 0x79622d32;
	s[3] = 0x6b206574;
	for (i = 0; i < 8; i++)
		s[4 + i] = (uint32_t)key[4 * i] |
			   (uint32_t)key[4 * i + 1] << 8 |
			   (uint32_t)key[4 * i + 2] << 16 |
			   (uint32_t)key[4 * i + 3] << 24;
}

void
gen_block(const uint8_t key[32], uint32_t counter, const uint32_t nonce[3],
    int rounds, uint32_t out[16])
{
	uint32_t s[16], x[16];
	int i;

	start(s, key);
	s[12] = counter;
	memcpy(s + 13, nonce, 12);
	memcpy(x, s, sizeof(x));
	ROUNDS(x, rounds);
	for (i = 0; i < 16; i++)
		out[i] = x[i] + s[i];
}

/* 8 of a group's 16 blocks, from the block that s counts */
INLINE void
half(const uint32_t s[16], uint32_t *out)
{
	const lanes ramp = {0, 1, 2, 3, 4, 5, 6, 7};
	lanes x[16] = {0};

#define IN(i) x[i] += s[i]
	EACH16(IN);
	x[12] += ramp;
	ROUNDS(x, 8);
	x[12] += ramp;
#define OUT(i) x[i] += s[i], memcpy(out + 16 * (i), &x[i], sizeof(x[i]))
	EACH16(OUT);
}

INLINE void
group(uint32_t s[16], uint32_t g, uint32_t out[256])
{
	s[12] = g * 16;
	half(s, out);
	s[12] += 8;
	half(s, out + 8);
}

static void
stream(uint32_t s[16], const uint8_t key[32], uint64_t call, uint32_t input)
{
	start(s, key);
	s[12] = 0;
	s[13] = (uint32_t)call;
	s[14] = (uint32_t)(call >> 32);
	s[15] = input;
}

CLONES void
gen_group(const uint8_t key[32], uint32_t g, uint64_t call, uint32_t input,
    uint32_t out[256])
{
	uint32_t s[16];

	stream(s, key, call, input);
	group(s, g, out);
}

/* [0, 1), 32 bits */
INLINE double
unit(uint32_t w)
{
	return (double)(int32_t)(w ^ 0x80000000u) * 0x1p-32 + 0.5;
}

/* a sum of four uniforms of mean 0 and deviation 1, and low bits below them */
INLINE double
bell(uint32_t a, uint32_t b)
{
	uint32_t sum = (a & 0xffff) + (a >> 16) + (b & 0xffff) + (b >> 16);
	uint32_t low = (a * 0x9e3779b1u + b * 0x85ebca77u) >> 16;
	double d = (double)((int32_t)sum - 131070);

	return (d + ((double)(int32_t)low - 32767.5) * 0x1p-16) *
	       0x1.bb67ae8584caap-16; /* sqrt(3) / 65536 */
}

INLINE uint64_t
below(uint32_t w, uint64_t n)
{
	return w * n >> 32;
}

INLINE double
power2(int64_t e)
{
	uint64_t u = (uint64_t)(e + 1023) << 52;
	double d;

	memcpy(&d, &u, 8);
	return d;
}

INLINE double
logscale(const struct gen *g, uint32_t a, uint32_t b)
{
	int64_t e = (int64_t)((a & 0x7fffffff) * (uint64_t)g->n >> 31);
	double v = (1 + unit(b)) * power2(g->base + e);

	v = v < g->low ? v * 2 : v;
	v = v >= g->high ? v * 0.5 : v;
	return g->flag && a >> 31 ? -v : v;
}

INLINE double
edge(const struct gen *g, uint32_t a, uint32_t b)
{
	double u = unit(b), inner = g->low + u * (g->high - g->low);
	double low = g->low + u * g->step, high = g->high - (1 - u) * g->step;

	return a >> 30 ? inner : a >> 29 ? high : low;
}

INLINE double
fine(uint32_t a, uint32_t b)
{
	return ((double)(a >> 5) * 0x1p26 + (double)(b >> 6)) * 0x1p-53;
}

/* words an element takes */
static int
words(const struct gen *g)
{
	switch (g->kind) {
	case GEN_UNIFORM:
		if (dtype_isfloat(g->dtype))
			return 1 + (g->dtype == DT_DOUBLE);
		return 1 + (g->range - 1 > UINT32_MAX);
	case GEN_NORMAL:
	case GEN_EDGES:
	case GEN_LOGSCALE: return 2;
	case GEN_SPARSE:
	case GEN_CLUSTERED: return 3;
	}
	return 1;
}

static int
whole(const struct gen *g)
{
	return g->kind == GEN_INDICES || g->kind == GEN_MASK ||
	       g->kind == GEN_PERMUTATION ||
	       (g->kind == GEN_UNIFORM && !dtype_isfloat(g->dtype));
}

/* one chunk of integers */
INLINE void
integers(const struct gen *g, const uint32_t *w, int64_t *v)
{
	int i;

	if (g->kind == GEN_MASK)
		for (i = 0; i < CHUNK; i++)
			v[i] = w[i] < g->density;
	else if (words(g) == 1)
		for (i = 0; i < CHUNK; i++)
			v[i] = g->base + (int64_t)below(w[i], g->range);
	else
		for (i = 0; i < CHUNK; i++) {
			uint64_t u = (uint64_t)w[i] << 32 | w[i + CHUNK];
			unsigned __int128 p = (unsigned __int128)u * g->range;

			if (g->range)
				u = (uint64_t)(p >> 64);
			v[i] = (int64_t)((uint64_t)g->base + u);
		}
}

/* one chunk of floats; centers are those of "clustered" */
INLINE void
floats(const struct gen *g, const uint32_t *w, const double *centers, double *d)
{
	double low = g->low, width = g->high - g->low;
	double mean = g->mean, std = g->std, step = g->step;
	const uint32_t *x = w + CHUNK, *y = x + CHUNK;
	uint32_t most = (uint32_t)(g->density - 1), at[CHUNK];
	int i;

	switch (g->kind) {
	case GEN_UNIFORM:
		if (g->dtype == DT_DOUBLE)
			for (i = 0; i < CHUNK; i++)
				d[i] = low + fine(w[i], x[i]) * width;
		else
			for (i = 0; i < CHUNK; i++)
				d[i] = low + unit(w[i]) * width;
		break;
	case GEN_NORMAL:
		for (i = 0; i < CHUNK; i++)
			d[i] = mean + std * bell(w[i], x[i]);
		break;
	case GEN_SPARSE:
		for (i = 0; i < CHUNK; i++)
			d[i] = std * bell(x[i], y[i]);
		for (i = 0; i < CHUNK; i++)
			d[i] = w[i] <= most ? d[i] : 0;
		if (!g->density)
			memset(d, 0, CHUNK * sizeof(*d));
		break;
	case GEN_CLUSTERED:
		for (i = 0; i < CHUNK; i++)
			d[i] = step * bell(x[i], y[i]);
		for (i = 0; i < CHUNK; i++)
			at[i] = (uint32_t)below(w[i], (uint64_t)g->n);
		for (i = 0; i < CHUNK; i++)
			d[i] = centers[at[i]] + d[i];
		break;
	case GEN_TIES:
		for (i = 0; i < CHUNK; i++)
			d[i] = low + step * (double)(int32_t)below(
						w[i], (uint64_t)g->n);
		break;
	case GEN_EDGES:
		for (i = 0; i < CHUNK; i++)
			d[i] = edge(g, w[i], x[i]);
		break;
	case GEN_LOGSCALE:
		for (i = 0; i < CHUNK; i++)
			d[i] = logscale(g, w[i], x[i]);
		break;
	}
}

INLINE int64_t
rounded(double d, int64_t lo, int64_t hi)
{
	int64_t v;

	d = d < -0x1p62 ? -0x1p62 : d > 0x1p62 ? 0x1p62 : d;
	v = (int64_t)(d + (d < 0 ? -0.5 : 0.5));
	return v < lo ? lo : v > hi ? hi : v;
}

#define STORE(type, expr)                                                      \
	for (type *o_ = out; i < CHUNK; i++)                                   \
		o_[i] = (type)(expr);                                          \
	break

INLINE void
fromints(int dtype, const int64_t *v, void *out)
{
	int i = 0;

	switch (dtype) {
	case DT_FLOAT: STORE(float, v[i]);
	case DT_DOUBLE: STORE(double, v[i]);
	case DT_FLOAT16: STORE(uint16_t, half_of((float)v[i]));
	case DT_BFLOAT16: STORE(uint16_t, bfloat_of((float)v[i]));
	case DT_INT8:
	case DT_UINT8:
	case DT_BOOL: STORE(uint8_t, v[i]);
	case DT_INT16:
	case DT_UINT16: STORE(uint16_t, v[i]);
	case DT_INT32:
	case DT_UINT32: STORE(uint32_t, v[i]);
	default: STORE(int64_t, v[i]);
	}
}

/* to a float type: what rounding takes to high or beyond becomes low */
#define BOUND(f) ((double)(f) >= high ? low : (double)(f))

INLINE void
fromfloats(const struct gen *g, double *d, void *out)
{
	int64_t v[CHUNK], lo = dtype_min(g->dtype), hi;
	double low = g->low, high = g->high;
	int i = 0;

	switch (g->dtype) {
	case DT_FLOAT: STORE(float, BOUND((float)d[i]));
	case DT_DOUBLE: STORE(double, BOUND(d[i]));
	case DT_FLOAT16:
		for (i = 0; i < CHUNK; i++)
			d[i] = BOUND(half_value(half_of((float)d[i])));
		i = 0;
		STORE(uint16_t, half_of((float)d[i]));
	case DT_BFLOAT16:
		for (i = 0; i < CHUNK; i++)
			d[i] = BOUND(bfloat_value(bfloat_of((float)d[i])));
		i = 0;
		STORE(uint16_t, bfloat_of((float)d[i]));
	default:
		hi = g->dtype == DT_UINT64 ? INT64_MAX
					   : (int64_t)dtype_max(g->dtype);
		for (i = 0; i < CHUNK; i++)
			v[i] = rounded(d[i], lo, hi);
		fromints(g->dtype, v, out);
	}
}

CLONES static void
chunks(const struct gen *g, uint32_t s[16], const double *centers, char *dst,
    size_t count)
{
	uint32_t w[3 * CHUNK];
	union {
		int64_t v[CHUNK];
		double d[CHUNK];
	} t;
	_Alignas(64) char part[CHUNK * 8];
	size_t size = dtype_size(g->dtype), n;
	int k = words(g), ints = whole(g), i;
	int aligned = (uintptr_t)dst % size == 0;
	uint32_t at = 0;
	char *out;

	for (; count; count -= n, dst += n * size) {
		n = count < CHUNK ? count : CHUNK;
		out = n == CHUNK && aligned ? dst : part;
		for (i = 0; i < k; i++)
			group(s, at++, w + i * CHUNK);
		if (ints) {
			integers(g, w, t.v);
			fromints(g->dtype, t.v, out);
		} else {
			floats(g, w, centers, t.d);
			fromfloats(g, t.d, out);
		}
		if (out == part)
			memcpy(dst, part, n * size);
	}
}

/* each run of range elements a permutation, by exchange from its end down */
static void
permute(const struct gen *g, uint32_t s[16], char *dst, size_t count)
{
	size_t n = (size_t)g->range, size = dtype_size(g->dtype), i, j, run;
	int64_t *v = malloc((n + CHUNK) * sizeof(*v)), t;
	_Alignas(64) char out[CHUNK * 8];
	uint32_t w[CHUNK], at = 0, used = CHUNK;

	if (!v)
		abort();
	for (; count; count -= run) {
		run = count < n ? count : n;
		for (i = 0; i < n; i++)
			v[i] = g->base + (int64_t)i;
		for (i = n; i > 1; i--) {
			if (used == CHUNK) {
				group(s, at++, w);
				used = 0;
			}
			j = (size_t)below(w[used++], i);
			t = v[i - 1];
			v[i - 1] = v[j];
			v[j] = t;
		}
		memset(v + n, 0, CHUNK * sizeof(*v));
		for (i = 0; i < run; i += CHUNK) {
			j = run - i < CHUNK ? run - i : CHUNK;
			fromints(g->dtype, v + i, out);
			memcpy(dst, out, j * size);
			dst += j * size;
		}
	}
	free(v);
}

static void
repeat(const struct gen *g, char *dst, size_t count)
{
	size_t left = count * dtype_size(g->dtype), n;

	for (; left; left -= n, dst += n) {
		n = left < g->bytes ? left : g->bytes;
		memcpy(dst, g->data, n);
	}
}

void
gen_fill(const struct gen *g, const uint8_t key[32], uint64_t call,
    uint32_t input, void *dst, size_t count)
{
	double centers[GEN_CENTERS];
	uint32_t s[16], p[CHUNK];
	int i, depth;

	gen_group(key, 0, call, input | PARAMS, p);
	for (depth = 0; g->kind == GEN_MIX_OF; depth++)
		g = g->of + below(p[depth], (uint64_t)g->n);
	if (g->kind == GEN_CLUSTERED)
		for (i = 0; i < g->n; i++)
			centers[i] = g->mean + g->std * bell(p[16 + i * 2],
							    p[17 + i * 2]);
	stream(s, key, call, input);
	if (g->kind == GEN_LITERAL)
		repeat(g, dst, count);
	else if (g->kind == GEN_PERMUTATION)
		permute(g, s, dst, count);
	else
		chunks(g, s, centers, dst, count);
}

static void
poison(const uint8_t key[32], uint64_t call, uint32_t output, uint32_t w[CHUNK])
{
	int i;

	gen_group(key, 0, call, output | POISON, w);
	for (i = 0; i < CHUNK; i++)
		w[i] |= 0x40404040u;
}

void
gen_poison(const uint8_t key[32], uint64_t call, uint32_t output, void *dst,
    size_t bytes)
{
	uint32_t w[CHUNK];
	char *p = dst;
	size_t n;

	poison(key, call, output, w);
	for (; bytes; bytes -= n, p += n) {
		n = bytes < sizeof(w) ? bytes : sizeof(w);
		memcpy(p, w, n);
	}
}

int
gen_poisoned(const uint8_t key[32], uint64_t call, uint32_t output,
    const void *data, size_t offset, size_t n)
{
	uint32_t w[CHUNK];

	poison(key, call, output, w);
	offset %= sizeof(w);
	return n <= sizeof(w) - offset &&
	       memcmp(data, (const char *)w + offset, n) == 0;
}

static void
put(FILE *fp, double d)
{
	uint64_t u;

	memcpy(&u, &d, 8);
	fprintf(fp, " %llx", (unsigned long long)u);
}

static void
print(FILE *fp, const struct gen *g)
{
	size_t i;

	fprintf(fp, "%x %x %x %x", g->kind, g->dtype, g->n, g->flag);
	put(fp, g->low);
	put(fp, g->high);
	put(fp, g->mean);
	put(fp, g->std);
	put(fp, g->step);
	fprintf(fp, " %llx %llx %llx %zx", (unsigned long long)g->base,
	    (unsigned long long)g->range, (unsigned long long)g->density,
	    g->bytes);
	for (i = 0; i < g->bytes; i++)
		fprintf(fp, " %x", ((unsigned char *)g->data)[i]);
	for (i = 0; g->of && i < (size_t)g->n; i++) {
		putc(' ', fp);
		print(fp, g->of + i);
	}
}

char *
gen_text(const struct gen *g)
{
	char *text = NULL;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	if (!fp)
		return NULL;
	print(fp, g);
	if (fclose(fp) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int
take(const char **text, uint64_t *v)
{
	char *end;

	*v = strtoull(*text, &end, 16);
	if (end == *text)
		return -1;
	*text = end;
	return 0;
}

static int
takedouble(const char **text, double *d)
{
	uint64_t u;

	if (take(text, &u) < 0)
		return -1;
	memcpy(d, &u, 8);
	return 0;
}

static void
release(struct gen *g)
{
	int i;

	for (i = 0; g->of && i < g->n; i++)
		release(g->of + i);
	free(g->of);
	free(g->data);
}

static int
scan(const char **text, struct gen *g, int depth)
{
	uint64_t kind, dtype, n, flag, base, bytes, v;
	size_t i;

	if (take(text, &kind) < 0 || take(text, &dtype) < 0 ||
	    take(text, &n) < 0 || take(text, &flag) < 0 ||
	    takedouble(text, &g->low) < 0 || takedouble(text, &g->high) < 0 ||
	    takedouble(text, &g->mean) < 0 || takedouble(text, &g->std) < 0 ||
	    takedouble(text, &g->step) < 0 || take(text, &base) < 0 ||
	    take(text, &g->range) < 0 || take(text, &g->density) < 0 ||
	    take(text, &bytes) < 0)
		return -1;
	if (kind >= GEN_KINDS || dtype >= DT_COUNT || !dtype_size((int)dtype) ||
	    n > 1 << 20 || bytes > 1 << 26 ||
	    (kind == GEN_CLUSTERED && (n < 1 || n > GEN_CENTERS)) ||
	    (kind == GEN_PERMUTATION && (!g->range || g->range > 1 << 28)) ||
	    (kind == GEN_LITERAL && !bytes) ||
	    (kind == GEN_MIX_OF && (n < 1 || n > GEN_MIX || depth == NESTING)))
		return -1;
	g->kind = (int)kind;
	g->dtype = (int)dtype;
	g->n = (int)n;
	g->flag = (int)flag;
	g->base = (int64_t)base;
	g->bytes = (size_t)bytes;
	if (bytes && !(g->data = malloc((size_t)bytes)))
		return -1;
	for (i = 0; i < bytes; i++) {
		if (take(text, &v) < 0)
			return -1;
		((unsigned char *)g->data)[i] = (unsigned char)v;
	}
	if (kind != GEN_MIX_OF)
		return 0;
	if (!(g->of = calloc(GEN_MIX, sizeof(*g->of))))
		return -1;
	for (i = 0; i < n; i++)
		if (scan(text, g->of + i, depth + 1) < 0)
			return -1;
	return 0;
}

struct gen *
gen_scan(const char **text)
{
	struct gen *g = calloc(1, sizeof(*g));

	if (g && scan(text, g, 0) < 0) {
		gen_free(g);
		g = NULL;
	}
	return g;
}

void
gen_free(struct gen *g)
{
	if (g)
		release(g);
	free(g);
}
