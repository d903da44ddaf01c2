/*
 * How fast a model may be asked, held across processes by a small state file:
 * requests and tokens in any minute, and how many at once.  The last adapts:
 * an answer "too fast" cuts it by 0.7 (once for all that were under way), every
 * success adds 1/n.  Slots are byte locks, so those of a dead process are free.
 */
#ifndef LIMITER_H
#define LIMITER_H

#include "model.h"

struct limiter;

/* a request under way */
struct ticket {
	int slot;	/* -1: none */
	int64_t second; /* when it was taken */
	int64_t tokens; /* what was counted for it */
	uint64_t start; /* nanoseconds, for the cut */
};

/* the limits of a model, in dir/limits/ */
struct limiter *limiter_open(const struct model *m, const char *dir);
/* may a request of so many tokens start?  0: yes, the ticket is filled; else
   milliseconds until it is worth asking again */
long limiter_take(struct limiter *l, int64_t tokens, struct ticket *t);
/* it was not sent after all */
void limiter_cancel(struct limiter *l, struct ticket *t);

enum {
	LIMIT_OK,    /* answered */
	LIMIT_FAST,  /* told to slow down; wait: seconds that nobody asks */
	LIMIT_OTHER, /* failed for another reason */
};
void limiter_done(struct limiter *l, struct ticket *t, int result,
    int64_t tokens, double wait);

/* how many may be under way now */
int limiter_now(struct limiter *l);

#endif
