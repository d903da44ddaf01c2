/*
 * What earlier attempts at a task left, and that in words for a prompt.
 *
 * An attempt is a directory results/RUN/TASK/N; read are agent.json (what was
 * decided), replan.json (the plan), context.json (code, build, errors and
 * declarations), score.json (run and verdict) and inspect.json (what the
 * evidence says).  No text holds a directory of
 * this machine.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "json.h"

enum outcome {
	ATTEMPT_SKIPPED, /* a stop rule held */
	ATTEMPT_EMPTY,	 /* no code in the answer */
	ATTEMPT_LATE,	 /* its build ran out of time: nothing is known of it */
	ATTEMPT_BROKEN,	 /* it does not build */
	ATTEMPT_WRONG,	 /* wrong, crashed, hung, or a hack */
	ATTEMPT_RIGHT,
};

struct attempt {
	int number; /* from 1 */
	enum outcome outcome;
	int parent;	  /* whose code it changed; 0: a draft */
	int timed;	  /* right, with a speedup that is believed */
	double speedup;	  /* over native, or 0 */
	double low, high; /* its interval */
	double cost;	  /* US dollars of all its answers */
	/* the files; NULL: not there */
	cJSON *agent, *plan, *code, *score, *inspect;
};

/* the number of attempts of a task, results/RUN/TASK */
int attempts_count(const char *task);
/* attempts 1 .. n - 1 of the chain in which dir is attempt n; caller frees */
struct attempt *attempts_load(const char *dir, int n);
/* the fastest that is right (the first of equals), or NULL */
const struct attempt *attempts_best(const struct attempt *a, int n);

/* each appends text; what there is nothing to say about says so in a line */
void attempt_code(struct buf *b, const struct attempt *a);
/* located errors and, with context, what the engine declares; or, without
   errors of err-extract, the end of the compiler's output */
void attempt_errors(
    struct buf *b, const struct attempt *a, int located, int context);
/* why it is wrong; without report only that it is */
void attempt_mismatch(struct buf *b, const struct attempt *a, int report);
/* the ONNX node beside the engine's operators, with what differs; nothing where
   the engine converts nothing */
void attempt_model(struct buf *b, const struct attempt *a);
/* what measuring showed; with remarks, which loops were vectorised */
void attempt_performance(
    struct buf *b, const struct attempt *a, int times, int roofline);
/* one line: who, from what, the idea, the outcome */
void attempt_line(
    struct buf *b, const struct attempt *a, const struct attempt *best);
/* the folded history: best, last and every distinct idea within a budget */
void attempts_memory(
    struct buf *b, const struct attempt *a, int n, size_t budget);
/* what other tasks of the run came to whose operator is of the category of
   record's, those of the very operator first; dir is the attempt's */
void attempts_family(
    struct buf *b, const char *dir, const cJSON *record, size_t budget);

#endif
