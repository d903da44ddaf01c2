/*
 * The one key that this process holds.  While it does, the process cannot be
 * dumped or traced by others, and the key is in nothing it writes.
 */
#ifndef SECRET_H
#define SECRET_H

#include <stddef.h>

/* take the key out of the environment: 0, or -1 if the variable is not set or
   empty; a key with characters that a header cannot hold ends the program */
int secret_load(const char *env);
/* the key, or NULL if none was loaded */
const char *secret_value(void);
size_t secret_len(void);
/* write asterisks over the key wherever it stands in n bytes; keys of less
   than 8 characters ("none", "EMPTY") are no secrets */
void secret_redact(char *p, size_t n);
/* the length of the longest end of p that may be the start of the key */
size_t secret_tail(const char *p, size_t n);

#endif
