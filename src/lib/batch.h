/*
 * Many requests at once, answered within a day at a lower price; or by any
 * other means: a queue, a person, a local model.
 */
#ifndef BATCH_H
#define BATCH_H

#include "ledger.h"
#include "model.h"

/* records of the files ("-" is stdin); those that are not answered yet go to
   stdout in the provider's form (for exec and queue: {"key","messages",...}),
   each under its content address.  Returns the exit status. */
int batch_export(const struct model *m, char *const *files, long sample);
/* answers in the provider's form, or {"key","text",...} lines, to the store */
int batch_import(const struct model *m, char *const *files);
/* "submit" what was deferred, "poll" what was submitted, "wait" until all is
   there; 75 while something is still under way */
int batch_run(const struct model *m, struct ledger *l, const char *verb);

#endif
