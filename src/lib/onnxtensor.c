#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64.h"
#include "dtype.h"
#include "genjson.h"
#include "onnxtensor.h"

enum {
	FLOAT_DATA = 4,
	INT32_DATA = 5,
	STRING_DATA = 6,
	INT64_DATA = 7,
	RAW_DATA = 9,
	DOUBLE_DATA = 10,
	UINT64_DATA = 11
};

/* of whom the messages speak */
struct where {
	const char *file, *tensor;
};

_Noreturn static void PRINTF(2, 3)
    bad(const struct where *w, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	errx(EX_DATAERR, "%s: tensor '%s': %s", w->file, w->tensor, b.data);
}

int64_t
tensor_numel(const int64_t *dims, size_t n)
{
	int64_t numel = 1;
	int zero = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (dims[i] < 0 || (dims[i] > 0 && __builtin_mul_overflow(
						       numel, dims[i], &numel)))
			return -1;
		zero |= dims[i] == 0;
	}
	return zero ? 0 : numel;
}

int64_t
tensor_bytes(int dtype, int64_t numel)
{
	int64_t bits;

	if (numel < 0 ||
	    __builtin_mul_overflow(numel, dtype_bits(dtype), &bits) ||
	    bits > INT64_MAX - 7)
		return -1;
	return (bits + 7) / 8;
}

/* the field that holds elements of a dtype one by one */
static unsigned
typedfield(int dtype)
{
	switch (dtype) {
	case DT_FLOAT:
	case DT_COMPLEX64: return FLOAT_DATA;
	case DT_DOUBLE:
	case DT_COMPLEX128: return DOUBLE_DATA;
	case DT_INT64: return INT64_DATA;
	case DT_UINT32:
	case DT_UINT64: return UINT64_DATA;
	case DT_STRING: return STRING_DATA;
	default: return INT32_DATA;
	}
}

/* entries of that field for n elements, and bytes each stands for */
static int64_t
typedcount(int dtype, int64_t numel, size_t *width)
{
	int64_t bytes = tensor_bytes(dtype, numel);

	*width = dtype_bits(dtype) < 8 ? 1 : (size_t)dtype_bits(dtype) / 8;
	if (dtype == DT_COMPLEX64 || dtype == DT_COMPLEX128)
		*width /= 2;
	return dtype == DT_STRING || bytes < 0 ? numel
					       : bytes / (int64_t)*width;
}

static const char *
fieldname(unsigned id)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field(
		&onnx__tensor_proto__descriptor, id);

	return f ? f->name : "?";
}

static int64_t
header(cJSON *object, const Onnx__TensorProto *t, const struct where *w)
{
	cJSON *shape = cJSON_CreateArray();
	int64_t numel;
	size_t i;

	if (!dtype_name(t->data_type))
		bad(w, "unknown dtype %d", t->data_type);
	for (i = 0; i < t->n_dims; i++) {
		if (t->dims[i] < 0)
			bad(w, "negative dim %lld", (long long)t->dims[i]);
		if (t->dims[i] > (int64_t)JSON_INT)
			bad(w, "more elements than can be");
		cJSON_AddItemToArray(shape, json_i64(t->dims[i]));
	}
	numel = tensor_numel(t->dims, t->n_dims);
	if (numel < 0 || tensor_bytes(t->data_type, numel) < 0 ||
	    numel > (int64_t)JSON_INT)
		bad(w, "more elements than can be");
	json_set(object, "dtype", cJSON_CreateString(dtype_name(t->data_type)));
	json_set(object, "shape", shape);
	return numel;
}

void
tensor_header(cJSON *object, const Onnx__TensorProto *t, const char *file,
    const char *place)
{
	struct where w = {file, place};

	header(object, t, &w);
}

static const struct payload *
dropped(const Onnx__TensorProto *t, const struct payloads *from)
{
	size_t i, k, index;

	for (i = 0; i < t->base.n_unknown_fields; i++) {
		const ProtobufCMessageUnknownField *u =
		    &t->base.unknown_fields[i];

		if (u->tag != ONNX_DROPPED)
			continue;
		for (index = 0, k = u->len; k-- > 0;)
			index = index << 7 | (u->data[k] & 0x7f);
		return index < from->n ? &from->list[index] : NULL;
	}
	return NULL;
}

/* the number of the one field that holds data; 0 if there is none */
static unsigned
fieldof(
    const Onnx__TensorProto *t, const struct payload *p, const struct where *w)
{
	struct {
		int there;
		unsigned id;
	} list[] = {{t->has_raw_data, RAW_DATA}, {t->n_float_data, FLOAT_DATA},
	    {t->n_int32_data, INT32_DATA}, {t->n_string_data, STRING_DATA},
	    {t->n_int64_data, INT64_DATA}, {t->n_double_data, DOUBLE_DATA},
	    {t->n_uint64_data, UINT64_DATA}};
	unsigned id = p ? p->field : 0;
	size_t i;

	for (i = 0; i < LEN(list); i++) {
		if (!list[i].there)
			continue;
		if (id)
			bad(w, "data in %s and in %s", fieldname(id),
			    fieldname(list[i].id));
		id = list[i].id;
	}
	return id;
}

static void
entry(struct buf *b, const void *data, size_t n)
{
	buf_add(b, data, n);
}

/* an entry of int32_data as width bytes; it must be one the dtype has */
static void
entry32(struct buf *b, const Onnx__TensorProto *t, size_t i, size_t width,
    const struct where *w)
{
	int32_t v = t->int32_data[i];
	int64_t lo = dtype_min(t->data_type), hi = width == 1 ? 255 : 65535;

	if (width < 4 && (dtype_isint(t->data_type) || t->data_type == DT_BOOL))
		hi = (int64_t)dtype_max(t->data_type);
	else if (width < 4)
		lo = 0;
	if (width < 4 && (v < lo || v > hi))
		bad(w, "int32_data[%zu] is %d, which is no %s", i, v,
		    dtype_name(t->data_type));
	entry(b, &v, width);
}

/* the bytes of the tensor as raw_data would hold them */
static void
rawof(struct buf *b, const Onnx__TensorProto *t, unsigned id, size_t count,
    size_t width, const struct where *w)
{
	size_t i;

	if (id == RAW_DATA)
		entry(b, t->raw_data.data, t->raw_data.len);
	else if (id == FLOAT_DATA)
		entry(b, t->float_data, count * width);
	else if (id == DOUBLE_DATA)
		entry(b, t->double_data, count * width);
	else if (id == INT64_DATA)
		entry(b, t->int64_data, count * width);
	for (i = 0; id == INT32_DATA && i < count; i++)
		entry32(b, t, i, width, w);
	for (i = 0; id == UINT64_DATA && i < count; i++) {
		if (width == 4 && t->uint64_data[i] > UINT32_MAX)
			bad(w, "uint64_data[%zu] is no uint32", i);
		entry(b, &t->uint64_data[i], width);
	}
}

/* one element as JSON; NULL if it would not read back as it is */
static cJSON *
element(int dtype, const char *p)
{
	uint64_t u = 0;
	uint32_t u32;
	double d;
	float f;

	switch (dtype) {
	case DT_FLOAT:
		memcpy(&f, p, sizeof(f));
		memcpy(&u32, p, sizeof(u32));
		return isnan(f) && u32 != 0x7fc00000 ? NULL : json_float(f);
	case DT_DOUBLE:
		memcpy(&d, p, sizeof(d));
		memcpy(&u, p, sizeof(u));
		return isnan(d) && u != 0x7ff8000000000000 ? NULL
							   : json_double(d);
	case DT_BOOL:
		return (unsigned char)*p > 1 ? NULL : cJSON_CreateBool(*p);
	default: break;
	}
	if (!dtype_isint(dtype))
		return NULL;
	memcpy(&u, p, dtype_size(dtype));
	if (!dtype_issigned(dtype))
		return json_unsigned(u);
	return json_i64((int64_t)(u << (64 - dtype_bits(dtype))) >>
			(64 - dtype_bits(dtype)));
}

static cJSON *
elements(int dtype, const struct buf *raw)
{
	cJSON *list = cJSON_CreateArray(), *node;
	size_t size = dtype_size(dtype), i;

	for (i = 0; size && i < raw->len; i += size) {
		node = element(dtype, raw->data + i);
		if (!node || cJSON_GetArraySize(list) >= ONNX_INLINE) {
			cJSON_Delete(node);
			cJSON_Delete(list);
			return NULL;
		}
		cJSON_AddItemToArray(list, node);
	}
	if (raw->len == 0 || size)
		return list;
	cJSON_Delete(list);
	return NULL;
}

static cJSON *
strings(const Onnx__TensorProto *t)
{
	cJSON *list = cJSON_CreateArray();
	size_t i;

	for (i = 0; i < t->n_string_data; i++)
		cJSON_AddItemToArray(list,
		    json_bytes(t->string_data[i].data, t->string_data[i].len));
	return list;
}

static cJSON *
externaldata(const Onnx__TensorProto *t, const struct where *w)
{
	cJSON *object = cJSON_CreateObject();
	size_t i;

	for (i = 0; i < t->n_external_data; i++) {
		const Onnx__StringStringEntryProto *e = t->external_data[i];

		if (!e->key || !e->value || json_get(object, e->key) ||
		    strcmp(e->key, "field") == 0)
			bad(w, "external data: bad key or value");
		json_set(object, e->key, cJSON_CreateString(e->value));
	}
	if (!json_get(object, "location"))
		bad(w, "external data without a location");
	return object;
}

static cJSON *
filepart(const struct payload *p, const char *name)
{
	cJSON *object = cJSON_CreateObject();

	if (name)
		json_set(object, "location", json_text(name, strlen(name)));
	json_set(object, "offset", json_u64(p->offset));
	json_set(object, "length", json_u64(p->length));
	json_set(object, "field", cJSON_CreateString(fieldname(p->field)));
	return object;
}

static void
checklength(int64_t got, int64_t want, const char *what, const struct where *w)
{
	if (got != want)
		bad(w, "%lld %s, not %lld as its dims say", (long long)got,
		    what, (long long)want);
}

static void
checkpayload(const struct payload *p, const Onnx__TensorProto *t, int64_t numel,
    const struct where *w)
{
	int64_t bytes = tensor_bytes(t->data_type, numel), count;
	size_t width;

	count = typedcount(t->data_type, numel, &width);
	if (p->field == RAW_DATA || p->field == FLOAT_DATA ||
	    p->field == DOUBLE_DATA)
		checklength((int64_t)p->length, bytes, "bytes", w);
	else if ((int64_t)(p->length / 10) > count ||
		 (int64_t)p->length < count)
		bad(w, "%llu bytes of %s for %lld elements",
		    (unsigned long long)p->length, fieldname(p->field),
		    (long long)count);
}

/* what neither dtype, shape nor data say; NULL if there is nothing */
static cJSON *
restof(const Onnx__TensorProto *t)
{
	Onnx__TensorProto r = *t;
	unsigned n = r.base.n_unknown_fields;

	r.n_dims = r.n_float_data = r.n_int32_data = r.n_string_data = 0;
	r.n_int64_data = r.n_double_data = r.n_uint64_data = 0;
	r.n_external_data = 0;
	r.has_data_type = r.has_raw_data = 0;
	r.has_data_location =
	    t->has_data_location &&
	    t->data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
	r.name = NULL;
	if (n && r.base.unknown_fields[n - 1].tag == ONNX_DROPPED)
		r.base.n_unknown_fields--;
	return protobuf_c_message_get_packed_size(&r.base) ? pb_tojson(&r.base)
							   : NULL;
}

static void
describedata(cJSON *object, const Onnx__TensorProto *t, unsigned id,
    int64_t numel, const struct where *w)
{
	size_t counts[] = {[FLOAT_DATA] = t->n_float_data,
	    [INT32_DATA] = t->n_int32_data,
	    [STRING_DATA] = t->n_string_data,
	    [INT64_DATA] = t->n_int64_data,
	    [DOUBLE_DATA] = t->n_double_data,
	    [UINT64_DATA] = t->n_uint64_data};
	struct buf raw = {0};
	size_t width;
	int64_t count = typedcount(t->data_type, numel, &width);
	cJSON *data;
	char *text;

	if (id == RAW_DATA)
		checklength((int64_t)t->raw_data.len,
		    tensor_bytes(t->data_type, numel), "bytes", w);
	else
		checklength(id ? (int64_t)counts[id] : 0, count, "elements", w);
	if (id == STRING_DATA) {
		json_set(object, "data", strings(t));
		return;
	}
	rawof(&raw, t, id, (size_t)count, width, w);
	if ((data = elements(t->data_type, &raw))) {
		json_set(object, "data", data);
	} else {
		text = base64_of(raw.data, raw.len);
		json_set(object, "raw", cJSON_CreateString(text));
		free(text);
	}
	buf_free(&raw);
	if (id && (id != RAW_DATA || numel == 0))
		json_set(object, "field", cJSON_CreateString(fieldname(id)));
}

void
tensor_data(cJSON *object, const Onnx__TensorProto *t,
    const struct payloads *from, const char *file, const char *place)
{
	struct where w = {file, place};
	const struct payload *p = dropped(t, from);
	int64_t numel = tensor_numel(t->dims, t->n_dims);
	unsigned id = fieldof(t, p, &w);
	cJSON *rest = restof(t);

	if (rest)
		json_set(object, "rest", rest);
	if (t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL) {
		if (id)
			bad(&w, "both external data and %s", fieldname(id));
		json_set(object, "external", externaldata(t, &w));
		return;
	}
	if (t->n_external_data)
		bad(&w, "external data that is not said to be");
	if (id && id != RAW_DATA && id != typedfield(t->data_type))
		bad(&w, "%s in %s", dtype_name(t->data_type), fieldname(id));
	if (id == RAW_DATA && t->data_type == DT_STRING)
		bad(&w, "strings in raw_data");
	if (!p) {
		describedata(object, t, id, numel, &w);
		return;
	}
	checkpayload(p, t, numel, &w);
	json_set(object, "external", filepart(p, from->name));
}

void
tensor_describe(cJSON *object, const Onnx__TensorProto *t,
    const struct payloads *from, const char *file, const char *place)
{
	tensor_header(object, t, file, place);
	tensor_data(object, t, from, file, place);
}

/* from a record */

int
tensor_dtype(const cJSON *object)
{
	const char *name = json_string(object, "dtype");
	int dtype = dtype_number(name);

	if (!dtype)
		json_bad(json_get(object, "dtype"), "unknown dtype '%s'", name);
	return dtype;
}

int
tensor_shape(struct arena *a, const cJSON *object, int64_t **dims)
{
	const cJSON *shape;
	int n = 0;

	if (!json_get(object, "shape"))
		return -1;
	shape = json_array(object, "shape");
	*dims =
	    arena_alloc(a, (size_t)cJSON_GetArraySize(shape) * sizeof(**dims));
	json_each (dim, shape)
		(*dims)[n++] = json_intvalue(dim, 0, (long long)JSON_INT);
	return n;
}

static void
datastrings(struct arena *a, Onnx__TensorProto *t, const cJSON *data)
{
	size_t n = (size_t)cJSON_GetArraySize(data);

	t->string_data = arena_alloc(a, n * sizeof(*t->string_data));
	json_each (node, data)
		t->string_data[t->n_string_data++] = json_bytesvalue(a, node);
}

static void
dataelement(int dtype, char *p, const cJSON *node)
{
	double d = 0;
	uint64_t u = 0;
	int64_t v;
	uint16_t h;
	float f;

	if (dtype_isfloat(dtype)) {
		d = json_realvalue(node);
		f = (float)d;
		h = dtype == DT_FLOAT16 ? half_of(f) : bfloat_of(f);
		memcpy(p,
		    dtype == DT_FLOAT	 ? (void *)&f
		    : dtype == DT_DOUBLE ? (void *)&d
					 : (void *)&h,
		    dtype_size(dtype));
		return;
	}
	if (dtype == DT_UINT64) {
		u = json_u64value(node);
	} else if (dtype_isint(dtype) || dtype == DT_BOOL) {
		v = json_i64value(node);
		if (v < dtype_min(dtype) ||
		    (v > 0 && (uint64_t)v > dtype_max(dtype)))
			json_bad(node, "no value of %s", dtype_name(dtype));
		u = (uint64_t)v;
	} else {
		json_bad(node, "data of %s must be raw", dtype_name(dtype));
	}
	memcpy(p, &u, dtype_size(dtype));
}

/* a part of a file, in memory as long as the program runs */
static ProtobufCBinaryData
mapped(const cJSON *external)
{
	const char *location = json_stringor(external, "location", NULL);
	uint64_t offset = json_u64value(json_get(external, "offset")), start;
	uint64_t length = json_u64value(json_get(external, "length"));
	ProtobufCBinaryData d = {0};
	struct stat st;
	char *p;
	int fd;

	if (!location)
		json_bad(external, "the bytes were not kept: the model was "
				   "read from a pipe");
	fd = open(location, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		err(EX_UNAVAILABLE, "%s", location);
	if (offset > (uint64_t)st.st_size ||
	    length > (uint64_t)st.st_size - offset)
		json_bad(external, "'%s' has %lld bytes", location,
		    (long long)st.st_size);
	start = offset & ~(uint64_t)0xffff;
	d.len = (size_t)length;
	if (length) {
		p = mmap(NULL, (size_t)(offset - start + length), PROT_READ,
		    MAP_PRIVATE, fd, (off_t)start);
		if (p == MAP_FAILED)
			err(EX_IOERR, "%s", location);
		d.data = (uint8_t *)p + (offset - start);
	}
	close(fd);
	return d;
}

static void
ownexternal(struct arena *a, Onnx__TensorProto *t, const cJSON *external)
{
	Onnx__StringStringEntryProto *e;

	t->has_data_location = 1;
	t->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
	json_string(external, "location");
	json_each (node, external) {
		e = pb_new(a, &onnx__string_string_entry_proto__descriptor);
		e->key = arena_str(a, node->string);
		e->value = arena_str(a, json_string(external, node->string));
		t->external_data = arena_grow(
		    a, t->external_data, t->n_external_data, sizeof(e));
		t->external_data[t->n_external_data++] = e;
	}
}

/* bytes of raw_data, or of one of the other fields, into that field */
static void
putfield(struct arena *a, Onnx__TensorProto *t, unsigned id,
    ProtobufCBinaryData d, size_t count, size_t width)
{
	size_t i;

	if (id == RAW_DATA) {
		t->has_raw_data = 1;
		t->raw_data = d;
	} else if (id == FLOAT_DATA) {
		t->float_data = arena_copy(a, d.data, d.len);
		t->n_float_data = count;
	} else if (id == DOUBLE_DATA) {
		t->double_data = arena_copy(a, d.data, d.len);
		t->n_double_data = count;
	} else if (id == INT64_DATA) {
		t->int64_data = arena_copy(a, d.data, d.len);
		t->n_int64_data = count;
	} else if (id == UINT64_DATA) {
		t->uint64_data = arena_alloc(a, count * 8);
		for (i = 0; i < count; i++)
			memcpy(&t->uint64_data[i], d.data + i * width, width);
		t->n_uint64_data = count;
	} else if (id == INT32_DATA) {
		t->int32_data = arena_alloc(a, count * 4);
		for (i = 0; i < count; i++)
			memcpy(&t->int32_data[i], d.data + i * width, width);
		for (i = 0; i < count && dtype_issigned(t->data_type) &&
			    dtype_isint(t->data_type);
		     i++)
			t->int32_data[i] = (int32_t)((uint32_t)t->int32_data[i]
						     << (32 - 8 * width)) >>
					   (32 - 8 * width);
		t->n_int32_data = count;
	}
}

/* a part of a model's file that is a field of packed varints */
static void
putvarints(struct arena *a, Onnx__TensorProto *t, unsigned id,
    ProtobufCBinaryData d, size_t count, const cJSON *node)
{
	size_t i, k, n = 0;
	uint64_t v, *all = arena_alloc(a, count * 8);

	for (i = 0; i < d.len; n++) {
		if (n == count)
			json_bad(node, "more than %zu elements", count);
		for (v = 0, k = 0;; i++, k += 7) {
			if (i == d.len || k > 63)
				json_bad(node, "is not packed");
			v |= (uint64_t)(d.data[i] & 0x7f) << k;
			if (!(d.data[i] & 0x80))
				break;
		}
		i++;
		all[n] = v;
	}
	if (n != count)
		json_bad(node, "less than %zu elements", count);
	if (id == INT32_DATA) {
		t->int32_data = arena_alloc(a, count * 4);
		for (i = 0; i < count; i++)
			t->int32_data[i] = (int32_t)(uint32_t)all[i];
		t->n_int32_data = count;
	} else {
		putfield(a, t, id,
		    (ProtobufCBinaryData){count * 8, (uint8_t *)all}, count, 8);
	}
}

static unsigned
wantedfield(const cJSON *object, int dtype, int64_t numel)
{
	const char *name = json_stringor(object, "field", NULL);
	const ProtobufCFieldDescriptor *f;

	if (!name)
		return dtype == DT_STRING ? STRING_DATA : numel ? RAW_DATA : 0;
	f = protobuf_c_message_descriptor_get_field_by_name(
	    &onnx__tensor_proto__descriptor, name);
	if (!f || (f->id != RAW_DATA && f->id != typedfield(dtype)) ||
	    (f->id == RAW_DATA && dtype == DT_STRING))
		json_bad(json_get(object, "field"), "no field for %s",
		    dtype_name(dtype));
	return f->id;
}

/* the place of an entry in its list */
static uint32_t
place(const cJSON *entry)
{
	uint32_t i = 0;

	for (; entry->prev && entry->prev->next == entry; entry = entry->prev)
		i++;
	return i;
}

/* the public values of a constant, which every machine makes alike */
static void
generate(const cJSON *values, const cJSON *entry, int dtype, const char *task,
    void *data, size_t numel)
{
	struct gen *gen = gen_parse(values, dtype);
	uint8_t key[32];

	gen_publickey(task, key);
	gen_fill(gen, key, 0, place(entry), data, numel);
	gen_free(gen);
}

/* the bytes that object states, as raw_data would hold them */
static ProtobufCBinaryData
statedbytes(struct arena *a, const cJSON *object, int dtype, int64_t numel,
    const char *task)
{
	const cJSON *data = json_get(object, "data");
	const cJSON *raw = json_get(object, "raw");
	int64_t bytes = tensor_bytes(dtype, numel);
	size_t size = dtype_size(dtype), i = 0;
	ProtobufCBinaryData d = {0};
	struct buf b = {0};

	d.len = (size_t)bytes;
	if (data) {
		if (!cJSON_IsArray(data) || cJSON_GetArraySize(data) != numel)
			json_bad(data, "not an array of %lld elements",
			    (long long)numel);
		d.data = arena_alloc(a, d.len);
		json_each (node, data)
			dataelement(dtype, (char *)d.data + size * i++, node);
	} else if (raw) {
		if (!cJSON_IsString(raw) ||
		    base64_read(&b, raw->valuestring) < 0 ||
		    b.len != (size_t)bytes)
			json_bad(
			    raw, "not base64 of %lld bytes", (long long)bytes);
		d.data = arena_copy(a, b.data, b.len);
		buf_free(&b);
	} else {
		d.data = arena_alloc(a, d.len);
		generate(json_get(object, "values"), object, dtype, task,
		    d.data, (size_t)numel);
	}
	return d;
}

static void
buildfilepart(struct arena *a, Onnx__TensorProto *t, const cJSON *object,
    const cJSON *external, int64_t numel)
{
	ProtobufCBinaryData d = mapped(external);
	unsigned id = wantedfield(external, t->data_type, numel);
	size_t width;
	int64_t count = typedcount(t->data_type, numel, &width);

	if (id == STRING_DATA)
		json_bad(object, "strings cannot be external");
	if (id == INT32_DATA || id == INT64_DATA || id == UINT64_DATA) {
		if ((uint64_t)count > d.len)
			json_bad(external, "less than %lld elements",
			    (long long)count);
		putvarints(a, t, id, d, (size_t)count, external);
		return;
	}
	if ((int64_t)d.len != tensor_bytes(t->data_type, numel))
		json_bad(external, "not %lld bytes",
		    (long long)tensor_bytes(t->data_type, numel));
	putfield(a, t, id, d, (size_t)count, width);
}

Onnx__TensorProto *
tensor_build(
    struct arena *a, const cJSON *object, const char *name, const char *task)
{
	const cJSON *rest = json_get(object, "rest");
	Onnx__TensorProto *t =
	    rest ? pb_fromjson(a, &onnx__tensor_proto__descriptor, rest)
		 : pb_new(a, &onnx__tensor_proto__descriptor);
	const cJSON *external = json_get(object, "external");
	int64_t numel, count;
	size_t width;
	unsigned id;
	int n;

	if (name)
		t->name = arena_str(a, name);
	name = name ? name : "";
	t->has_data_type = 1;
	t->data_type = tensor_dtype(object);
	n = tensor_shape(a, object, &t->dims);
	if (n < 0)
		json_bad(object, "constant '%s' has no shape", name);
	t->n_dims = (size_t)n;
	numel = tensor_numel(t->dims, t->n_dims);
	if (numel < 0 || tensor_bytes(t->data_type, numel) < 0)
		json_bad(json_get(object, "shape"), "too many elements");
	if (external && !json_get(external, "field")) {
		ownexternal(a, t, external);
		return t;
	}
	if (tensor_bytes(t->data_type, numel) >= INT32_MAX ||
	    numel >= INT32_MAX)
		json_bad(object, "constant '%s' is over 2 GiB", name);
	if (external) {
		buildfilepart(a, t, object, external, numel);
		return t;
	}
	id = wantedfield(object, t->data_type, numel);
	if (t->data_type == DT_STRING) {
		const cJSON *data = json_array(object, "data");

		if (cJSON_GetArraySize(data) != numel)
			json_bad(data, "not %lld elements", (long long)numel);
		datastrings(a, t, data);
		return t;
	}
	count = typedcount(t->data_type, numel, &width);
	putfield(a, t, id,
	    numel ? statedbytes(a, object, t->data_type, numel, task)
		  : (ProtobufCBinaryData){0},
	    (size_t)count, width);
	return t;
}
