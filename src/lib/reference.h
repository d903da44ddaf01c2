/*
 * A task's own ONNX operator in ONNX Runtime, on inputs made by the task's
 * generators: what the right outputs are.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "genjson.h"
#include "ortapi.h"

/* zero-initialise; release with reference_close */
struct reference {
	struct ortsession *session;
	size_t nin; /* inputs that are no constants */
	size_t nout;
	struct gen *gen[ORT_VALUES];  /* of each of them */
	uint32_t place[ORT_VALUES];   /* where it stands in the task */
	struct tensor in[ORT_VALUES]; /* shapes as the task says */
	struct tensor out[ORT_VALUES];
};

/* a session for the task, which must outlive it; -1 if ONNX Runtime refuses
   it, with ort_why() */
int reference_open(struct reference *r, const cJSON *task);
/* the inputs of a call under a key */
void reference_fill(struct reference *r, const uint8_t key[32], uint64_t call);
/* run on the inputs; outputs of the run before are released; -1 on failure */
int reference_run(struct reference *r);
void reference_close(struct reference *r);

#endif
