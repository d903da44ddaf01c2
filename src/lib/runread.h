/*
 * A run as its report sees it: the manifest, the counts of each task and a
 * line for each attempt.  All figures come from summary.h.
 */
#ifndef RUNREAD_H
#define RUNREAD_H

#include "summary.h"

struct run {
	char *dir;	 /* results/RUN, or the file the run came from */
	char *name;	 /* RUN */
	int foreign;	 /* it came from a file: no task pages, no attempts */
	cJSON *manifest; /* run.json, and when, machine, engine_facts; made:
			    manifest.json */
	cJSON *summary;	 /* what summary_json calls summary */
	cJSON *tasks;	 /* name -> counts, as of struct summary */
	cJSON *attempts; /* task -> array of attempts, see below */
	struct summary figures; /* of run_read alone */
};

/*
 * An attempt: attempt (its number), role, why (so), parent, status (stopped: a
 * stop rule held), because (what went wrong), class, evidence, compiled,
 * correct, speedup, low, high, heldout, emulated, cost (a number, US dollars),
 * dir, roofline, and of its task macs and bytes.  What is not known is absent.
 */

/* read results/RUN; status 69 if it is none or has nothing done */
void run_read(struct run *r, const char *dir);

/* write what run_read made, but for dir and figures, as a JSON text on a line
 */
void run_tell(FILE *fp, const struct run *r);

/* the run that run_tell wrote there, of that directory; -1 if there is none */
int run_hear(struct run *r, const char *dir, struct jsonin *in);

/* add the runs of a file {"leaderboard":{"runs":[...]}} to *runs */
void run_readfile(struct run **runs, size_t *n, const char *path);

/* the runs as that JSON; caller deletes */
cJSON *run_leaderboard(const struct run *runs, size_t n);

/* its attempts of a task, or NULL */
const cJSON *run_attempts(const struct run *r, const char *task);

/* the record of an attempt's stage, dir/NAME.json, or NULL if it is not there;
   caller deletes */
cJSON *run_stage(const cJSON *attempt, const char *name);

#endif
