/*
 * Records to ONNX: the inverse of onnxspec.h.  What a record does not say has
 * one plain form (IR version 9, producer mkbench, node and graph named after
 * the task, constants as initializers in raw_data), and what a model has beside
 * it stands in task.model; see mkbench-json(5).
 *
 * Messages live in the arena.  Bad records end the program with status 65.
 */
#ifndef ONNXBUILD_H
#define ONNXBUILD_H

#include "onnx.pb-c.h"
#include "pb.h"

#define ONNX_IR 9
#define ONNX_META "mkbench.task" /* key of metadata_props */

/* the model of n tasks: one, or all nodes of one model in their order */
Onnx__ModelProto *onnxbuild(struct arena *a, cJSON *const *tasks, size_t n);

/* move the nodes of a model to a domain, version 1 */
void onnxbuild_domain(
    struct arena *a, Onnx__ModelProto *model, const char *domain);
/* instead of a model's nodes, these: {"nodes": [..], "constants": [..]} */
void onnxbuild_instead(
    struct arena *a, Onnx__ModelProto *model, const cJSON *of);
/* put the task's held-out shapes and data in the place of the first ones */
void onnxbuild_heldout(cJSON *task);

/* the pieces, for onnxspec.c to see whether its words suffice */
Onnx__NodeProto *onnxbuild_node(struct arena *a, const cJSON *task);
Onnx__NodeProto *onnxbuild_subnode(struct arena *a, const cJSON *node);
Onnx__AttributeProto *onnxbuild_attribute(
    struct arena *a, const cJSON *attribute);
Onnx__GraphProto *onnxbuild_graph(struct arena *a, const cJSON *graph);
/* {"name":..,"dtype":..,"shape":..}, or with "type", or with "info" */
Onnx__ValueInfoProto *onnxbuild_value(struct arena *a, const cJSON *entry);

#endif
