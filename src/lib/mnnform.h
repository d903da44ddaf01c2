/*
 * A task in the form that MNN's converter understands: the same computation in
 * ONNX's words, where the operator map says that the converter knows another
 * form of the operator only:
 *
 *	"form": {
 *	  "opset":      the form is this opset's
 *	  "attributes": {NAME: ATTRIBUTE}: defaults that must be stated
 *	  "inputs":     {NAME: PLACE}: constants that were attributes
 *	  "lengths":    true: a number of parts becomes their lengths
 *	  "dtypes":     {DTYPE: DTYPE}: wider types; the runner converts
 *	  "first":      NAME: the attribute that must come first
 *	}
 */
#ifndef MNNFORM_H
#define MNNFORM_H

#include "json.h"

/* owned by the caller; form may be NULL */
cJSON *mnnform(const cJSON *task, const cJSON *form);

/* the task as several nodes that MNN knows, {"nodes":, "constants":}, by
   mk/engines/mnn-composed.jq; owned by the caller */
cJSON *mnnform_composed(const cJSON *task);

#endif
