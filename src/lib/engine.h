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

/*
 * The entry of a task's operator in the engine's map, or NULL.  What the entry
 * says under "tasks": {NAME: {...}} of this very task is laid over it: an
 * engine may turn some instances of an operator into something else.  Kept; do
 * not delete.
 */
const cJSON *engine_operator(const cJSON *engine, const cJSON *task);

/* what "kinds" says of this task's kind; status 65 if it says nothing */
const cJSON *engine_kind(const cJSON *engine, const cJSON *task);

/* the name of that kind: "default" where the engine has no map */
const char *engine_kindname(const cJSON *engine, const cJSON *task);

#endif
