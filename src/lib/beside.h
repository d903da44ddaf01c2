/*
 * A task's ONNX node and what an engine's converter made of it, side by side.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include "json.h"

/*
 * {"onnx": {"op", "attributes", "inputs", "outputs"}, "engine": [{"type",
 * "parameters", "inputs", "outputs"}, ..], "differences": ["..", ..]}.  model
 * is what flat_json makes of the converted model; its inputs and constants are
 * no operators here, and of the others at most 12 are shown.
 */
cJSON *beside(const cJSON *task, const cJSON *model);

#endif
