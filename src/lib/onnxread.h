/*
 * ONNX models from a file or a pipe, without their weights.
 *
 * The protobuf is walked as it is read: data of tensors beyond a threshold is
 * passed over (by seeking, where the input can) and noted, the rest goes to
 * protobuf-c.  Memory grows with the bytes that are there, never with a number
 * in them.
 */
#ifndef ONNXREAD_H
#define ONNXREAD_H

#include "arena.h"
#include "onnxtensor.h"

#define ONNX_KEEP 4096		     /* bytes of a tensor kept of a file */
#define ONNX_KEEPPIPE (1 << 16)	     /* and of a pipe, both ... */
#define ONNX_KEEPALL (4 << 20)	     /* while all of them are below this */
#define ONNX_DEPTH 100		     /* messages in messages */
#define ONNX_LIMIT ((size_t)1 << 30) /* bytes of a model beside the weights */

struct onnxmodel {
	Onnx__ModelProto *proto; /* in the arena */
	struct payloads payloads;
	char *place; /* the file's name for messages */
	struct arena arena;
};

/* read the model that is the rest of fd; path is its name, or NULL for stdin.
   What is no model ends the program with status 65, naming the byte. */
void onnxread(struct onnxmodel *m, int fd, const char *path);
void onnxread_free(struct onnxmodel *m);

#endif
