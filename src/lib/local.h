/*
 * Providers that answer from files: the oracle with the project's hand-written
 * kernels, replay with answers that were recorded.
 */
#ifndef LOCAL_H
#define LOCAL_H

#include "answer.h"

/* which answer is wanted */
struct question {
	const cJSON *task;    /* of the record */
	const cJSON *request; /* of the record */
	long attempt, sample;
	const char *role;
	const char *key; /* content address of the request */
};

/*
 * The kernel of tasks/oracle/ENGINE/ for the task's operator, as Markdown.  An
 * operator that has none is a rejected answer whose reason names it; an engine
 * that has no kernels at all ends the program with 69.
 */
void oracle_answer(const struct question *q, struct answer *a);

struct replay; /* a set of recorded answers */

/*
 * Open a directory or a JSONL file of recorded answers; ends the program with
 * 69 if it is not there and with 65 if a line is not an answer.
 */
struct replay *replay_open(const char *path);
/* the recorded answer: 1, or 0 if there is none */
int replay_answer(struct replay *r, const struct question *q, struct answer *a);
/* an answer from {"text":..,"outcome":..,...}, as replay, exec and --import
   take it; 0, or -1 and the reason if it is none */
int answer_fromjson(const cJSON *json, struct answer *a, const char **why);

#endif
