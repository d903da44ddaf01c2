/*
 * The two sides of a measurement: the engine's own kernel and the candidate,
 * each a runner and a model in a directory of this measurement.
 */
#ifndef ARMS_H
#define ARMS_H

#include "session.h"

enum { NATIVE, CANDIDATE, ARMS };

/* engine ort, no build: make the candidate's arm the native kernel, slower by
   this factor ("1.25"); NULL: as it is */
extern const char *arms_planted;

struct armset {
	struct arm arm[ARMS];
	int direct;    /* see sessionjob */
	cJSON *facts;  /* of the engine, for the record; owned */
	char *why;     /* no native kernel: the reason; else NULL; owned */
	char *refused; /* the candidate makes no model: the reason; owned */
	char *log;     /* and what was said about it; owned */
};

/*
 * Make the models of a task in dir (which exists) and name the runners.  build
 * is the record's, or NULL: the candidate's arm is the native one again.  arch
 * is the device's.  Status 69 if a runner is not built, 65 if the task makes no
 * model.
 */
void arms_open(struct armset *a, const cJSON *task, const cJSON *engine,
    const cJSON *build, const char *arch, const char *dir);
void arms_close(struct armset *a);

/* the task's model as the engine's converter makes it: a path (freed by the
   caller), or NULL if the engine converts nothing or refuses this one */
char *arms_converted(const cJSON *task, const cJSON *engine, const char *arch);

#endif
