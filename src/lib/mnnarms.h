/*
 * The two sides of a measurement in MNN: the native runner with the model that
 * the user's converter makes of the task, and the candidate's runner (atomic,
 * geometric) or the candidate's converter (composite).
 */
#ifndef MNNARMS_H
#define MNNARMS_H

#include "arms.h"

/* as arms_open; onnx are the n bytes of the task's ONNX model */
void arms_mnn(struct armset *a, const cJSON *task, const cJSON *engine,
    const cJSON *build, const char *arch, const char *dir, const void *onnx,
    size_t n);

/*
 * The task as the converter understands it: where the operator map says that it
 * knows an older form of the operator only ("older": {"opset":, "attributes":
 * defaults stated, "inputs": {NAME: PLACE} that were attributes, "lengths":
 * true}), the same computation in that form.  Owned by the caller.
 */
cJSON *mnn_older(const cJSON *task, const cJSON *engine);

#endif
