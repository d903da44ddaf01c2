/*
 * Verdicts to figures: CSR, FCR and fast_p by category and overall, as in
 * MobileKernelBench (arXiv 2603.11935, section 3): per task the best attempt.
 *
 *   CSR     share of tasks of which an attempt was built
 *   FCR     share of tasks of which an attempt was also correct
 *   fast_p  share of tasks of which a correct attempt was faster than p times
 *           the native kernel
 *
 * Each rate has a Wilson 95 % interval.  Beside fast_p stands "confident
 * fast_p": the lower end of the speedup's own 95 % interval is above p.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "json.h"

/* the tasks seen so far; zero-initialise */
struct summary {
	cJSON *tasks;	 /* name -> what is known of it */
	long attempts;	 /* records taken */
	double *seconds; /* wall time of each answer */
	size_t nseconds;
	double *spent; /* on the first, second, ... attempts of all tasks, $ */
	size_t nspent;
	long input, output; /* tokens */
};

/* take a record that has a verdict; file is where it lies, or NULL */
void summary_add(struct summary *s, const cJSON *record, const char *file);

/* US dollars of a record's answer and of those that planned it */
double summary_cost(const cJSON *record);

/* print the file of each task's best attempt: of the correct ones the fastest;
   tasks that have none are left out */
void summary_winners(FILE *fp, const struct summary *s);

/* the figures, as {"summary": {...}}: mkbench-json(5); caller deletes */
cJSON *summary_json(const struct summary *s);

/* print figures in a format: plain, markdown, csv, latex or json; status 64
   if there is no such format */
void summary_print(FILE *fp, const cJSON *figures, const char *format);

/* a rate of a row of figures as the tables print it: per cent and the ends of
   its interval, "87.5 69-96"; "-" for a fast_p or confident_p of times that
   are all an emulator's */
void summary_cell(char *s, size_t n, const cJSON *row, const char *column);
/* are all times of a row of figures an emulator's? */
int summary_untimed(const cJSON *row);

#endif
