/*
 * ONNX Runtime on this machine, loaded when it is first asked for, so that
 * programs need it neither to link nor to start.  Sessions use one thread.
 *
 * What fails for reasons of the model returns NULL or -1 and a line in
 * ort_why(); a missing ONNX Runtime ends the program with status 69.
 */
#ifndef ORTAPI_H
#define ORTAPI_H

#include "tensor.h"

#define ORT_RANK TENSOR_RANK
#define ORT_VALUES 64 /* most inputs or outputs */

struct ortsession;

/* a session of the n bytes of a model, or NULL; the last that was closed, if it
   is of the same */
struct ortsession *ort_open(const void *model, size_t n);
/* run it: the outputs named in out get dtype, dims, count and new data; 0, or
   -1 with no data in any of out */
int ort_run(struct ortsession *s, const struct tensor *in, size_t nin,
    struct tensor *out, size_t nout);
void ort_close(struct ortsession *s);

/*
 * What ONNX Runtime infers of the outputs of a model (name them all as graph
 * outputs to learn of every value): told is called for each that is a tensor,
 * with -1 for a dim that is not known.  With folded, constants are folded and
 * the model that is left is written there.  -1 if it refuses the model.
 */
int ort_infer(const void *model, size_t n, const char *folded,
    void (*told)(void *arg, const char *name, int dtype, const int64_t *dims,
	size_t rank),
    void *arg);

/* why the last call failed, in one line */
const char *ort_why(void);
/* "1.30.0" */
const char *ort_version(void);

#endif
