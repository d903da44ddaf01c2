/*
 * Messages of protobuf-c in an arena, and any message as JSON, by its
 * descriptor: fields by their names in the schema, only those that are there.
 *
 * Integers beyond 2^53 are decimal strings, non-finite numbers the strings
 * "NaN", "Infinity" and "-Infinity", bytes that are no text {"base64":...},
 * and fields the schema does not know one {"unknown":base64 of their wire
 * form}.
 */
#ifndef PB_H
#define PB_H

#include <protobuf-c/protobuf-c.h>

#include "arena.h"
#include "json.h"

/* a new message */
void *pb_new(struct arena *a, const ProtobufCMessageDescriptor *type);
/* unpack n bytes; NULL if they are no message of the type */
void *pb_unpack(struct arena *a, const ProtobufCMessageDescriptor *type,
    const void *data, size_t n);
/* the same bytes on the wire */
int pb_equal(const ProtobufCMessage *x, const ProtobufCMessage *y);
/* write to a stream as it is packed, without a copy of the whole */
void pb_write(FILE *fp, const ProtobufCMessage *m);

cJSON *pb_tojson(const ProtobufCMessage *m);
/* a message from JSON, or status 65 */
void *pb_fromjson(
    struct arena *a, const ProtobufCMessageDescriptor *type, const cJSON *json);

/* bytes as a string, or {"base64":...} if they are no text */
cJSON *json_bytes(const void *data, size_t n);
/* and back, into the arena */
ProtobufCBinaryData json_bytesvalue(struct arena *a, const cJSON *node);
/* numbers that read back as they are, in the fewest digits */
cJSON *json_float(float v);
cJSON *json_double(double v);
cJSON *json_i64(int64_t v);
cJSON *json_unsigned(uint64_t v);
/* and back; status 65 if it is none */
double json_realvalue(const cJSON *node);
int64_t json_i64value(const cJSON *node);
uint64_t json_u64value(const cJSON *node);

#endif
