/*
 * What the parts of device.h share: device.c opens, devicestore.c sends files,
 * devicestate.c asks how it stands.
 */
#ifndef DEVICEIMPL_H
#define DEVICEIMPL_H

#include "device.h"
#include "transport.h"

#define SHELLTIME 60 /* seconds for a script */
#define FACT 200     /* bytes of a fact */

struct device {
	const cJSON *pool;	     /* the file that was asked for */
	const cJSON *file;	     /* the member's own */
	cJSON *owned;		     /* that, if it was read here */
	const struct transport *how; /* NULL: this machine */
	struct link link;
	int lock;
	int measures; /* slot_measure's, or -1 */
	double wait;  /* seconds that it may be away */
	char *root;   /* its directory there, absolute */
	cJSON *about; /* arch, kernel, cpus, and who is at work there */
	cJSON *held;  /* directories of its store, by name */
	cJSON *used;  /* those that this measurement uses */
	cJSON *drops; /* those that nobody will ask for again */
	cJSON *prepared;
	struct words command;
	char *word; /* the one that its shell is given */
};

/* a device that does not answer: it may come back until then; zero-initialise
 */
struct patience {
	uint64_t until;
	int began;
};

/* its name, for messages */
const char *device_name(const struct device *d);
/* why it does not answer: wait a little and empty why, or end the program with
   status 69 (final) or 75 (its time is up) */
void device_again(
    const struct device *d, struct patience *p, int final, struct buf *why);
/* connect again */
void device_rejoin(struct device *d, struct patience *p);
/* the scripts of a list or object (strings, or objects with "command"), one
   after the other, to be told apart by device_answer; caller frees */
char *device_each(const cJSON *list);

#endif
