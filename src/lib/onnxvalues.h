/*
 * The values of constants that a task names by a generator.  They are public:
 * the seed is the SHA-256 of
 *
 *	"mkbench constant" NUL task's name NUL input's name NUL
 *
 * so that everyone who has the task has the same weights.
 */
#ifndef ONNXVALUES_H
#define ONNXVALUES_H

#include <stddef.h>

#include "json.h"

/* fill numel elements; status 65 if values is no generator for the dtype */
void onnxvalues_fill(const cJSON *values, const char *task, const char *name,
    int dtype, void *data, size_t numel);

#endif
