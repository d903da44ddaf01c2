/*
 * What a run was made with: results/RUN/manifest.json (mkbench-json(5)), so
 * that it can be repeated elsewhere and a difference explained.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include <stdio.h>

#include "json.h"

/* what a run is, for its manifest */
struct manifest {
	const cJSON *run;	      /* run.json */
	const cJSON *engine, *device; /* their files */
	const cJSON *model;	      /* its file */
	const cJSON *tasks;	      /* name -> SHA-256 of its record */
};

/*
 * Write dir/manifest.json, with the time of now as its start; if there is one
 * already, its start stays, and if nothing else differs, so does the file.
 * Status 74 if it cannot be written.
 */
void manifest_write(const char *dir, const struct manifest *m);

/* the manifest of a run's directory, or NULL if it has none; caller deletes */
cJSON *manifest_read(const char *dir);

/*
 * What two manifests (or NULL) say differently: [{"key","first","second"}], a
 * value that one of them lacks left out; of tasks, how many differ; the start
 * does not count.  Caller deletes.
 */
cJSON *manifest_diff(const cJSON *first, const cJSON *second);

#endif
