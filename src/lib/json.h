/*
 * Records in and out: a strict reader in front of cJSON, typed access that
 * names the place of what is wrong, and a checked end.
 *
 * cJSON alone cuts strings at \u0000, rounds integers, keeps duplicate keys and
 * looks names up without regard to case; the reader refuses such texts (RFC
 * 8259 and RFC 7493, I-JSON) before cJSON sees them.  Ownership is cJSON's: a
 * node added to another belongs to it; what json_read returns belongs to the
 * caller.
 */
#ifndef JSON_H
#define JSON_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "util.h"

#define JSON_DEPTH 500		    /* levels of nesting that are read */
#define JSON_INT 9007199254740992.0 /* 2^53: integers up to here are exact */

/* a stream of JSON texts, separated by white space; zero-initialise, set fp
   and name (for messages), release with json_end */
struct jsonin {
	FILE *fp;
	const char *name;
	struct buf text; /* the text now read */
	long record;	 /* its number, from 1 */
	long line;	 /* lines of the texts before it */
};

/*
 * The next text of the stream, or NULL at its end.  A text that is not strict
 * JSON ends the program with status 65 and a line that names file, line, column
 * and reason.  After it, errors of the typed access below name this record.
 */
cJSON *json_read(struct jsonin *in);
void json_end(struct jsonin *in);

/* like json_read, and the text must be an object that has a key "task", an
   object; else status 65 */
cJSON *json_readrecord(struct jsonin *in);

/* the single text of a file, or status 65 (69 if it cannot be opened) */
cJSON *json_readfile(const char *path);

/*
 * Check n bytes for one strict JSON text and white space around it.  Returns 0,
 * or -1 with the reason in why and the offset of the fault in *at.
 */
int json_check(const char *text, size_t n, size_t *at, const char **why);

/* parse checked text from memory: NULL (and *why) if it is not strict JSON */
cJSON *json_parse(const char *text, size_t n, const char **why);

/* write as one line; json_print returns the text (caller frees with free) */
void json_write(FILE *fp, const cJSON *json);
char *json_print(const cJSON *json);

/* how many tokens it is taken for as such a line (util.h) */
size_t json_tokens(const cJSON *json);

/* make these errors speak of root, read from name, of which a copy is taken (or
   NULL); root must stay while they can arise (json_read does it itself) */
void json_setplace(const char *name, long record, const cJSON *root);
/* what they speak of now, to be put back after another file was read */
struct json_place {
	char name[4096];
	long record;
	const cJSON *root;
};
struct json_place json_saveplace(void);
void json_restoreplace(struct json_place saved);
/* status 65 with "NAME: record N: PATH: message", PATH found from the node */
_Noreturn void json_bad(const cJSON *node, const char *fmt, ...) PRINTF(2, 3);

/* member of an object, or NULL if it is absent or null; case-sensitive */
cJSON *json_get(const cJSON *object, const char *key);
/* the same at the end of a path of keys, "a.b.c"; NULL if any is absent */
cJSON *json_at(const cJSON *object, const char *path);

/* member of the type asked for, or status 65 if it is absent or another */
cJSON *json_object(const cJSON *object, const char *key);
cJSON *json_array(const cJSON *object, const char *key);
const char *json_string(const cJSON *object, const char *key);
double json_number(const cJSON *object, const char *key);
long long json_int(
    const cJSON *object, const char *key, long long lo, long long hi);

/* the same, with a value for absence (or null); another type is status 65 */
const char *json_stringor(
    const cJSON *object, const char *key, const char *absent);
double json_numberor(const cJSON *object, const char *key, double absent);
int json_boolor(const cJSON *object, const char *key, int absent);
long long json_intor(const cJSON *object, const char *key, long long lo,
    long long hi, long long absent);

/* the node's own value as an integer from lo to hi, or status 65 */
long long json_intvalue(const cJSON *node, long long lo, long long hi);

/* replace or add a member; takes the value */
void json_set(cJSON *object, const char *key, cJSON *value);
/* a string of bytes that may be no UTF-8: what is not becomes U+FFFD, and NUL
   too, so that it can be read back by json_read */
cJSON *json_text(const char *data, size_t n);
/* whether n bytes are UTF-8 */
int json_isutf8(const void *data, size_t n);
/* length of the UTF-8 sequence at p (RFC 3629), 0 if it is none */
size_t json_utf8(const unsigned char *p, const unsigned char *end);
/* a decimal string, for integers that may pass 2^53 */
cJSON *json_u64(uint64_t v);

#define json_each(node, parent)                                                \
	for (cJSON *node = (parent) ? (parent)->child : NULL; node;            \
	     node = node->next)

#endif
