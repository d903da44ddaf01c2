/*
 * check wilson K N: the interval
 * check median X...: stats_bootstrap of them
 * check trimmed X...: stats_trimmed of them, a fifth off at each end
 * check quantile Q X...
 * check coverage N: of how many of 500 samples of N normal values does the
 * bootstrap's interval hold the truth, in per cent
 * check trimmedcoverage N: and the trimmed mean's
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

#define TRIALS 500

static uint64_t state = 42;

static struct interval
trimmed(const double *x, size_t n)
{
	return stats_trimmed(x, n, 0.2);
}

/* Box and Muller's, from Marsaglia's xorshift */
static double
normal(void)
{
	double u[2];
	int i;

	for (i = 0; i < 2; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		u[i] = ((double)(state >> 11) + 0.5) * 0x1p-53;
	}
	return sqrt(-2 * log(u[0])) * cos(6.283185307179586 * u[1]);
}

static double
coverage(size_t n, struct interval (*of)(const double *, size_t))
{
	struct interval r;
	double x[64];
	int held = 0, k;
	size_t i;

	for (k = 0; k < TRIALS; k++) {
		for (i = 0; i < n; i++)
			x[i] = normal();
		r = of(x, n);
		held += r.low <= 0 && 0 <= r.high;
	}
	return 100.0 * held / TRIALS;
}

int
main(int argc, char **argv)
{
	struct interval r;
	double x[64], low, high;
	size_t n = 0;
	int i;

	for (i = 2; i < argc; i++)
		x[n++] = strtod(argv[i], NULL);
	if (n == 0)
		return 64;
	if (strcmp(argv[1], "wilson") == 0) {
		stats_wilson((long)x[0], (long)x[1], &low, &high);
		printf("%.4f %.4f\n", low, high);
	} else if (strcmp(argv[1], "median") == 0) {
		r = stats_bootstrap(x, n);
		printf("%g %d %d\n", r.mid, r.low <= r.mid, r.mid <= r.high);
	} else if (strcmp(argv[1], "trimmed") == 0) {
		r = trimmed(x, n);
		printf("%.4g %.4g %.4g\n", r.mid, r.low, r.high);
	} else if (strcmp(argv[1], "quantile") == 0) {
		printf("%g\n", stats_quantile(x + 1, n - 1, x[0]));
	} else {
		printf("%d\n",
		    (int)coverage((size_t)x[0], strcmp(argv[1], "coverage") == 0
						    ? stats_bootstrap
						    : trimmed));
	}
	return 0;
}
