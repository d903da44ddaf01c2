#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "pb.h"

typedef const ProtobufCFieldDescriptor field;

void *
pb_new(struct arena *a, const ProtobufCMessageDescriptor *type)
{
	void *m = arena_alloc(a, type->sizeof_message);

	type->message_init(m);
	return m;
}

static void *
alloc(void *arena, size_t n)
{
	return arena_alloc(arena, n);
}

static void
nofree(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

void *
pb_unpack(struct arena *a, const ProtobufCMessageDescriptor *type,
    const void *data, size_t n)
{
	ProtobufCAllocator in = {alloc, nofree, a};

	return protobuf_c_message_unpack(type, &in, n, data);
}

struct sink {
	ProtobufCBuffer base;
	FILE *fp;
};

static void
append(ProtobufCBuffer *base, size_t n, const uint8_t *data)
{
	fwrite(data, 1, n, ((struct sink *)base)->fp);
}

void
pb_write(FILE *fp, const ProtobufCMessage *m)
{
	struct sink s = {{append}, fp};

	protobuf_c_message_pack_to_buffer(m, &s.base);
}

int
pb_equal(const ProtobufCMessage *x, const ProtobufCMessage *y)
{
	size_t n = protobuf_c_message_get_packed_size(x);
	uint8_t *p, *q;
	int same;

	if (n != protobuf_c_message_get_packed_size(y))
		return 0;
	p = xmalloc(n);
	q = xmalloc(n);
	protobuf_c_message_pack(x, p);
	protobuf_c_message_pack(y, q);
	same = n == 0 || memcmp(p, q, n) == 0;
	free(p);
	free(q);
	return same;
}

static cJSON *
nonfinite(double v)
{
	return cJSON_CreateString(isnan(v) ? "NaN"
				  : v < 0  ? "-Infinity"
					   : "Infinity");
}

cJSON *
json_float(float v)
{
	char s[32];
	int d;

	if (!isfinite(v))
		return nonfinite((double)v);
	for (d = 6; d <= 9; d++) {
		snprintf(s, sizeof(s), "%.*g", d, (double)v);
		if (strtof(s, NULL) == v)
			break;
	}
	return cJSON_CreateNumber(strtod(s, NULL));
}

cJSON *
json_double(double v)
{
	return isfinite(v) ? cJSON_CreateNumber(v) : nonfinite(v);
}

cJSON *
json_i64(int64_t v)
{
	char s[24];

	if (v <= (int64_t)JSON_INT && v >= -(int64_t)JSON_INT)
		return cJSON_CreateNumber((double)v);
	snprintf(s, sizeof(s), "%lld", (long long)v);
	return cJSON_CreateString(s);
}

cJSON *
json_unsigned(uint64_t v)
{
	return v > (uint64_t)JSON_INT ? json_u64(v) : json_i64((int64_t)v);
}

double
json_realvalue(const cJSON *node)
{
	if (cJSON_IsNumber(node))
		return node->valuedouble;
	if (cJSON_IsBool(node))
		return cJSON_IsTrue(node);
	if (cJSON_IsString(node) && strcmp(node->valuestring, "NaN") == 0)
		return (double)NAN;
	if (cJSON_IsString(node) && strcmp(node->valuestring, "Infinity") == 0)
		return HUGE_VAL;
	if (cJSON_IsString(node) && strcmp(node->valuestring, "-Infinity") == 0)
		return -HUGE_VAL;
	json_bad(node, "not a number");
}

int64_t
json_i64value(const cJSON *node)
{
	char *end;
	long long v;

	if (cJSON_IsBool(node))
		return cJSON_IsTrue(node);
	if (!cJSON_IsString(node))
		return json_intvalue(
		    node, -(long long)JSON_INT, (long long)JSON_INT);
	errno = 0;
	v = strtoll(node->valuestring, &end, 10);
	if (errno || end == node->valuestring || *end)
		json_bad(node, "not an integer of 64 bits");
	return v;
}

uint64_t
json_u64value(const cJSON *node)
{
	unsigned long long v;
	char *end;

	if (!cJSON_IsString(node))
		return (uint64_t)json_intvalue(node, 0, (long long)JSON_INT);
	errno = 0;
	v = strtoull(node->valuestring, &end, 10);
	if (errno || end == node->valuestring || *end ||
	    node->valuestring[0] == '-')
		json_bad(node, "not an unsigned integer of 64 bits");
	return v;
}

static cJSON *
base64node(const void *data, size_t n)
{
	char *text = base64_of(data, n);
	cJSON *node = cJSON_CreateString(text);

	free(text);
	return node;
}

cJSON *
json_bytes(const void *data, size_t n)
{
	cJSON *node = cJSON_CreateObject();

	if (n == 0 || (!memchr(data, 0, n) && json_isutf8(data, n))) {
		cJSON_Delete(node);
		return json_text(n ? data : "", n);
	}
	json_set(node, "base64", base64node(data, n));
	return node;
}

ProtobufCBinaryData
json_bytesvalue(struct arena *a, const cJSON *node)
{
	struct buf b = {0};
	ProtobufCBinaryData d;

	if (cJSON_IsString(node))
		buf_adds(&b, node->valuestring);
	else if (!cJSON_IsObject(node))
		json_bad(node, "neither a string nor base64");
	else if (base64_read(&b, json_string(node, "base64")) < 0)
		json_bad(json_get(node, "base64"), "not base64");
	d.len = b.len;
	d.data = arena_copy(a, b.data, b.len);
	buf_free(&b);
	return d;
}

static size_t
sizeoftype(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_ENUM: return 4;
	case PROTOBUF_C_TYPE_FLOAT: return sizeof(float);
	case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING: return sizeof(char *);
	case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_MESSAGE: return sizeof(void *);
	default: return 8;
	}
}

static cJSON *
valueof(field *f, const void *p)
{
	const ProtobufCBinaryData *d = p;

	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_ENUM: return json_i64(*(const int32_t *)p);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32: return json_i64(*(const uint32_t *)p);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64: return json_i64(*(const int64_t *)p);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return json_unsigned(*(const uint64_t *)p);
	case PROTOBUF_C_TYPE_FLOAT: return json_float(*(const float *)p);
	case PROTOBUF_C_TYPE_DOUBLE: return json_double(*(const double *)p);
	case PROTOBUF_C_TYPE_BOOL:
		return cJSON_CreateBool(*(const protobuf_c_boolean *)p);
	case PROTOBUF_C_TYPE_STRING:
		return cJSON_CreateString(*(char *const *)p);
	case PROTOBUF_C_TYPE_BYTES: return json_bytes(d->data, d->len);
	case PROTOBUF_C_TYPE_MESSAGE:
		return pb_tojson(*(ProtobufCMessage *const *)p);
	}
	return NULL;
}

static int
isthere(field *f, const char *m)
{
	const void *p = m + f->offset;

	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)(m + f->quantifier_offset) == f->id;
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)(m + f->quantifier_offset) > 0;
	if (f->type == PROTOBUF_C_TYPE_STRING ||
	    f->type == PROTOBUF_C_TYPE_MESSAGE)
		return *(void *const *)p != NULL;
	return *(const protobuf_c_boolean *)(m + f->quantifier_offset);
}

static cJSON *
listof(field *f, const char *m)
{
	size_t n = *(const size_t *)(m + f->quantifier_offset), i;
	const char *p = *(char *const *)(m + f->offset);
	cJSON *list = cJSON_CreateArray();

	for (i = 0; i < n; i++)
		cJSON_AddItemToArray(
		    list, valueof(f, p + i * sizeoftype(f->type)));
	return list;
}

static cJSON *
unknownof(const ProtobufCMessage *m)
{
	cJSON *list = cJSON_CreateArray(), *pair;
	unsigned i;

	for (i = 0; i < m->n_unknown_fields; i++) {
		const ProtobufCMessageUnknownField *u = &m->unknown_fields[i];

		pair = cJSON_CreateArray();
		cJSON_AddItemToArray(pair, json_i64(u->tag));
		cJSON_AddItemToArray(pair, json_i64(u->wire_type));
		cJSON_AddItemToArray(pair, base64node(u->data, u->len));
		cJSON_AddItemToArray(list, pair);
	}
	return list;
}

cJSON *
pb_tojson(const ProtobufCMessage *m)
{
	cJSON *object = cJSON_CreateObject();
	unsigned i;

	for (i = 0; i < m->descriptor->n_fields; i++) {
		field *f = &m->descriptor->fields[i];
		const char *p = (const char *)m;

		if (!isthere(f, p))
			continue;
		json_set(object, f->name,
		    f->label == PROTOBUF_C_LABEL_REPEATED
			? listof(f, p)
			: valueof(f, p + f->offset));
	}
	if (m->n_unknown_fields)
		json_set(object, "unknown", unknownof(m));
	return object;
}

static int64_t
narrow(const cJSON *node, int64_t lo, int64_t hi)
{
	int64_t v = json_i64value(node);

	if (v < lo || v > hi)
		json_bad(node, "not an integer from %lld to %lld",
		    (long long)lo, (long long)hi);
	return v;
}

static void
store(struct arena *a, field *f, void *p, const cJSON *node)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_ENUM:
		*(int32_t *)p = (int32_t)narrow(node, INT32_MIN, INT32_MAX);
		break;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		*(uint32_t *)p = (uint32_t)narrow(node, 0, UINT32_MAX);
		break;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		*(int64_t *)p = json_i64value(node);
		break;
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		*(uint64_t *)p = json_u64value(node);
		break;
	case PROTOBUF_C_TYPE_FLOAT:
		*(float *)p = (float)json_realvalue(node);
		break;
	case PROTOBUF_C_TYPE_DOUBLE: *(double *)p = json_realvalue(node); break;
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)p = (int)narrow(node, 0, 1);
		break;
	case PROTOBUF_C_TYPE_STRING:
		if (!cJSON_IsString(node))
			json_bad(node, "not a string");
		*(char **)p = arena_str(a, node->valuestring);
		break;
	case PROTOBUF_C_TYPE_BYTES:
		*(ProtobufCBinaryData *)p = json_bytesvalue(a, node);
		break;
	case PROTOBUF_C_TYPE_MESSAGE:
		*(void **)p = pb_fromjson(a, f->descriptor, node);
		break;
	}
}

static void
storelist(struct arena *a, field *f, char *m, const cJSON *list)
{
	size_t size = sizeoftype(f->type), i = 0;
	char *p;

	if (!cJSON_IsArray(list))
		json_bad(list, "not an array");
	p = arena_alloc(a, (size_t)cJSON_GetArraySize(list) * size);
	json_each (node, list)
		store(a, f, p + size * i++, node);
	*(char **)(m + f->offset) = p;
	*(size_t *)(m + f->quantifier_offset) = i;
}

static void
storeunknown(struct arena *a, ProtobufCMessage *m, const cJSON *list)
{
	ProtobufCMessageUnknownField *u;
	struct buf b = {0};

	if (!cJSON_IsArray(list))
		json_bad(list, "not an array");
	u = arena_alloc(a, (size_t)cJSON_GetArraySize(list) * sizeof(*u));
	m->unknown_fields = u;
	json_each (node, list) {
		const cJSON *data = cJSON_GetArrayItem(node, 2);

		if (!cJSON_IsString(data) ||
		    base64_read(&b, data->valuestring) < 0)
			json_bad(node, "not [tag, wire type, base64]");
		u->tag = (uint32_t)narrow(
		    cJSON_GetArrayItem(node, 0), 1, (1 << 29) - 1);
		u->wire_type = (ProtobufCWireType)narrow(
		    cJSON_GetArrayItem(node, 1), 0, 5);
		u->len = b.len;
		u->data = arena_copy(a, b.data, b.len);
		u++;
		m->n_unknown_fields++;
		buf_free(&b);
	}
}

static void
storefield(struct arena *a, field *f, char *m, const cJSON *node)
{
	if (f->label == PROTOBUF_C_LABEL_REPEATED) {
		storelist(a, f, m, node);
		return;
	}
	store(a, f, m + f->offset, node);
	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		*(uint32_t *)(m + f->quantifier_offset) = f->id;
	else if (f->type != PROTOBUF_C_TYPE_STRING &&
		 f->type != PROTOBUF_C_TYPE_MESSAGE)
		*(protobuf_c_boolean *)(m + f->quantifier_offset) = 1;
}

void *
pb_fromjson(
    struct arena *a, const ProtobufCMessageDescriptor *type, const cJSON *json)
{
	char *m = pb_new(a, type);
	field *f;

	if (!cJSON_IsObject(json))
		json_bad(json, "not an object (%s)", type->short_name);
	json_each (node, json) {
		f = protobuf_c_message_descriptor_get_field_by_name(
		    type, node->string);
		if (f)
			storefield(a, f, m, node);
		else if (strcmp(node->string, "unknown") == 0)
			storeunknown(a, (ProtobufCMessage *)m, node);
		else
			json_bad(node, "no field of %s", type->short_name);
	}
	return m;
}
