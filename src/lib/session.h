/*
 * A supervisor at work: one job, any number of rounds (man supervise).
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdint.h>

#include "device.h"

/* one side of a measurement: files as the device sees them */
struct arm {
	const char *name;
	char *runner, *model;
	char *candidate; /* library, or NULL */
};

struct sessionjob {
	struct device *device;
	const char *const *argv; /* the supervisor, with what carries it to the
				    device before it; NULL-terminated */
	int emulated;		 /* those words are an emulator's */
	const char *cpus;  /* processors for the runner, "4-7,2"; NULL: the
			      strongest */
	const cJSON *via;  /* words before the runner's path: an emulator, or
			      NULL */
	const cJSON *task; /* its tensors; generators of its inputs */
	const struct arm *arms;
	int narms;
	int threads;
	int direct; /* outputs are final when the timed bell is answered */
	int beside; /* calls are not timed: leave processors to others */
	long hangms, memorymb;
};

struct session;

#define SESSION_SIDES 2 /* arms of one round */

struct round {
	long number;		 /* the caller's; even: the first arm begins */
	int arms[SESSION_SIDES]; /* who takes part, in turn */
	int narms;
	uint8_t key[32];
	long turns, calls; /* turns of each arm, timed calls in each */
	long *samples;	   /* calls whose outputs are asked for */
	long nsamples;
	long warmms, maxwarmms;
	int cold;
};

/* an output of a call that was asked for; data is owned by who gets it */
struct sample {
	int arm;
	long round, call;
	int output; /* place among the task's outputs */
	char *data;
	size_t bytes;
};

struct samples {
	struct sample *list;
	size_t n;
};

/* start it; status 70 if it cannot be */
struct session *session_open(const struct sessionjob *job);
/* between two measurements here: device and arms are gone */
void session_rest(struct session *s);
/* and on with arms that are the same but for the last's candidate, on the same
   device, opened anew */
void session_candidate(
    struct session *s, struct device *device, const struct arm *arms);
/*
 * A round: results become what the supervisor says of each arm; what was
 * sampled is added to samples.  A supervisor that ends or says what it must not
 * is status 70: it is ours, and trusted.  A device that is lost is status 75.
 */
void session_round(struct session *s, const struct round *round,
    struct samples *samples, cJSON **results);
/* what the supervisor said of itself */
const cJSON *session_about(const struct session *s);
/* 75 if the device was lost, whatever it told before */
void session_close(struct session *s);

void samples_free(struct samples *s);
/* only the first n, which there are */
void samples_keep(struct samples *s, size_t n);
/* without the first n */
void samples_drop(struct samples *s, size_t n);

#endif
