#include "binary.h"

struct state {
	bool c; /* fmod: the result has the sign of x, else that of y */
};

static OrtStatus *
setup(struct node *n)
{
	((struct state *)n->state)->c = attr_int(n, "fmod", 0);
	return NULL;
}

/* the remainder for quotients below 2^23, where x - q y is exact */
static inline float
remainder_near(float x, float y)
{
	const float a = fabsf(x), b = fabsf(y), q = truncf(a / b);
	float r = fmaf(-q, b, a);

	r = r < 0.0f ? r + b : r;
	r = r >= b ? r - b : r;
	return copysignf(r, x);
}

/* int32 through double, which divides vectors and is exact */
static inline int32_t
remainder_int32(int32_t x, int32_t y)
{
	return (int32_t)(x - trunc((double)x / (double)y) * (double)y);
}

static inline float
remainder_float(float x, float y)
{
	return fabsf(x) < 0x1p22f * fabsf(y) && fabsf(x) <= FLT_MAX &&
		       fabsf(y) <= FLT_MAX
		   ? remainder_near(x, y)
		   : fmodf(x, y);
}

#define C_MOD(T, x, y)                                                         \
	((T) _Generic((T)0, float                                              \
		      : remainder_float, double                                \
		      : fmod, int32_t                                          \
		      : remainder_int32, default                               \
		      : plain_##T)(x, y))
#define PLAIN(NAME, T, F)                                                      \
	static inline T plain_##T(T x, T y)                                    \
	{                                                                      \
		return (T)(x % y);                                             \
	}
EACH_INT(PLAIN, )
#define plain_float plain_int32_t
#define plain_double plain_int32_t

/* from C's remainder to the one with the sign of y */
#define PY_MOD(T, x, y) turn_##T(C_MOD(T, x, y), y)
#define TURN(NAME, T, F)                                                       \
	static inline T turn_##T(T r, T y)                                     \
	{                                                                      \
		return (T)(r != 0 && (r < 0) != (y < 0) ? r + y : r);          \
	}
EACH_NUMBER(TURN, )

static OrtStatus *
run(struct node *n)
{
	const struct state *s = n->state;
	struct tensor a, b, c;
	struct loop l;

	TRY(binary_start(n, &a, &b, &c, &l));
	if (c.n == 0)
		return NULL;
	if (s->c)
		switch (a.type) {
			EACH_NUMBER(BINARY_CASE, C_MOD)
		}
	else
		switch (a.type) {
			EACH_INT(BINARY_CASE, PY_MOD)
		}
	return NULL;
}

static const struct op theop = {.name = "Mod",
    .in = "TT",
    .out = "T",
    .T = NUMBERS,
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
