/*
 * A program that answers: the request on its stdin, the answer on its stdout,
 * driven by a loop that does other things meanwhile.
 */
#ifndef EXEC_H
#define EXEC_H

#include <sys/types.h>

#include "json.h"

struct pollfd;

struct execution {
	pid_t pid;
	int in, out; /* our ends, -1 when closed */
	const char *input;
	size_t inputlen, sent;
	struct buf output;
	size_t max;
	int toolong;	   /* it wrote more than max */
	int timedout;	   /* it took longer than it may */
	uint64_t deadline; /* nowns() */
	int status;	   /* as of waitpid, once it ended */
};

/* start command (strings); input stays the caller's.  It leads a process group
   of its own and dies with us.  0, or -1 and errno if it cannot run. */
int exec_start(struct execution *x, const cJSON *command, const char *input,
    double seconds, size_t max);
/* the descriptors to wait for; returns how many (at most 2) */
unsigned exec_fds(const struct execution *x, struct pollfd *fds);
/* read and write what can be: 1 when it has ended and status is set */
int exec_turn(struct execution *x);
/* end it and its group now */
void exec_kill(struct execution *x);

#endif
