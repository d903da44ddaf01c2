#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"
#include "util.h"

#define RESAMPLES 2000
#define Z95 1.959963984540054

static int
increasing(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
quantile(const double *v, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t i = (size_t)at;

	if (i + 1 >= n)
		return v[n - 1];
	return v[i] + (at - (double)i) * (v[i + 1] - v[i]);
}

double
stats_quantile(double *v, size_t n, double q)
{
	if (n == 0)
		return NAN;
	qsort(v, n, sizeof(*v), increasing);
	return quantile(v, n, q);
}

double
stats_median(double *v, size_t n)
{
	return stats_quantile(v, n, 0.5);
}

/* xorshift64*: the same resamples every time */
static uint64_t
next(uint64_t *s)
{
	*s ^= *s >> 12;
	*s ^= *s << 25;
	*s ^= *s >> 27;
	return *s * 0x2545f4914f6cdd1du;
}

/* the 97.5 % point of t with so many degrees of freedom, over the normal's */
static double
widening(size_t freedom)
{
	static const double t[] = {0, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447,
	    2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
	    2.120, 2.110, 2.101, 2.093, 2.086};
	double x = freedom < LEN(t) ? t[freedom] : Z95 + 2.4 / (double)freedom;

	return x / Z95;
}

struct interval
stats_bootstrap(const double *v, size_t n)
{
	double *sorted = xcalloc(n, sizeof(*v)), *draw = xcalloc(n, sizeof(*v)),
	       *medians = xcalloc(RESAMPLES, sizeof(*v)), wide;
	struct interval r = {NAN, -INFINITY, INFINITY};
	uint64_t s = 0x9e3779b97f4a7c15u;
	size_t i, j;

	memcpy(sorted, v, n * sizeof(*v));
	if (n)
		r.value = stats_median(sorted, n);
	for (i = 0; n >= 3 && i < RESAMPLES; i++) {
		for (j = 0; j < n; j++)
			draw[j] = v[(next(&s) >> 32) * n >> 32];
		medians[i] = stats_median(draw, n);
	}
	if (n >= 3) {
		wide = widening(n - 1);
		qsort(medians, RESAMPLES, sizeof(*medians), increasing);
		r.low = r.value -
			(r.value - quantile(medians, RESAMPLES, 0.025)) * wide;
		r.high = r.value +
			 (quantile(medians, RESAMPLES, 0.975) - r.value) * wide;
	}
	free(sorted);
	free(draw);
	free(medians);
	return r;
}

struct interval
stats_wilson(size_t k, size_t n)
{
	struct interval r = {0, 0, 1};
	double p, z = Z95 * Z95, mid, half;

	if (n == 0)
		return r;
	p = (double)k / (double)n;
	mid = (p + z / (2 * (double)n)) / (1 + z / (double)n);
	half = Z95 / (1 + z / (double)n) *
	       sqrt(p * (1 - p) / (double)n + z / (4 * (double)n * (double)n));
	r.value = p;
	r.low = k == 0 ? 0 : mid - half;
	r.high = k == n ? 1 : mid + half;
	return r;
}
