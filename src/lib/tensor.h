/*
 * A tensor in memory: name, dtype, dims, and its bytes in ONNX's layout.
 */
#ifndef TENSOR_H
#define TENSOR_H

#include "json.h"

#define TENSOR_RANK 8

struct tensor {
	const char *name; /* not owned */
	int dtype;	  /* of dtype.h */
	int rank;
	int64_t dims[TENSOR_RANK];
	size_t count; /* elements */
	void *data;   /* dense, row by row; owned */
};

/* bytes of its data */
size_t tensor_size(const struct tensor *t);

/* dtype and dims of a task's entry (input or output), all dims known and not
   negative, at most 2^33 bytes; else status 65.  shape is the entry's "shape"
   or another one.  No data yet. */
void tensor_of(struct tensor *t, const cJSON *entry, const cJSON *shape);
/* the same from dims; 0, or -1 if they are too many or too large */
int tensor_set(struct tensor *t, int dtype, const int64_t *dims, int rank);
/* give it data: zeroed, on a 64-byte boundary */
void tensor_alloc(struct tensor *t);
void tensor_free(struct tensor *t); /* its data */

#endif
