#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "onnxread.h"

enum { VARINT, I64, LENGTH, I32 = 5 };

typedef const ProtobufCMessageDescriptor type;
typedef const ProtobufCFieldDescriptor field;

struct walk {
	struct onnxmodel *m;
	int fd;
	uint64_t base; /* offset in the file of data[0] */
	uint64_t size; /* of the file; UINT64_MAX if it is not known */
	int seekable;
	int whole;	/* depth of messages all of which is kept */
	size_t keep;	/* bytes of a payload that are kept */
	uint64_t kept;	/* bytes of payloads so far */
	size_t structs; /* bytes that the messages will take */
	struct buf slim;
	size_t pos, len; /* of data */
	unsigned char data[1 << 16];
};

static uint64_t
here(const struct walk *w)
{
	return w->base + w->pos;
}

_Noreturn static void PRINTF(3, 4)
    bad(const struct walk *w, uint64_t at, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	errx(EX_DATAERR, "%s: byte %llu: %s", w->m->place,
	    (unsigned long long)at, b.data);
}

/* read more; 0 at the end of the input */
static int
fill(struct walk *w)
{
	ssize_t n;

	w->base += w->len;
	w->pos = w->len = 0;
	do
		n = read(w->fd, w->data, sizeof(w->data));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		err(EX_IOERR, "%s", w->m->place);
	w->len = (size_t)n;
	return n > 0;
}

static int
more(struct walk *w)
{
	return w->pos < w->len || fill(w);
}

_Noreturn static void
truncated(const struct walk *w)
{
	bad(w, here(w), "truncated");
}

/* move up to n bytes of a pipe to nowhere without a copy of them; returns how
   many, which is 0 for what is no pipe */
static uint64_t
away(struct walk *w, uint64_t n)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	uint64_t left = n;
	ssize_t k = 1;

	fcntl(w->fd, F_SETPIPE_SZ, 1 << 20);
	for (; null >= 0 && left && k > 0; left -= k > 0 ? (uint64_t)k : 0)
		k = splice(w->fd, NULL, null, NULL,
		    left < 1 << 20 ? (size_t)left : 1 << 20, SPLICE_F_MOVE);
	if (null >= 0)
		close(null);
	return n - left;
}

static void
skip(struct walk *w, uint64_t n)
{
	uint64_t k = w->len - w->pos;

	if (n <= k) {
		w->pos += (size_t)n;
		return;
	}
	if (w->seekable) {
		w->base = here(w) + n;
		w->pos = w->len = 0;
		if (lseek(w->fd, (off_t)w->base, SEEK_SET) < 0)
			err(EX_IOERR, "%s", w->m->place);
		return;
	}
	w->pos = w->len;
	n -= k;
	k = away(w, n);
	w->base += k;
	for (n -= k; n; n -= k) {
		if (!more(w))
			truncated(w);
		k = w->len - w->pos < n ? w->len - w->pos : n;
		w->pos += (size_t)k;
	}
}

static void
limit(const struct walk *w)
{
	if (w->slim.len > ONNX_LIMIT || w->structs > ONNX_LIMIT)
		bad(w, here(w), "over %zu MiB without the weights",
		    ONNX_LIMIT >> 20);
}

/* keep n bytes, as they come */
static void
copy(struct walk *w, uint64_t n)
{
	size_t k;

	for (; n; n -= k) {
		if (!more(w))
			truncated(w);
		k = w->len - w->pos;
		k = k < n ? k : (size_t)n;
		buf_add(&w->slim, w->data + w->pos, k);
		w->pos += k;
		limit(w);
	}
}

static uint64_t
varint(struct walk *w, uint64_t end, const char *what)
{
	uint64_t v = 0, start = here(w);
	unsigned shift;
	int c;

	for (shift = 0; shift < 70; shift += 7) {
		if (here(w) >= end)
			bad(w, start, "%s runs past its message", what);
		if (!more(w))
			truncated(w);
		c = w->data[w->pos++];
		if (shift == 63 && c > 1)
			break;
		v |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return v;
	}
	bad(w, start, "%s is no varint", what);
}

static void
putvarint(struct walk *w, uint64_t v)
{
	unsigned char b[10];
	size_t n = 0;

	for (; v > 0x7f; v >>= 7)
		b[n++] = (unsigned char)(v | 0x80);
	b[n++] = (unsigned char)v;
	buf_add(&w->slim, b, n);
}

/* a length of five bytes at the place at, for what came after it */
static void
patchlength(struct walk *w, size_t at)
{
	size_t n = w->slim.len - at - 5, i;

	for (i = 0; i < 5; i++, n >>= 7)
		w->slim.data[at + i] = (char)((n & 0x7f) | (i < 4 ? 0x80 : 0));
}

static int
wirewanted(field *f, unsigned wire)
{
	unsigned scalar = VARINT;

	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE: return wire == LENGTH;
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT: scalar = I32; break;
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE: scalar = I64; break;
	default: break;
	}
	return wire == scalar ||
	       (wire == LENGTH && f->label == PROTOBUF_C_LABEL_REPEATED);
}

static int
ispayload(type *t, field *f)
{
	return t == &onnx__tensor_proto__descriptor && f &&
	       (f->type == PROTOBUF_C_TYPE_BYTES ||
		   f->flags & PROTOBUF_C_FIELD_FLAG_PACKED) &&
	       f->label != PROTOBUF_C_LABEL_NONE &&
	       strcmp(f->name, "string_data") != 0;
}

static int
dropping(struct walk *w, type *t, field *f, uint64_t n)
{
	if (w->whole || !ispayload(t, f))
		return 0;
	if (n > w->keep || (n > 256 && w->kept + n > ONNX_KEEPALL))
		return 1;
	w->kept += n;
	return 0;
}

static void
drop(struct walk *w, field *f, uint64_t n)
{
	struct payloads *p = &w->m->payloads;

	p->list = arena_grow(&w->m->arena, p->list, p->n, sizeof(*p->list));
	p->list[p->n++] = (struct payload){here(w), n, f->id};
	skip(w, n);
}

static void
copytext(struct walk *w, field *f, uint64_t n)
{
	uint64_t start = here(w);
	size_t at = w->slim.len;
	const char *s;

	copy(w, n);
	s = w->slim.data + at;
	if (n && (memchr(s, 0, (size_t)n) || !json_isutf8(s, (size_t)n)))
		bad(w, start, "%s is no UTF-8 text", f->name);
}

static void message(struct walk *w, type *t, uint64_t end, int depth);

static int
keptwhole(type *t)
{
	return t == &onnx__sparse_tensor_proto__descriptor ||
	       t == &onnx__function_proto__descriptor ||
	       t == &onnx__training_info_proto__descriptor;
}

static void
submessage(struct walk *w, type *t, uint64_t n, int depth)
{
	size_t at = w->slim.len;

	if (depth == ONNX_DEPTH)
		bad(w, here(w), "over %d messages in one another", ONNX_DEPTH);
	w->structs += t->sizeof_message + 64;
	limit(w);
	buf_add(&w->slim, "\0\0\0\0\0", 5);
	w->whole += keptwhole(t);
	message(w, t, here(w) + n, depth + 1);
	w->whole -= keptwhole(t);
	patchlength(w, at);
}

/* a field of known length; returns 1 if it was dropped */
static int
lengthfield(
    struct walk *w, type *t, field *f, uint32_t tag, uint64_t end, int depth)
{
	uint64_t n = varint(w, end, "a length");

	if (n > INT64_MAX || (end != UINT64_MAX && n > end - here(w)))
		bad(w, here(w), "%s%s%s of %llu bytes runs past its message",
		    t->short_name, f ? "." : "", f ? f->name : "",
		    (unsigned long long)n);
	if (here(w) > w->size || n > w->size - here(w))
		bad(w, here(w), "truncated: %s%s%s of %llu bytes, file of %llu",
		    t->short_name, f ? "." : "", f ? f->name : "",
		    (unsigned long long)n, (unsigned long long)w->size);
	if (dropping(w, t, f, n)) {
		drop(w, f, n);
		return 1;
	}
	putvarint(w, tag);
	if (f && f->type == PROTOBUF_C_TYPE_MESSAGE) {
		submessage(w, f->descriptor, n, depth);
		return 0;
	}
	putvarint(w, n);
	if (f && f->type == PROTOBUF_C_TYPE_STRING)
		copytext(w, f, n);
	else
		copy(w, n);
	if (f)
		w->structs += 16;
	return 0;
}

static void
scalarfield(struct walk *w, unsigned wire, uint32_t tag, uint64_t end)
{
	uint64_t n = wire == I64 ? 8 : 4;

	putvarint(w, tag);
	if (wire == VARINT) {
		putvarint(w, varint(w, end, "a number"));
		return;
	}
	if (end != UINT64_MAX && n > end - here(w))
		bad(w, here(w), "a number runs past its message");
	copy(w, n);
}

static void
message(struct walk *w, type *t, uint64_t end, int depth)
{
	int dropped = 0;
	uint64_t tag, start;
	unsigned wire;
	field *f;

	while (end == UINT64_MAX ? more(w) : here(w) < end) {
		start = here(w);
		tag = varint(w, end, "a field's number");
		wire = tag & 7;
		if (tag >> 3 == 0 || tag > UINT32_MAX || wire == 3 ||
		    wire == 4 || wire > I32 || tag >> 3 == ONNX_DROPPED)
			bad(w, start, "no field of %s", t->short_name);
		f = protobuf_c_message_descriptor_get_field(
		    t, (unsigned)(tag >> 3));
		if (f && !wirewanted(f, wire))
			bad(w, start, "%s.%s of wire type %u", t->short_name,
			    f->name, wire);
		if (wire == LENGTH)
			dropped +=
			    lengthfield(w, t, f, (uint32_t)tag, end, depth);
		else
			scalarfield(w, wire, (uint32_t)tag, end);
		if (dropped > 1)
			bad(w, start, "a tensor with data twice");
		if (!f)
			w->structs += 64;
	}
	if (dropped) {
		putvarint(w, (uint64_t)ONNX_DROPPED << 3 | VARINT);
		putvarint(w, w->m->payloads.n - 1);
	}
}

/* the name of a file that is open as fd, NULL if it has none */
static char *
nameof(int fd, const struct stat *st)
{
	char name[4096], cwd[4096], *link = xasprintf("/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, name, sizeof(name) - 1);
	struct stat is;
	size_t len;

	free(link);
	if (n <= 0)
		return NULL;
	name[n] = '\0';
	if (stat(name, &is) < 0 || is.st_dev != st->st_dev ||
	    is.st_ino != st->st_ino || !json_isutf8(name, (size_t)n))
		return NULL;
	if (getcwd(cwd, sizeof(cwd)) && (len = strlen(cwd)) > 1 &&
	    strncmp(name, cwd, len) == 0 && name[len] == '/')
		return xstrdup(name + len + 1);
	return xstrdup(name);
}

static void
start(struct walk *w, const char *path)
{
	struct stat st;
	off_t at;

	if (fstat(w->fd, &st) < 0)
		err(EX_IOERR, "%s", w->m->place);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		err(EX_DATAERR, "%s", w->m->place);
	}
	at = S_ISREG(st.st_mode) ? lseek(w->fd, 0, SEEK_CUR) : -1;
	w->seekable = at >= 0;
	w->size = UINT64_MAX;
	w->keep = ONNX_KEEPPIPE;
	if (w->seekable) {
		w->base = (uint64_t)at;
		w->size = (uint64_t)st.st_size;
		w->m->payloads.name = path ? xstrdup(path) : nameof(w->fd, &st);
	}
	if (w->m->payloads.name)
		w->keep = ONNX_KEEP;
}

void
onnxread(struct onnxmodel *m, int fd, const char *path)
{
	struct walk *w = xcalloc(1, sizeof(*w));

	*m = (struct onnxmodel){.place = xstrdup(path ? path : "stdin")};
	w->m = m;
	w->fd = fd;
	start(w, path);
	if (!more(w))
		errx(EX_DATAERR, "%s: byte 0: empty", m->place);
	message(w, &onnx__model_proto__descriptor, UINT64_MAX, 0);
	m->proto = pb_unpack(&m->arena, &onnx__model_proto__descriptor,
	    w->slim.data, w->slim.len);
	if (!m->proto)
		bad(w, here(w), "protobuf-c cannot unpack the model");
	if (!m->proto->graph)
		errx(EX_DATAERR, "%s: byte %llu: ends without a graph",
		    m->place, (unsigned long long)here(w));
	buf_free(&w->slim);
	free(w);
}

void
onnxread_free(struct onnxmodel *m)
{
	arena_free(&m->arena);
	free(m->payloads.name);
	free(m->place);
	*m = (struct onnxmodel){0};
}
