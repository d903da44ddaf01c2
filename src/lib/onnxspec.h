/*
 * ONNX to records, one for each node of the model's graph.
 *
 * A record says what its node and the values around it say; what else the model
 * says stands in task.model, so that onnxbuild.h can make the same model again:
 *
 *	"model":{"node":0,"nodes":3,	place of the node (absent: the only one)
 *	 "name":..,"domain":..,	the node's own, where it is not the
 *	 "doc_string":..,"rest":{},	task's; null: the node states none
 *	 "of":{..}}			with the first node: the ModelProto,
 *less what the records say
 *
 * It is absent where the plain form of onnxbuild.h is the model.
 */
#ifndef ONNXSPEC_H
#define ONNXSPEC_H

#include "map.h"
#include "onnxread.h"

struct onnxspec {
	struct onnxmodel *model;
	struct map values;	/* name to ValueInfoProto */
	struct map constants;	/* name to TensorProto */
	struct map sparse;	/* name to SparseTensorProto */
	struct map names;	/* of tasks so far */
	const struct map *bare; /* constants told without data, or NULL */
	struct map described;	/* values that the records name */
};

/* check the model (names, cycles, dtypes, dims): status 65 if it is none */
void onnxspec_start(struct onnxspec *s, struct onnxmodel *m);
/* the task of node i, in order from 0; the caller's */
cJSON *onnxspec_task(struct onnxspec *s, size_t i);
/* all that the records do not say, for the first task's model.of */
cJSON *onnxspec_rest(struct onnxspec *s);
void onnxspec_end(struct onnxspec *s);

/*
 * Give fn the tasks of a model in their order, so that their records are the
 * model again; each is fn's.  What spec2onnx added to the model of a task
 * (ONNX_META) is put back.
 */
void onnxspec_each(
    struct onnxmodel *m, void (*fn)(void *arg, cJSON *task), void *arg);

/* add to a model of one task what its nodes cannot say (ONNX_META), so that
   onnxspec_each gives the task again */
void onnxspec_annotate(
    struct arena *a, Onnx__ModelProto *model, const cJSON *task);

#endif
