/*
 * Questions asked, many at once: the store first, then the limits and the
 * budget, the one loop of retries, and the record of what it took.
 */
#ifndef ASK_H
#define ASK_H

#include "http.h"
#include "ledger.h"
#include "limiter.h"
#include "local.h"
#include "wire.h"

#define ASK_MAXBODY ((size_t)64 << 20)

/* set before ask_init, the same for every question */
struct asker {
	const struct model *m;
	struct replay *replay; /* of provider replay */
	struct ledger *ledger; /* NULL: nothing costs */
	int bounded;	       /* there is a budget */
	int defer;	       /* leave what is not known to a batch */
};

struct job; /* a question under way */

/* what came of a question */
struct outcome_of {
	cJSON *response; /* "response" of the record, or NULL */
	int status;	 /* 0, or the exit status that it stands for */
	char *why;	 /* one line, if status is not 0 */
};

void ask_init(const struct asker *a);
/*
 * Ask what record asks.  done is called once, perhaps before this returns; it
 * gets arg and the outcome, and owns the response.  The record stays the
 * caller's; its messages are no longer needed when this returns.
 */
void ask_start(const cJSON *record,
    void (*done)(void *arg, struct outcome_of *), void *arg);
/* go on with all that is under way, for at most ms milliseconds or until fd
   (-1: none) can be read: 1 if it can */
int ask_turn(long ms, int fd);
/* how many are under way */
size_t ask_count(void);
/* the status for which nothing more is asked, 0: none; and why */
int ask_stopped(const char **why);

/* the canonical request of a record: what is sent and to whom, and the sample;
   its SHA-256 is the content address.  Caller frees. */
cJSON *ask_canonical(const struct model *m, const cJSON *request);
/* make "response" of an answer (and write asterisks over the key in it) */
cJSON *ask_response(const struct model *m, struct answer *a, int64_t cost,
    double seconds, const cJSON *attempts, const char *key);
/* the answer that a stored body holds: READ_* */
int ask_reread(const struct model *m, const char *body, size_t n,
    struct answer *a, struct error *e);
/* the greatest cost of a request, in pico-dollars */
int64_t ask_greatest(const struct model *m, const cJSON *body);
/* remember that a request waits for an answer, and in which batch (or NULL) */
void ask_setpending(
    const struct model *m, const cJSON *canonical, const char *batch);

#endif
