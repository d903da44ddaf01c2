/* Whether a model's graph is one: names, cycles. */
#ifndef ONNXCHECK_H
#define ONNXCHECK_H

#include "onnx.pb-c.h"

/* every name is defined once and before or beside its use, and no node needs
   itself; else status 65, naming the node.  place is the model's name. */
void onnxcheck(const Onnx__ModelProto *m, const char *place);

#endif
