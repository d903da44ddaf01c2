#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"
#include "util.h"

#define RESAMPLES 2000
#define Z95 1.959963984540054

static int
bysize(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
stats_quantile(double *x, size_t n, double q)
{
	double at, whole;
	size_t i;

	if (!n)
		return 0;
	qsort(x, n, sizeof(*x), bysize);
	at = q * (double)(n - 1);
	whole = floor(at);
	i = (size_t)whole;
	if (i + 1 >= n)
		return x[n - 1];
	return x[i] + (at - whole) * (x[i + 1] - x[i]);
}

double
stats_median(double *x, size_t n)
{
	return stats_quantile(x, n, 0.5);
}

void
stats_wilson(long k, long n, double *low, double *high)
{
	double p, d, mid, half;

	*low = 0;
	*high = 1;
	if (n <= 0)
		return;
	p = (double)k / (double)n;
	d = 1 + Z95 * Z95 / (double)n;
	mid = (p + Z95 * Z95 / (2 * (double)n)) / d;
	half = Z95 / d *
	       sqrt(p * (1 - p) / (double)n +
		    Z95 * Z95 / (4 * (double)n * (double)n));
	*low = k == 0 ? 0 : mid - half;
	*high = k == n ? 1 : mid + half;
}

/* splitmix64 (Steele et al. 2014) */
static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* the 97.5 % point of t with so many degrees of freedom, over the normal's:
   a percentile bootstrap of few values is too narrow by about that */
static double
widening(size_t freedom)
{
	static const double t[] = {1, 1, 4.303, 3.182, 2.776, 2.571, 2.447,
	    2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
	    2.120, 2.110, 2.101, 2.093, 2.086};

	if (freedom < 2)
		return 1;
	return (freedom < LEN(t) ? t[freedom] : Z95 + 2.4 / (double)freedom) /
	       Z95;
}

struct interval
stats_bootstrap(const double *x, size_t n)
{
	struct interval r = {0};
	uint64_t state = 1;
	double *sample, *medians, wide;
	size_t i, k;

	if (!n)
		return r;
	sample = xreallocarray(NULL, n, sizeof(*sample));
	medians = xreallocarray(NULL, RESAMPLES, sizeof(*medians));
	for (k = 0; k < RESAMPLES; k++) {
		for (i = 0; i < n; i++)
			sample[i] = x[next(&state) % n];
		medians[k] = stats_median(sample, n);
	}
	memcpy(sample, x, n * sizeof(*sample));
	r.mid = stats_median(sample, n);
	wide = widening(n - 1);
	r.low =
	    r.mid + wide * (stats_quantile(medians, RESAMPLES, 0.025) - r.mid);
	r.high =
	    r.mid + wide * (stats_quantile(medians, RESAMPLES, 0.975) - r.mid);
	free(sample);
	free(medians);
	return r;
}

struct interval
stats_trimmed(const double *x, size_t n, double share)
{
	struct interval r = {0};
	size_t cut = (size_t)(share * (double)n), kept = n - 2 * cut, i;
	double *v, sum = 0, mean = 0, squares = 0, d, half;

	if (n < 5)
		return stats_bootstrap(x, n);
	v = xreallocarray(NULL, n, sizeof(*v));
	memcpy(v, x, n * sizeof(*v));
	qsort(v, n, sizeof(*v), bysize);
	for (i = cut; i < n - cut; i++)
		sum += v[i];
	r.mid = sum / (double)kept;
	for (i = 0; i < n; i++) {
		if (i < cut)
			v[i] = v[cut];
		if (i >= n - cut)
			v[i] = v[n - cut - 1];
		mean += v[i] / (double)n;
	}
	for (i = 0; i < n; i++) {
		d = v[i] - mean;
		squares += d * d;
	}
	half = Z95 * widening(kept - 1) *
	       sqrt(squares / (double)(n - 1) / (double)n) * (double)n /
	       (double)kept;
	r.low = r.mid - half;
	r.high = r.mid + half;
	free(v);
	return r;
}
