/*
 * Shapes and constant values of a model's values, by ONNX Runtime, without the
 * weights: those that the reader passed over become inputs.
 */
#ifndef INFER_H
#define INFER_H

#include "map.h"
#include "onnxread.h"

struct inferred {
	int dtype;
	size_t rank;
	int64_t *dims; /* -1: not known */
};

struct infer {
	struct onnxmodel *m;
	struct arena arena;
	struct map shapes; /* name to struct inferred */
	struct map folded; /* name to TensorProto: constants that nodes make */
	const char **why;  /* of each node: why it was left out, or NULL */
	struct onnxmodel rest; /* what was left of the model; for folded */
	char *file;	       /* it lies there until infer_end */
};

/* the value of the symbolic dim of this name ("" if it has none) */
typedef int64_t dimvalue(const char *name);

void infer_start(struct infer *s, struct onnxmodel *m, dimvalue *dim);
void infer_end(struct infer *s);

#endif
