/*
 * The statistics of the judge.
 */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>
#include <stdint.h>

/* a point estimate and its 95 % interval */
struct interval {
	double mid, low, high;
};

/* the q-quantile (0..1) of n values, linear between neighbours (Hyndman and
   Fan's type 7); sorts x; 0 if n is 0 */
double stats_quantile(double *x, size_t n, double q);
double stats_median(double *x, size_t n);

/* Wilson score interval of k successes in n trials, 95 %; 0..1 if n is 0 */
void stats_wilson(long k, long n, double *low, double *high);

/*
 * The median of n values with a percentile bootstrap interval (Efron 1979) of
 * 95 %, from 2,000 resamples of a generator with a fixed seed: the same values
 * give the same interval.  It is widened as the t distribution is against the
 * normal one, which few values need.  x is not changed.  n of 0 gives zeros; of
 * 1, a point.
 */
struct interval stats_bootstrap(const double *x, size_t n);

/*
 * The mean of n values without a share (below 0.5) of the least and as many of
 * the greatest, with its 95 % interval from the winsorized variance (Tukey and
 * McLaughlin 1963): nearly as steady as a mean, and outliers are nothing to it.
 * x is not changed.  n of 0 gives zeros; fewer than 5, what stats_bootstrap
 * gives.
 */
struct interval stats_trimmed(const double *x, size_t n, double share);

#endif
