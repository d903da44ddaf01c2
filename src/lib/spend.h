/*
 * What was spent and what it bought, from records or from the store.
 */
#ifndef SPEND_H
#define SPEND_H

/* a table by model (and by category and task, if records are given), with
   latencies; no files: the store and its ledger.  Returns the exit status. */
int spend_print(char *const *files, const char *ledger);
/* clean the store up and say what was done */
int spend_gc(void);

#endif
