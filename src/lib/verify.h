/*
 * Outputs of timed calls against ONNX Runtime, on inputs made again from the
 * key.
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "compare.h"
#include "reference.h"
#include "session.h"

#define VERIFY_ARMS 4

struct verdict {
	long calls, failed;
	double maxabs, maxrel;
	uint64_t maxulp;
	cJSON *mismatch; /* of the first call that failed, or NULL */
};

struct verifier {
	struct reference reference;
	const cJSON *task;
	struct tolerance tolerance;
	int output[ORT_VALUES]; /* place in the task of each output */
	struct verdict arms[VERIFY_ARMS];
};

/* -1, with ort_why(), if ONNX Runtime refuses the task.  The task must outlive
   it. */
int verifier_open(struct verifier *v, const cJSON *task);
/* have ONNX Runtime run once, for its first run is slow; -1, with ort_why() */
int verifier_warm(struct verifier *v);
/*
 * Judge the samples of all arms, of the first so many calls; the reference of a
 * call is made once.  key gives the key of a round.  What was judged is
 * released and leaves the list.
 */
void verify(struct verifier *v, struct samples *samples, long calls,
    void (*key)(long round, uint8_t key[32]));
/* {"calls":n,"failed":n,"max_abs":..,"max_rel":..,"max_ulp":"..",
   "mismatch":{..}}; the mismatch is handed over */
cJSON *verdict_json(struct verdict *v);
void verifier_close(struct verifier *v);

#endif
