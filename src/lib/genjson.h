/*
 * Generators from a task's JSON, and constants from its public key.
 */
#ifndef GENJSON_H
#define GENJSON_H

#include "gen.h"
#include "json.h"

/*
 * The generator that "values" asks for; values NULL is the default: floats
 * normal(0, 1), integers from -100 (0 if unsigned) to 100, bool a mask of
 * density 0.5.  A bad specification is status 65 and names its place.
 */
struct gen *gen_parse(const cJSON *values, int dtype);

/*
 * The generator of an entry of a task's "inputs": its "values", or a literal
 * if it has "data" or "raw".  dtype is the entry's own.
 */
struct gen *gen_input(const cJSON *input);

/*
 * Elements of a JSON list (numbers; strings for integers beyond 2^53, "NaN",
 * "Infinity", "-Infinity"; true and false) as bytes of dtype.  A scalar is not
 * a list.  Bad elements are status 65.
 */
void gen_literal(const cJSON *list, int dtype, struct buf *out);

/* key of the constants of the task of this name: no secret, so that every
   arm and every machine makes the same; call is 0, input the entry's place */
void gen_publickey(const char *task, uint8_t key[32]);

/* 64 hex digits to a key: 0, or -1 if they are not */
int gen_key(const char *hex, uint8_t key[32]);
/* a new secret key from the system */
void gen_newkey(uint8_t key[32]);
void gen_keyhex(const uint8_t key[32], char hex[65]);

#endif
