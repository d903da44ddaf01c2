/*
 * ONNX Runtime on this machine, loaded when it is first asked for, so that
 * programs need it neither to link nor to start.  Sessions use one thread.
 *
 * What fails for reasons of the model returns NULL or -1 and a line in
 * ort_why(); a missing ONNX Runtime ends the program with status 69.
 */
#ifndef ORTAPI_H
#define ORTAPI_H

#include <stddef.h>
#include <stdint.h>

#define ORT_RANK 8    /* most dimensions */
#define ORT_VALUES 64 /* most inputs or outputs */

/* a tensor; who made it owns data, tensor_free releases it */
struct tensor {
	const char *name; /* of the model's input or output; not owned */
	int dtype;	  /* of dtype.h */
	int rank;
	int64_t dims[ORT_RANK];
	size_t count; /* elements */
	void *data;   /* dense, row by row; malloc'ed */
};

struct ortsession;

/* a session of the n bytes of a model, or NULL */
struct ortsession *ort_open(const void *model, size_t n);
/* run it: the outputs named in out get dtype, dims, count and new data; 0, or
   -1 with no data in any of out */
int ort_run(struct ortsession *s, const struct tensor *in, size_t nin,
    struct tensor *out, size_t nout);
void ort_close(struct ortsession *s);

/* why the last call failed, in one line */
const char *ort_why(void);
/* "1.30.0" */
const char *ort_version(void);

void tensor_free(struct tensor *t);

#endif
