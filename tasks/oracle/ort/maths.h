/* Mathematics: functions of floats that the compiler turns into vector code. */
#ifndef MATHS_H
#define MATHS_H

#include "kernel.h"

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
#define SIGMOID(x) _Generic((x), float : sigmoidf_, default : sigmoid_)(x)

#endif
