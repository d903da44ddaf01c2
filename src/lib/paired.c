#include <math.h>
#include <stdlib.h>

#include "paired.h"
#include "stats.h"

double
paired_mcnemar(long a, long b)
{
	long n = a + b, less = a < b ? a : b, i;
	double sum = 0;

	if (!n)
		return 1;
	for (i = 0; i <= less; i++)
		sum += exp(lgamma((double)n + 1) - lgamma((double)i + 1) -
			   lgamma((double)(n - i) + 1) - (double)n * M_LN2);
	return fmin(1, 2 * sum);
}

struct paired
paired_count(const cJSON *a, const cJSON *b, const char *key)
{
	struct paired r = {0};
	const cJSON *other;
	int x, y;

	json_each (t, a) {
		other = json_get(b, t->string);
		if (!other)
			continue;
		x = json_numberor(t, key, 0) > 0;
		y = json_numberor(other, key, 0) > 0;
		r.both += x && y;
		r.first += x && !y;
		r.second += !x && y;
		r.neither += !x && !y;
	}
	r.p = paired_mcnemar(r.first, r.second);
	return r;
}

struct interval
paired_speedup(const cJSON *a, const cJSON *b, size_t *n)
{
	struct interval r;
	double *ratio = NULL, x, y;

	*n = 0;
	json_each (t, a) {
		x = json_numberor(t, "speedup", 0);
		y = json_numberor(json_get(b, t->string), "speedup", 0);
		if (x <= 0 || y <= 0)
			continue;
		ratio = xreallocarray(ratio, *n + 1, sizeof(*ratio));
		ratio[(*n)++] = log(x / y);
	}
	r = stats_bootstrap(ratio, *n);
	free(ratio);
	return (struct interval){exp(r.mid), exp(r.low), exp(r.high)};
}
