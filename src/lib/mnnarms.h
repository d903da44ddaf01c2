/*
 * The two sides of a measurement in MNN: the native runner with the model that
 * the user's converter makes of the task, and the candidate's runner (atomic,
 * geometric) or the candidate's converter (composite).
 */
#ifndef MNNARMS_H
#define MNNARMS_H

#include "arms.h"

struct onnxbytes {
	uint8_t *data; /* an ONNX model */
	size_t n;
};

/* as arms_open; the task as ONNX for the native kernel and for a candidate */
void arms_mnn(struct armset *a, const cJSON *task, const cJSON *engine,
    const cJSON *build, const char *arch, const char *dir,
    const struct onnxbytes *native, const struct onnxbytes *candidate);

#endif
