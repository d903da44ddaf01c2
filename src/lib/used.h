/*
 * What the chains of a run that are done have used: time of compilers, of
 * devices and of the model, and money.  A record is read once; what it said is
 * kept in RUN/used.
 */
#ifndef USED_H
#define USED_H

#include "goals.h"
#include "json.h"

struct used {
	double build;	/* seconds of compilers */
	cJSON *devices; /* name -> seconds of measuring there */
	double model;	/* seconds of answers, one after the other */
	long calls;	/* questions */
	int64_t pico;	/* what they cost */
	double longest; /* seconds that the busiest resource was at work */
	char *what;	/* its name: "builds", "device NAME" or "model" */
};

/*
 * Read what the chains have used that end in these goals (those that are not
 * there do not count).  A resource is as long at work as its
 * sum over its width: builds as many at once as this machine has build slots,
 * each device one measurement, the model the concurrency that its file in dir
 * allows, and no more questions a minute than it allows.
 */
void used_read(struct used *u, const char *dir, const struct goals *goals);
void used_free(struct used *u);

#endif
