/*
 * Statistics of measurements and of rates.
 */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>
#include <stdint.h>

struct interval {
	double value, low, high;
};

/* the q-quantile (0 to 1) of n values, linear between neighbours; sorts v;
   NaN if n is 0 */
double stats_quantile(double *v, size_t n, double q);
double stats_median(double *v, size_t n); /* sorts v */

/*
 * The median of n values with its 95 % interval by bootstrap (2000 resamples,
 * always the same ones).  With few values the bootstrap's interval is too
 * narrow; it is widened to what the t distribution says against the normal one.
 * Infinite if n < 3.
 */
struct interval stats_bootstrap(const double *v, size_t n);

/* k of n with the 95 % interval of Wilson; 0, 0, 1 if n is 0 */
struct interval stats_wilson(size_t k, size_t n);

#endif
