#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* the scanner: what it reads, where it stands, why it stopped */
struct scan {
	const unsigned char *p, *end;
	const char *why;
	int depth;
};

/* of whom json_bad speaks */
static struct json_place place;

static int
fail(struct scan *s, const char *why)
{
	if (!s->why)
		s->why = why;
	return -1;
}

static void
skipspace(struct scan *s)
{
	while (s->p < s->end && strchr(" \t\r\n", *s->p) && *s->p)
		s->p++;
}

size_t
json_utf8(const unsigned char *p, const unsigned char *end)
{
	size_t n, i;
	unsigned c = *p;

	if (c < 0x80)
		return 1;
	n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc2 || c > 0xf4 || (size_t)(end - p) < n)
		return 0;
	if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) ||
	    (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
		return 0;
	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static int
hex4(struct scan *s, unsigned *v)
{
	int i;

	if (s->end - s->p < 4)
		return fail(s, "short \\u escape");
	for (*v = 0, i = 0; i < 4; i++, s->p++) {
		if (!isxdigit(*s->p))
			return fail(s, "bad \\u escape");
		*v = *v * 16 + (unsigned)(isdigit(*s->p)
					      ? *s->p - '0'
					      : tolower(*s->p) - 'a' + 10);
	}
	return 0;
}

static int
escape(struct scan *s)
{
	unsigned u, v;

	if (++s->p == s->end)
		return fail(s, "unfinished string");
	if (*s->p != 'u') {
		if (!*s->p || !strchr("\"\\/bfnrt", *s->p))
			return fail(s, "unknown escape");
		s->p++;
		return 0;
	}
	s->p++;
	if (hex4(s, &u) < 0)
		return -1;
	if (u == 0)
		return fail(s, "\\u0000 in a string");
	if (u >= 0xdc00 && u <= 0xdfff)
		return fail(s, "lone surrogate");
	if (u < 0xd800 || u > 0xdbff)
		return 0;
	if (s->end - s->p < 2 || s->p[0] != '\\' || s->p[1] != 'u')
		return fail(s, "lone surrogate");
	s->p += 2;
	if (hex4(s, &v) < 0)
		return -1;
	return v >= 0xdc00 && v <= 0xdfff ? 0 : fail(s, "lone surrogate");
}

static int
string(struct scan *s)
{
	size_t n;

	for (s->p++; s->p < s->end;) {
		if (*s->p == '"') {
			s->p++;
			return 0;
		}
		if (*s->p == '\\') {
			if (escape(s) < 0)
				return -1;
			continue;
		}
		if (*s->p < 0x20)
			return fail(s, "control character in a string");
		n = json_utf8(s->p, s->end);
		if (!n)
			return fail(s, "bytes that are not UTF-8");
		s->p += n;
	}
	return fail(s, "unfinished string");
}

static int
digits(struct scan *s)
{
	if (s->p == s->end || !isdigit(*s->p))
		return fail(s, "bad number");
	while (s->p < s->end && isdigit(*s->p))
		s->p++;
	return 0;
}

static int
number(struct scan *s)
{
	const unsigned char *start = s->p;
	char text[400];
	int whole = 1;
	double v;

	if (*s->p == '-')
		s->p++;
	if (s->p < s->end && *s->p == '0')
		s->p++;
	else if (digits(s) < 0)
		return -1;
	if (s->p < s->end && *s->p == '.') {
		whole = 0;
		s->p++;
		if (digits(s) < 0)
			return -1;
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		whole = 0;
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (digits(s) < 0)
			return -1;
	}
	if ((size_t)(s->p - start) >= sizeof(text))
		return fail(s, "number of too many digits");
	memcpy(text, start, (size_t)(s->p - start));
	text[s->p - start] = '\0';
	v = strtod(text, NULL);
	if (!isfinite(v))
		return fail(s, "number out of range");
	if (whole && (fabs(v) > JSON_INT ||
			 (fabs(v) == JSON_INT && strcmp(text + (*text == '-'),
						     "9007199254740992") != 0)))
		return fail(s, "integer beyond 2^53 (write it as a string)");
	return 0;
}

static int value(struct scan *s);

static int
word(struct scan *s, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, w, n) != 0)
		return fail(s, "not a JSON value");
	s->p += n;
	return 0;
}

static int
member(struct scan *s)
{
	skipspace(s);
	if (s->p == s->end || *s->p != '"')
		return fail(s, "expected a key");
	if (string(s) < 0)
		return -1;
	skipspace(s);
	if (s->p == s->end || *s->p != ':')
		return fail(s, "expected ':'");
	s->p++;
	return value(s);
}

static int
collection(struct scan *s, char close)
{
	if (++s->depth > JSON_DEPTH)
		return fail(s, "nested too deeply");
	s->p++;
	skipspace(s);
	if (s->p < s->end && *s->p == close)
		goto done;
	for (;;) {
		if ((close == '}' ? member(s) : value(s)) < 0)
			return -1;
		skipspace(s);
		if (s->p == s->end)
			return fail(s, "unfinished text");
		if (*s->p == close)
			break;
		if (*s->p != ',')
			return fail(s, "expected ',' or the end of a list");
		s->p++;
	}
done:
	s->p++;
	s->depth--;
	return 0;
}

static int
value(struct scan *s)
{
	skipspace(s);
	if (s->p == s->end)
		return fail(s, "unfinished text");
	switch (*s->p) {
	case '{': return collection(s, '}');
	case '[': return collection(s, ']');
	case '"': return string(s);
	case 't': return word(s, "true");
	case 'f': return word(s, "false");
	case 'n': return word(s, "null");
	}
	if (*s->p == '-' || isdigit(*s->p))
		return number(s);
	return fail(s, "not a JSON value");
}

int
json_check(const char *text, size_t n, size_t *at, const char **why)
{
	struct scan s = {0};
	int rc;

	s.p = (const unsigned char *)text;
	s.end = s.p + n;
	rc = value(&s);
	if (rc == 0) {
		skipspace(&s);
		if (s.p != s.end)
			rc = fail(&s, "more after the end of the text");
	}
	*at = (size_t)(s.p - (const unsigned char *)text);
	*why = s.why;
	return rc;
}

static int
bykey(const void *a, const void *b)
{
	return strcmp(
	    (*(cJSON *const *)a)->string, (*(cJSON *const *)b)->string);
}

/* the second member of a name that an object below node has twice, or NULL */
static const cJSON *
duplicate(const cJSON *node)
{
	const cJSON **keys, *twice = NULL;
	size_t n = 0, i;

	json_each (c, node) {
		n++;
		if (c->child && (twice = duplicate(c)))
			return twice;
	}
	if (!cJSON_IsObject(node) || n < 2)
		return NULL;
	keys = xreallocarray(NULL, n, sizeof(*keys));
	n = 0;
	json_each (c, node)
		keys[n++] = c;
	qsort(keys, n, sizeof(*keys), bykey);
	for (i = 1; i < n && !twice; i++)
		if (strcmp(keys[i - 1]->string, keys[i]->string) == 0)
			twice = keys[i];
	free(keys);
	return twice;
}

static cJSON *
parse(const char *text, size_t n)
{
	cJSON *json = cJSON_ParseWithLength(text, n);

	if (!json)
		errx(EX_OSERR, "cJSON cannot hold a text of %zu bytes", n);
	return json;
}

cJSON *
json_parse(const char *text, size_t n, const char **why)
{
	cJSON *json;
	size_t at;

	if (json_check(text, n, &at, why) < 0)
		return NULL;
	json = parse(text, n);
	if (duplicate(json)) {
		cJSON_Delete(json);
		*why = "duplicate key";
		return NULL;
	}
	return json;
}

/* append to b the path from node to target: 1 if it was found there */
static int
findpath(struct buf *b, const cJSON *node, const cJSON *target)
{
	size_t len = b->len;
	int i = 0;

	if (node == target)
		return 1;
	json_each (c, node) {
		if (c->string)
			buf_addf(b, "%s%s", b->len ? "." : "", c->string);
		else
			buf_addf(b, "[%d]", i);
		i++;
		if (findpath(b, c, target))
			return 1;
		b->len = len;
		if (b->data)
			b->data[len] = '\0';
	}
	return 0;
}

void
json_setplace(const char *name, long record, const cJSON *root)
{
	snprintf(place.name, sizeof(place.name), "%s", name ? name : "");
	place.record = record;
	place.root = root;
}

struct json_place
json_saveplace(void)
{
	return place;
}

void
json_restoreplace(struct json_place saved)
{
	place = saved;
}

void
json_bad(const cJSON *node, const char *fmt, ...)
{
	struct buf b = {0}, path = {0};
	va_list ap;

	if (*place.name)
		buf_addf(&b, "%s: ", place.name);
	if (place.record)
		buf_addf(&b, "record %ld: ", place.record);
	if (place.root && node && findpath(&path, place.root, node) && path.len)
		buf_addf(&b, "%s: ", path.data);
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	errx(EX_DATAERR, "%s", b.data);
}

/* take characters until a text is whole: its brackets closed, or, outside of
   brackets, white space after it; 0 at the end of the stream */
static int
taketext(struct jsonin *in)
{
	int c, depth = 0, quoted = 0, escaped = 0, line = 0;
	char byte;

	in->text.len = 0;
	while ((c = getc_unlocked(in->fp)) != EOF) {
		if (in->text.len == 0 && strchr(" \t\r\n", c) && c) {
			in->line += c == '\n';
			continue;
		}
		byte = (char)c;
		buf_add(&in->text, &byte, 1);
		line += c == '\n';
		if (quoted) {
			quoted = escaped || c != '"';
			escaped = !escaped && c == '\\';
		} else if (c == '"') {
			quoted = 1;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (--depth <= 0)
				break;
		} else if (depth == 0 && isspace(c)) {
			break;
		}
	}
	if (ferror(in->fp))
		err(EX_IOERR, "%s", in->name);
	return in->text.len > 0;
}

static _Noreturn void
badtext(struct jsonin *in, size_t at, const char *why)
{
	long line = in->line + 1, column = 1;
	size_t i;

	for (i = 0; i < at && i < in->text.len; i++) {
		column = in->text.data[i] == '\n' ? 1 : column + 1;
		line += in->text.data[i] == '\n';
	}
	errx(EX_DATAERR, "%s:%ld:%ld: not a JSON text: %s", in->name, line,
	    column, why);
}

cJSON *
json_read(struct jsonin *in)
{
	const cJSON *twice;
	const char *why;
	cJSON *json;
	size_t at, i;

	if (!taketext(in))
		return NULL;
	in->record++;
	if (json_check(in->text.data, in->text.len, &at, &why) < 0)
		badtext(in, at, why);
	json = parse(in->text.data, in->text.len);
	json_setplace(in->name, in->record, json);
	if ((twice = duplicate(json)))
		json_bad(twice, "duplicate key");
	for (i = 0; i < in->text.len; i++)
		in->line += in->text.data[i] == '\n';
	return json;
}

cJSON *
json_readrecord(struct jsonin *in)
{
	cJSON *record = json_read(in);

	if (!record)
		return NULL;
	if (!cJSON_IsObject(record))
		json_bad(record, "not a record: not an object");
	if (!cJSON_IsObject(json_get(record, "task")))
		json_bad(record, "not a record: no object 'task'");
	return record;
}

void
json_end(struct jsonin *in)
{
	buf_free(&in->text);
	json_setplace(NULL, 0, NULL);
}

cJSON *
json_readfile(const char *path)
{
	struct jsonin in = {.fp = fopen(path, "re"), .name = path};
	cJSON *json, *more;

	if (!in.fp)
		err(EX_UNAVAILABLE, "%s", path);
	json = json_read(&in);
	if (!json)
		errx(EX_DATAERR, "%s: empty", path);
	more = json_read(&in);
	if (more)
		errx(EX_DATAERR, "%s: more than one JSON text", path);
	fclose(in.fp);
	buf_free(&in.text);
	in.record = 0;
	json_setplace(path, 0, json);
	return json;
}

/* cJSON's own printer takes doubles for equal that differ in their last bit,
   and a stage must pass on what it was given */
static void
printnumber(struct buf *b, double v)
{
	char s[40];
	int digits;

	if (!isfinite(v)) {
		buf_adds(b, "null");
		return;
	}
	for (digits = 15; digits <= 17; digits++) {
		snprintf(s, sizeof(s), "%.*g", digits, v);
		if (strtod(s, NULL) == v)
			break;
	}
	if (v == trunc(v) && fabs(v) <= JSON_INT)
		snprintf(s, sizeof(s), "%.0f", v);
	else if (!strpbrk(s, ".e")) /* no integer: the reader refuses these */
		snprintf(s, sizeof(s), "%.*e", digits - 1, v);
	buf_adds(b, s);
}

static void
printstring(struct buf *b, const char *s)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *p;
	size_t n;

	buf_add(b, "\"", 1);
	for (; *s; s++) {
		for (n = 0;
		     (unsigned char)s[n] >= ' ' && s[n] != '"' && s[n] != '\\';
		     n++)
			;
		buf_add(b, s, n);
		s += n;
		if (!*s)
			break;
		if ((p = strchr(from, *s)))
			buf_addf(b, "\\%c", to[p - from]);
		else
			buf_addf(b, "\\u%04x", (unsigned char)*s);
	}
	buf_add(b, "\"", 1);
}

static void
print(struct buf *b, const cJSON *json)
{
	int object = cJSON_IsObject(json);

	if (object || cJSON_IsArray(json)) {
		buf_add(b, object ? "{" : "[", 1);
		json_each (e, json) {
			if (object) {
				printstring(b, e->string);
				buf_add(b, ":", 1);
			}
			print(b, e);
			if (e->next)
				buf_add(b, ",", 1);
		}
		buf_add(b, object ? "}" : "]", 1);
	} else if (cJSON_IsString(json)) {
		printstring(b, json->valuestring);
	} else if (cJSON_IsNumber(json)) {
		printnumber(b, json->valuedouble);
	} else {
		buf_adds(b, cJSON_IsRaw(json)	  ? json->valuestring
			    : cJSON_IsTrue(json)  ? "true"
			    : cJSON_IsFalse(json) ? "false"
						  : "null");
	}
}

char *
json_print(const cJSON *json)
{
	struct buf b = {0};

	print(&b, json);
	return b.data;
}

size_t
json_tokens(const cJSON *json)
{
	struct buf b = {0};
	size_t n;

	print(&b, json);
	n = tokens(b.len);
	buf_free(&b);
	return n;
}

void
json_write(FILE *fp, const cJSON *json)
{
	char *s = json_print(json);

	fputs(s, fp);
	putc('\n', fp);
	free(s);
}

cJSON *
json_get(const cJSON *object, const char *key)
{
	cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsNull(node) ? NULL : node;
}

cJSON *
json_at(const cJSON *object, const char *path)
{
	const cJSON *node = object;
	char key[128];
	size_t n;

	for (; node; path += n + 1) {
		n = strcspn(path, ".");
		if (n >= sizeof(key))
			return NULL;
		memcpy(key, path, n);
		key[n] = '\0';
		node = json_get(node, key);
		if (!path[n])
			break;
	}
	return (cJSON *)node;
}

static cJSON *
need(const cJSON *object, const char *key)
{
	cJSON *node = json_get(object, key);

	if (!node)
		json_bad(object, "no '%s'", key);
	return node;
}

cJSON *
json_object(const cJSON *object, const char *key)
{
	cJSON *node = need(object, key);

	if (!cJSON_IsObject(node))
		json_bad(node, "not an object");
	return node;
}

cJSON *
json_array(const cJSON *object, const char *key)
{
	cJSON *node = need(object, key);

	if (!cJSON_IsArray(node))
		json_bad(node, "not an array");
	return node;
}

const char *
json_string(const cJSON *object, const char *key)
{
	cJSON *node = need(object, key);

	if (!cJSON_IsString(node))
		json_bad(node, "not a string");
	return node->valuestring;
}

double
json_number(const cJSON *object, const char *key)
{
	cJSON *node = need(object, key);

	if (!cJSON_IsNumber(node))
		json_bad(node, "not a number");
	return node->valuedouble;
}

long long
json_intvalue(const cJSON *node, long long lo, long long hi)
{
	double v = cJSON_IsNumber(node) ? node->valuedouble : NAN;

	if (!(v >= (double)lo && v <= (double)hi) || v != trunc(v))
		json_bad(node, "not an integer from %lld to %lld", lo, hi);
	return (long long)v;
}

long long
json_int(const cJSON *object, const char *key, long long lo, long long hi)
{
	return json_intvalue(need(object, key), lo, hi);
}

const char *
json_stringor(const cJSON *object, const char *key, const char *absent)
{
	return json_get(object, key) ? json_string(object, key) : absent;
}

double
json_numberor(const cJSON *object, const char *key, double absent)
{
	return json_get(object, key) ? json_number(object, key) : absent;
}

long long
json_intor(const cJSON *object, const char *key, long long lo, long long hi,
    long long absent)
{
	return json_get(object, key) ? json_int(object, key, lo, hi) : absent;
}

int
json_boolor(const cJSON *object, const char *key, int absent)
{
	cJSON *node = json_get(object, key);

	if (!node)
		return absent;
	if (!cJSON_IsBool(node))
		json_bad(node, "not true or false");
	return cJSON_IsTrue(node);
}

void
json_set(cJSON *object, const char *key, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, key);
	if (!value || !cJSON_AddItemToObject(object, key, value))
		errx(EX_OSERR, "cannot add '%s' to a record", key);
}

cJSON *
json_text(const char *data, size_t n)
{
	const unsigned char *p = (const unsigned char *)data, *end = p + n;
	struct buf b = {0};
	cJSON *node;
	size_t k;

	while (p < end) {
		k = *p ? json_utf8(p, end) : 0;
		if (k)
			buf_add(&b, p, k);
		else
			buf_adds(&b, "\xef\xbf\xbd");
		p += k ? k : 1;
	}
	node = cJSON_CreateString(b.data ? b.data : "");
	buf_free(&b);
	return node;
}

int
json_isutf8(const void *data, size_t n)
{
	const unsigned char *p = data, *end = p + n;
	size_t k;

	for (; p < end; p += k)
		if (!(k = json_utf8(p, end)))
			return 0;
	return 1;
}

cJSON *
json_u64(uint64_t v)
{
	char s[24];

	snprintf(s, sizeof(s), "%llu", (unsigned long long)v);
	return cJSON_CreateString(s);
}
