/*
 * Two runs over the same tasks, compared task by task.
 */
#ifndef PAIRED_H
#define PAIRED_H

#include "json.h"

/* a yes-or-no figure in both runs */
struct paired {
	long both, first, second, neither; /* tasks that have it in ... */
	double p; /* McNemar's exact test, two-sided: 1 is a tie */
};

/* the two-sided exact binomial p of a and b discordant pairs */
double paired_mcnemar(long a, long b);

/*
 * Compare the tasks of two summaries (struct summary.tasks: name -> counts)
 * that both have, by a member that is above 0 or not.
 */
struct paired paired_count(const cJSON *a, const cJSON *b, const char *key);

/*
 * The speedups of tasks that both have right: median of the ratios first/second
 * with its 95 % interval; *n is the number of tasks.
 */
struct interval paired_speedup(const cJSON *a, const cJSON *b, size_t *n);

#endif
