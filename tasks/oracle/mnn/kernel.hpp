// What the kernels of this folder share: eight floats at a time as a vector of
// the compiler's, elementary functions on them, and the executions and creators
// of operators that map elements to elements.
//
// On x86-64 all of it is compiled for AVX2 and FMA, which MNN's own kernels look
// for too: without them no execution is created.  On aarch64 a vector is two
// registers.
#ifndef KERNEL_HPP
#define KERNEL_HPP

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "backend/cpu/CPUBackend.hpp"
#include "core/Concurrency.h"
#include "core/Execution.hpp"
#include "core/Macro.h"
#include "core/TensorUtils.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma GCC target("avx2,fma")
#else
#include <arm_neon.h>
#endif
#define INLINE static inline __attribute__((always_inline))
#pragma GCC diagnostic ignored "-Wpsabi"

namespace MNN {

typedef float vf __attribute__((vector_size(32)));
typedef int32_t vi __attribute__((vector_size(32)));
enum { LANES = 8 };

INLINE vf vset(float x) { return vf{x, x, x, x, x, x, x, x}; }
INLINE vi vseti(int32_t x) { return vi{x, x, x, x, x, x, x, x}; }
INLINE vi vbits(vf x) { return (vi)x; }
INLINE vf vfloat(vi x) { return (vf)x; }
INLINE vf vload(const float *p) {
    vf x;
    memcpy(&x, p, sizeof(x));
    return x;
}
INLINE void vstore(float *p, vf x) { memcpy(p, &x, sizeof(x)); }
INLINE vf vabs(vf x) { return vfloat(vbits(x) & vseti(0x7fffffff)); }
INLINE vf vsign(vf magnitude, vf sign) {
    return vfloat(vbits(magnitude) | (vbits(sign) & vseti((int32_t)0x80000000)));
}
INLINE vf vmax(vf a, vf b) { return a > b ? a : b; }
INLINE vf vmin(vf a, vf b) { return a < b ? a : b; }
INLINE float vsum(vf x) { return ((x[0] + x[4]) + (x[1] + x[5])) + ((x[2] + x[6]) + (x[3] + x[7])); }

INLINE vf vsqrt(vf x) {
#if defined(__x86_64__)
    return (vf)_mm256_sqrt_ps((__m256)x);
#else
    float a[LANES];
    vstore(a, x);
    vst1q_f32(a, vsqrtq_f32(vld1q_f32(a)));
    vst1q_f32(a + 4, vsqrtq_f32(vld1q_f32(a + 4)));
    return vload(a);
#endif
}

// to the nearest integer, ties to even; what has no fraction stays
INLINE vf vround(vf x) {
#if defined(__x86_64__)
    return (vf)_mm256_round_ps((__m256)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
    vf magic = vset(8388608.0f), a = vabs(x);
    return a < magic ? vsign((a + magic) - magic, x) : x;
#endif
}
INLINE vf vfloor(vf x) {
#if defined(__x86_64__)
    return (vf)_mm256_floor_ps((__m256)x);
#else
    vf r = vround(x);
    return r > x ? r - 1.0f : r;
#endif
}
INLINE vf vceil(vf x) {
#if defined(__x86_64__)
    return (vf)_mm256_ceil_ps((__m256)x);
#else
    vf r = vround(x);
    return vsign(r < x ? r + 1.0f : r, x);
#endif
}
INLINE vi vint(vf x) { return __builtin_convertvector(x, vi); }
INLINE vf vfromint(vi x) { return __builtin_convertvector(x, vf); }

// x = n ln 2 + r; a polynomial in r; the power of two in two factors, so that
// results beyond the range become infinity, zero or subnormal
INLINE vf vexp(vf x) {
    vf c = vmin(vmax(x, vset(-104.0f)), vset(89.0f));
    vf n = vround(c * 1.44269504f);
    vf r = c - n * 0.693359375f + n * 2.12194440e-4f;
    vf p = ((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r +
            1.6666665459e-1f) * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    vi k = vint(n), h = k >> 1;
    p = p * vfloat((h + 127) << 23) * vfloat((k - h + 127) << 23);
    return x != x ? x : p;
}

INLINE vf vlog(vf x) {
    vf scaled = x < vset(1.17549435e-38f) ? x * 8388608.0f : x;
    vf shift  = x < vset(1.17549435e-38f) ? vset(-23.0f) : vset(0.0f);
    vi b = vbits(scaled);
    vf e = vfromint((b >> 23) - 126) + shift;
    vf m = vfloat((b & 0x007fffff) | 0x3f000000);
    vf low = m < vset(0.707106781f) ? vset(1.0f) : vset(0.0f);
    e = e - low;
    m = m + m * low - 1.0f;
    vf z = m * m;
    vf p = ((((((((7.0376836292e-2f * m - 1.1514610310e-1f) * m + 1.1676998740e-1f) * m - 1.2420140846e-1f) * m +
                1.4249322787e-1f) * m - 1.6668057665e-1f) * m + 2.0000714765e-1f) * m - 2.4999993993e-1f) * m +
            3.3333331174e-1f) * m * z;
    vf y = p - 2.12194440e-4f * e - 0.5f * z + m + 0.693359375f * e;
    y = x == vset(INFINITY) ? x : y;
    y = x == vset(0.0f) ? vset(-INFINITY) : y;
    return x >= vset(0.0f) ? y : vset(NAN);
}

// sine and cosine of the rest after multiples of pi/2 in three parts; beyond
// what that carries the library is asked
INLINE void vsincos(vf x, vf *sine, vf *cosine) {
    vf n = vround(x * 0.636619772f);
    vi q = vint(n);
    vf r = ((x - n * 1.5703125f) - n * 4.837512969970703e-4f) - n * 7.549789948768648e-8f;
    vf z = r * r;
    vf s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
    vf c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
    vi odd = (q & 1) != 0;
    vf a = odd ? c : s, b = odd ? s : c;
    *sine   = vfloat(vbits(a) ^ ((q & 2) << 30));
    *cosine = vfloat(vbits(b) ^ (((q + 1) & 2) << 30));
    for (int i = 0; i < LANES; i++) {
        if (__builtin_expect(!(fabsf(x[i]) < 8192.0f), 0)) {
            (*sine)[i]   = sinf(x[i]);
            (*cosine)[i] = cosf(x[i]);
        }
    }
}
INLINE vf vsin(vf x) {
    vf s, c;
    vsincos(x, &s, &c);
    return s;
}
INLINE vf vcos(vf x) {
    vf s, c;
    vsincos(x, &s, &c);
    return c;
}
INLINE vf vtan(vf x) {
    vf s, c;
    vsincos(x, &s, &c);
    return s / c;
}

INLINE vf vatan(vf x) {
    vf a = vabs(x);
    vf t = a > vset(1.0f) ? 1.0f / a : a;
    vf u = t > vset(0.414213562f) ? (t - 1.0f) / (t + 1.0f) : t;
    vf z = u * u;
    vf p = (((8.05374449538e-2f * z - 1.38776856032e-1f) * z + 1.99777106478e-1f) * z - 3.33329491539e-1f) * z * u + u;
    p = t > vset(0.414213562f) ? p + 0.785398163f : p;
    p = a > vset(1.0f) ? 1.57079633f - p : p;
    return x != x ? x : vsign(p, x);
}

// of |x| at most 1/2 directly, else through sqrt((1 - |x|) / 2)
INLINE vf vasin(vf x) {
    vf a = vabs(x);
    vf z = a > vset(0.5f) ? 0.5f * (1.0f - a) : a * a;
    vf s = a > vset(0.5f) ? vsqrt(z) : a;
    vf p = ((((4.2163199048e-2f * z + 2.4181311049e-2f) * z + 4.5470025998e-2f) * z + 7.4953002686e-2f) * z +
            1.6666752422e-1f) * z * s + s;
    p = a > vset(0.5f) ? 1.57079633f - 2.0f * p : p;
    p = a > vset(1.0f) ? vset(NAN) : p;
    return x != x ? x : vsign(p, x);
}
INLINE vf vacos(vf x) { return 1.57079633f - vasin(x); }
INLINE vf vsinh(vf x) {
    vf a = vabs(x), e = vexp(a), z = x * x;
    vf small = ((1.9841270e-4f * z + 8.3333333e-3f) * z + 1.6666667e-1f) * z * a + a;
    vf large = 0.5f * e - 0.5f / e;
    return vsign(a < vset(1.0f) ? small : large, x);
}
INLINE vf vcosh(vf x) {
    vf e = vexp(vabs(x));
    return 0.5f * e + 0.5f / e;
}
INLINE vf vtanh(vf x) {
    vf a = vabs(x), z = x * x;
    vf small = ((((-5.70498872745e-3f * z + 2.06390887954e-2f) * z - 5.37397155531e-2f) * z + 1.33314422036e-1f) * z -
                3.33332819422e-1f) * z * a + a;
    vf large = 1.0f - 2.0f / (vexp(2.0f * a) + 1.0f);
    return vsign(a < vset(0.625f) ? small : large, x);
}
INLINE vf vasinh(vf x) {
    vf a = vabs(x), z = x * x;
    vf small = ((7.5e-2f * z - 1.6666667e-1f) * z + 1.0f) * a;
    return vsign(a < vset(0.1f) ? small : vlog(a + vsqrt(z + 1.0f)), x);
}
INLINE vf vacosh(vf x) {
    vf t = x - 1.0f;
    return vlog(x + vsqrt(t * (t + 2.0f)));
}
INLINE vf vatanh(vf x) {
    vf z = x * x;
    vf small = ((0.2f * z + 3.3333333e-1f) * z + 1.0f) * x;
    return vabs(x) < vset(0.1f) ? small : 0.5f * vlog((1.0f + x) / (1.0f - x));
}
// Abramowitz and Stegun 7.1.26, absolute error 1.5e-7
INLINE vf verf(vf x) {
    vf a = vabs(x), t = 1.0f / (1.0f + 0.3275911f * a);
    vf p = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
    return vsign(1.0f - p * vexp(-a * a), x);
}
INLINE vf vsigmoid(vf x) { return 1.0f / (1.0f + vexp(-x)); }

// elements of a tensor as they lie, padding of packed channels included
INLINE size_t lying(Backend *backend, const Tensor *t) { return static_cast<CPUBackend *>(backend)->getTensorSize(t); }

// may the kernels of this file run here?
INLINE bool runnable(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return true;
#endif
}

typedef void (*Map1)(float *y, const float *x, size_t n);

class Unary : public Execution {
public:
    Unary(Backend *b, Map1 f) : Execution(b), map(f) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        size_t n = lying(backend(), in[0]);
        int threads = n < LAUNCH_MULTI_THREADS_WORKLOAD ? 1 : static_cast<CPUBackend *>(backend())->threadNumber();
        size_t part = UP_DIV(UP_DIV(n, (size_t)threads), 16) * 16;
        const float *x = in[0]->host<float>();
        float *y = out[0]->host<float>();
        MNN_CONCURRENCY_BEGIN(id, threads) {
            size_t from = part * (size_t)id;
            if (from < n) {
                map(y + from, x + from, part < n - from ? part : n - from);
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    Map1 map;
};

// NAME(y, x, n) with y = EXPRESSION of vf x
#define LOOP(NAME, EXPRESSION)                                     \
    static void NAME(float *to, const float *from, size_t n) { \
        size_t i = 0;                                              \
        for (; i + LANES <= n; i += LANES) {                       \
            vf x = vload(from + i);                                \
            vstore(to + i, EXPRESSION);                            \
        }                                                          \
        if (i < n) {                                               \
            float rest[LANES] = {0};                               \
            memcpy(rest, from + i, (n - i) * sizeof(float));       \
            vf x = vload(rest);                                    \
            vstore(rest, EXPRESSION);                              \
            memcpy(to + i, rest, (n - i) * sizeof(float));         \
        }                                                          \
    }

// the creator of one operation of OpType_UnaryOp
#define UNARY(NAME, OPERATION, EXPRESSION)                                                                    \
    LOOP(NAME##Loop, EXPRESSION)                                                                              \
    class NAME##Creator : public CPUBackend::Creator {                                                        \
    public:                                                                                                   \
        Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,  \
                            Backend *b) const override {                                                      \
            if (op->main_as_UnaryOp()->opType() != OPERATION || in[0]->getType().code != halide_type_float || !runnable()) { \
                return nullptr;                                                                               \
            }                                                                                                 \
            return new Unary(b, NAME##Loop);                                                                  \
        }                                                                                                     \
    };                                                                                                        \
    REGISTER_CPU_OP_CREATOR(NAME##Creator, OpType_UnaryOp);

// pairs: as they lie, or one of them a single element; 32 bits an element
typedef void (*Map2)(void *y, const void *a, const void *b, size_t n, int stepa, int stepb);

class Binary : public Execution {
public:
    Binary(Backend *b, Map2 f) : Execution(b), map(f) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        size_t n = lying(backend(), out[0]);
        size_t na = (size_t)TensorUtils::getRawSize(in[0]), nb = (size_t)TensorUtils::getRawSize(in[1]);
        int threads = n < LAUNCH_MULTI_THREADS_WORKLOAD ? 1 : static_cast<CPUBackend *>(backend())->threadNumber();
        size_t part = UP_DIV(UP_DIV(n, (size_t)threads), 16) * 16;
        int stepa = na == 1 && nb != 1 ? 0 : 1, stepb = nb == 1 && na != 1 ? 0 : 1;
        const int32_t *a = in[0]->host<int32_t>(), *b = in[1]->host<int32_t>();
        int32_t *y = out[0]->host<int32_t>();
        MNN_CONCURRENCY_BEGIN(id, threads) {
            size_t from = part * (size_t)id;
            if (from < n) {
                map(y + from, a + from * stepa, b + from * stepb, part < n - from ? part : n - from, stepa, stepb);
            }
        }
        MNN_CONCURRENCY_END();
        return NO_ERROR;
    }

private:
    Map2 map;
};

// NAME(...) with R y = EXPRESSION of T a and T b
#define LOOP2(NAME, T, R, EXPRESSION)                                                                         \
    static void NAME(void *to, const void *left, const void *right, size_t n, int stepa, int stepb) { \
        const T *l = (const T *)left, *r = (const T *)right;                                                  \
        R *y = (R *)to;                                                                                       \
        if (stepa && stepb) {                                                                                 \
            for (size_t i = 0; i < n; i++) {                                                                  \
                T a = l[i], b = r[i];                                                                         \
                y[i] = EXPRESSION;                                                                            \
            }                                                                                                 \
        } else if (stepa) {                                                                                   \
            T b = *r;                                                                                         \
            for (size_t i = 0; i < n; i++) {                                                                  \
                T a = l[i];                                                                                   \
                y[i] = EXPRESSION;                                                                            \
            }                                                                                                 \
        } else {                                                                                              \
            T a = *l;                                                                                         \
            for (size_t i = 0; i < n; i++) {                                                                  \
                T b = r[i];                                                                                   \
                y[i] = EXPRESSION;                                                                            \
            }                                                                                                 \
        }                                                                                                     \
    }

// the creator of one operation of OpType_BinaryOp, on floats and on integers
#define BINARY(NAME, OPERATION, FLOATS, INTEGERS)                                                            \
    class NAME##Creator : public CPUBackend::Creator {                                                       \
    public:                                                                                                  \
        Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op, \
                            Backend *b) const override {                                                     \
            if (op->main_as_BinaryOp()->opType() != OPERATION || in[0]->getType().bits != 32 || !runnable()) { \
                return nullptr;                                                                              \
            }                                                                                                \
            return new Binary(b, in[0]->getType().code == halide_type_float ? FLOATS : INTEGERS);            \
        }                                                                                                    \
    };                                                                                                       \
    REGISTER_CPU_OP_CREATOR(NAME##Creator, OpType_BinaryOp);

} // namespace MNN
#endif
