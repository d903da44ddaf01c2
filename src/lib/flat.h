/*
 * FlatBuffers by their schema, both read at run time.
 *
 * The schema is what an engine's tree has: .fbs files with enums, unions and
 * tables (no structs, no explicit ids).  The buffer is a stranger's: every
 * offset is checked, nesting and size of the result are bounded.
 */
#ifndef FLAT_H
#define FLAT_H

#include "json.h"

struct flatschema;

/*
 * Read a schema and all that it includes from its own directory.  NULL, and
 * *why (static), if a file is missing or is not such a schema.
 */
struct flatschema *flat_schema(const char *path, const char **why);
void flat_schemafree(struct flatschema *s);

/*
 * A buffer as JSON, by the schema's root type: tables are objects with what is
 * there and all scalars (absent ones have their defaults), enums their names, a
 * union is {"NAME": {..}} of its member, and of a list longer than FLAT_LIST
 * {"count": n, "first": [..]}.  NULL, and *why (static), if an offset leads out
 * of the buffer or the schema names no root.
 */
#define FLAT_LIST 16
cJSON *flat_json(
    const struct flatschema *s, const void *data, size_t n, const char **why);

#endif
