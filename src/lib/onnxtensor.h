/*
 * Tensors of ONNX models and of records:
 *
 *	{"dtype":"float","shape":[2,3],"data":[...]}
 *
 * with, instead of data, "raw" (base64, little endian), "external" (a file's
 * part: location, offset, length), or "values" (a generator).  "field" names
 * the field of TensorProto that holds them if it is not raw_data (string_data
 * for strings).  An external with a "field" is a part of a model's file that is
 * taken into the model again; one without is the model's own external data.
 */
#ifndef ONNXTENSOR_H
#define ONNXTENSOR_H

#include "onnx.pb-c.h"
#include "pb.h"

#define ONNX_INLINE 64 /* elements up to which a tensor is "data" */
#define ONNX_DROPPED                                                           \
	19999 /* unknown field of TensorProto: number of payload               \
	       */

/* what the reader left in the file */
struct payload {
	uint64_t offset, length; /* in bytes */
	uint32_t field;		 /* number of TensorProto's field */
};

/* where the payloads of a model are */
struct payloads {
	char *name; /* the file, or NULL if it is not known (a pipe) */
	struct payload *list;
	size_t n;
};

/* elements of a shape, and bytes of that many; -1 if they pass 2^63 */
int64_t tensor_numel(const int64_t *dims, size_t n);
int64_t tensor_bytes(int dtype, int64_t numel);

/* add dtype, shape and data to object; place is the tensor's name in messages;
   status 65 if dtype, dims and data do not agree.  File is the model's. */
void tensor_describe(cJSON *object, const Onnx__TensorProto *t,
    const struct payloads *from, const char *file, const char *place);
/* dtype and shape alone, and data alone (after them) */
void tensor_header(cJSON *object, const Onnx__TensorProto *t, const char *file,
    const char *place);

void tensor_data(cJSON *object, const Onnx__TensorProto *t,
    const struct payloads *from, const char *file, const char *place);

/* the tensor a record describes; task is its name, for the public seed of
   values, whose input is the place of object in its list (gen_publickey).
   Status 65 if it describes none. */
Onnx__TensorProto *tensor_build(
    struct arena *a, const cJSON *object, const char *name, const char *task);

/* "shape" as dims: returns their number, or -1 if it is absent; status 65 if
   one is no number */
int tensor_shape(struct arena *a, const cJSON *object, int64_t **dims);

/* "dtype" as a number, or status 65 */
int tensor_dtype(const cJSON *object);

#endif
