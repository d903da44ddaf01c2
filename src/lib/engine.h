/*
 * Engines as data: mk/engines/NAME.json.
 *
 *	{"name": "ort",
 *	 "operators": "mnn.json",     optional: mk/engines/maps/mnn.json,
 *	                              {"operators": {OP: {"kind": ...}}}
 *	 "kinds": {"default": {
 *	   "files": [{"name": "kernel.c", "group": "source", "language": "c"},
 *	             {"name": "kernel.h", "language": "c"}], ...}}, ...}
 *
 * Of each group of files a candidate has exactly one; files without a group
 * are optional.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "json.h"

/* the engine's file; status 69 if there is none.  Kept; do not delete. */
const cJSON *engine_load(const char *name);

/* the entry of an operator in the engine's map, or NULL */
const cJSON *engine_operator(const cJSON *engine, const char *op);

/* what "kinds" says of this operator's kind; status 65 if it says nothing */
const cJSON *engine_kind(const cJSON *engine, const char *op);

/* the name of that kind: "default" where the engine has no map */
const char *engine_kindname(const cJSON *engine, const char *op);

#endif
