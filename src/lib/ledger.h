/*
 * What may be spent, held across processes.  One file: a first line of fixed
 * length with the sums, which alone counts, and a journal after it for people.
 *
 * Before a call its greatest cost is reserved; after it what it did cost is
 * settled.  A reservation whose process died stays counted: the call may have
 * been billed.  So settled plus reserved never passes the budget by a
 * reservation, and what is spent passes it only by as much as a call costs more
 * than was reserved for it.  Amounts are pico-dollars.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdint.h>

struct ledger;

/* the ledger at path, made when something is spent; budget -1: no bound */
struct ledger *ledger_open(const char *path, int64_t budget);

enum {
	LEDGER_OK,   /* reserved */
	LEDGER_WAIT, /* others have reserved, and may need less: ask again */
	LEDGER_FULL, /* the budget does not allow it */
};
int ledger_reserve(struct ledger *l, int64_t amount, const char *what);
/* a reservation became a cost */
void ledger_settle(
    struct ledger *l, int64_t reserved, int64_t cost, const char *what);
/* a reservation that outlives this process (a batch) is no longer ours */
void ledger_leave(struct ledger *l);

/* the sums; both 0 if there is no ledger yet */
void ledger_sums(struct ledger *l, int64_t *settled, int64_t *reserved);

#endif
