/*
 * How a device that is not this machine is reached: one such table for each
 * way.  Only device.c uses it.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <sys/types.h>

#include "json.h"

/* words of a command; NULL-terminated, its strings are whoever's they were */
struct words {
	const char *v[320];
	size_t n;
};

struct link {
	const cJSON *file; /* the transport's own part of the device's file */
	const char *name;  /* the device's */
	char *dir;	   /* of this link, on this machine; ours alone */
	pid_t master;	   /* the connection that others share, 0 if none */
};

struct transport {
	const char *name;
	/* seconds for this program and its server to say that nobody is there
	 */
	double patience;
	/* connect, once more if need be: 0, -1 with the reason in why, or -2 if
	   it is no use to try again */
	int (*join)(struct link *l, struct buf *why);
	/* the words to put before one word that the device's shell is given;
	   stdin and stdout are carried as they are */
	void (*words)(const struct link *l, struct words *w);
	/* copy a file of ours to a path there; 0, or -1 with the reason */
	int (*copy)(const struct link *l, const char *from, const char *to,
	    struct buf *why);
	void (*leave)(struct link *l);
};

extern const struct transport transport_ssh, transport_adb;

/* one word more; status 65 when there are too many */
void words_add(struct words *w, const char *word);
/* the strings of a list of the device's file */
void words_list(struct words *w, const cJSON *list);
/*
 * Run it with that input and wait at most so many seconds: its exit status, -1
 * if it was killed or could not be started.  What it printed is added to out.
 */
int words_run(const struct words *w, const void *input, size_t n,
    double seconds, struct buf *out);
/* the last line of n that is not empty, without its end, added to why */
void lastline(struct buf *why, const struct buf *text);

#endif
