/*
 * Answers by content: results/store/ab/HASH.json and the provider's bytes
 * beside it, HASH.body.  HASH is the SHA-256 of the canonical request, so an
 * answer that was paid for is found again wherever it is asked for.
 *
 *	HASH.json	{"format","key","request","http","attempts","seconds",
 *			"cost","response"}; without "response" it is a request
 *			that waits for its answer
 *	HASH.body	the body as it came, written before it is parsed
 *	HASH.failed	the last body that was no answer
 *	HASH.lock	held while the question is asked
 */
#ifndef STORE_H
#define STORE_H

#include "json.h"

#define STORE_FORMAT 1

/* dir, or $MKBENCH_STORE, or results/store; made when something is written */
void store_open(const char *dir);
const char *store_dir(void);

/* a JSON text with sorted keys and no spaces, malloced */
char *store_canonical(const cJSON *json);
/* the content address of a request */
void store_key(const cJSON *request, char key[65]);

/* path of a file of the entry (suffix ".json", ...), malloced */
char *store_path(const char *key, const char *suffix);
/* the entry, or NULL; an entry that is no JSON counts as none */
cJSON *store_get(const char *key);
/* write the entry: 0, or -1 and errno */
int store_put(const char *key, const cJSON *entry);
/* write bytes as a file of the entry: 0, or -1 and errno */
int store_putfile(
    const char *key, const char *suffix, const void *data, size_t n);

/* the right to ask: a descriptor, or -1 if another process has it */
int store_lock(const char *key);
void store_unlock(const char *key, int fd);

/* every entry's key, in no order: fn returns 0 to go on */
int store_each(int (*fn)(const char *key, void *arg), void *arg);
/* remove what no answer needs: temporary files, locks that nobody holds,
   failed bodies; returns how many files, bytes are added up */
long store_gc(long long *bytes);

#endif
