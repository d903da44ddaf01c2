#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "flat.h"

#define SCHEMA_MAX (4u << 20)
#define FILES 64     /* that a schema may be made of */
#define DEPTH 32     /* tables within tables */
#define NODES 200000 /* of the result */

enum kind { SCALAR, FLOATING, STRING, TABLE, ENUM, UNION };

/* a member of a table, an enum or a union */
struct member {
	char *name, *type, *value; /* value: as written, or NULL */
	int list, slot;
};

struct type {
	char *name, *base; /* base: of an enum */
	enum kind kind;
	struct member *v;
	size_t n;
	int slots;
};

struct flatschema {
	struct type *v;
	size_t n;
	char *root;
	char *files[FILES];
	size_t nfiles;
};

static const struct {
	const char *name;
	int size;
	char form; /* i, u or f */
} scalars[] = {{"bool", 1, 'u'}, {"byte", 1, 'i'}, {"ubyte", 1, 'u'},
    {"int8", 1, 'i'}, {"uint8", 1, 'u'}, {"short", 2, 'i'}, {"ushort", 2, 'u'},
    {"int16", 2, 'i'}, {"uint16", 2, 'u'}, {"int", 4, 'i'}, {"uint", 4, 'u'},
    {"int32", 4, 'i'}, {"uint32", 4, 'u'}, {"long", 8, 'i'}, {"ulong", 8, 'u'},
    {"int64", 8, 'i'}, {"uint64", 8, 'u'}, {"float", 4, 'f'},
    {"float32", 4, 'f'}, {"double", 8, 'f'}, {"float64", 8, 'f'}};

/* reading the schema */

struct lexer {
	const char *p;
	char word[128]; /* the token; "" at the end */
};

static void
blank(struct lexer *l)
{
	for (;;) {
		l->p += strspn(l->p, " \t\r\n");
		if (strncmp(l->p, "//", 2) == 0) {
			l->p += strcspn(l->p, "\n");
		} else if (strncmp(l->p, "/*", 2) == 0) {
			const char *end = strstr(l->p + 2, "*/");

			l->p = end ? end + 2 : l->p + strlen(l->p);
		} else {
			return;
		}
	}
}

static const char *
next(struct lexer *l)
{
	size_t n = 1;

	blank(l);
	if (*l->p == '"')
		n = 1 + strcspn(l->p + 1, "\"\n") + 1;
	else if (isalnum((unsigned char)*l->p) || strchr("_.-+", *l->p))
		while (isalnum((unsigned char)l->p[n]) ||
		       (l->p[n] && strchr("_.-+", l->p[n])))
			n++;
	if (!*l->p)
		n = 0;
	if (n > strlen(l->p))
		n = strlen(l->p);
	snprintf(l->word, sizeof(l->word), "%.*s", (int)n, l->p);
	l->p += n;
	return l->word;
}

static int
isword(const struct lexer *l, const char *w)
{
	return strcmp(l->word, w) == 0;
}

static int
expect(struct lexer *l, const char *w)
{
	next(l);
	return isword(l, w) ? 0 : -1;
}

/* the part after the last dot: namespaces are left out */
static char *
plain(const char *name)
{
	const char *dot = strrchr(name, '.');

	return xstrdup(dot ? dot + 1 : name);
}

static struct member *
addmember(struct type *t, const char *name)
{
	t->v = xreallocarray(t->v, t->n + 1, sizeof(*t->v));
	t->v[t->n] = (struct member){.name = plain(name)};
	return &t->v[t->n++];
}

/* past "(attributes)" if they are there */
static void
attributes(struct lexer *l)
{
	if (!isword(l, "("))
		return;
	while (*next(l) && !isword(l, ")"))
		;
	next(l);
}

/* "name [= value]," up to the brace */
static int
names(struct lexer *l, struct type *t)
{
	struct member *m;

	while (!isword(l, "}")) {
		if (!*l->word)
			return -1;
		m = addmember(t, l->word);
		next(l);
		if (isword(l, "=")) {
			m->value = xstrdup(next(l));
			next(l);
		}
		if (isword(l, ","))
			next(l);
	}
	return 0;
}

/* "name : type [= value] [(attributes)];" up to the brace */
static int
fields(struct lexer *l, struct type *t)
{
	struct member *m;

	while (!isword(l, "}")) {
		if (!*l->word)
			return -1;
		m = addmember(t, l->word);
		if (expect(l, ":") < 0)
			return -1;
		next(l);
		m->list = isword(l, "[");
		if (m->list)
			next(l);
		m->type = plain(l->word);
		if (m->list && expect(l, "]") < 0)
			return -1;
		next(l);
		if (isword(l, "=")) {
			m->value = xstrdup(next(l));
			next(l);
		}
		attributes(l);
		if (!isword(l, ";"))
			return -1;
		next(l);
	}
	return 0;
}

static int
declaration(struct lexer *l, struct flatschema *s)
{
	enum kind kind = isword(l, "table")  ? TABLE
			 : isword(l, "enum") ? ENUM
					     : UNION;
	struct type t = {.kind = kind};
	int rc;

	t.name = plain(next(l));
	next(l);
	if (kind == ENUM && isword(l, ":")) {
		t.base = xstrdup(next(l));
		next(l);
	}
	attributes(l);
	if (!isword(l, "{"))
		return -1;
	next(l);
	rc = kind == TABLE ? fields(l, &t) : names(l, &t);
	s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = t;
	return rc;
}

static int load(struct flatschema *s, const char *path, const char **why);

static int
include(
    struct lexer *l, struct flatschema *s, const char *from, const char **why)
{
	const char *slash = strrchr(from, '/');
	char *path;
	int rc;

	next(l);
	path = xasprintf("%.*s%.*s", slash ? (int)(slash - from + 1) : 0, from,
	    (int)strcspn(l->word + 1, "\""), l->word + 1);
	rc = load(s, path, why);
	free(path);
	return rc;
}

static int
statement(
    struct lexer *l, struct flatschema *s, const char *path, const char **why)
{
	*why = "the schema is not one of tables, enums and unions";
	if (isword(l, "table") || isword(l, "enum") || isword(l, "union"))
		return declaration(l, s);
	if (isword(l, "include") && include(l, s, path, why) < 0)
		return -1;
	if (isword(l, "root_type")) {
		free(s->root);
		s->root = plain(next(l));
	} else if (isword(l, "struct")) {
		return -1;
	}
	while (*l->word && !isword(l, ";"))
		next(l);
	return 0;
}

static int
load(struct flatschema *s, const char *path, const char **why)
{
	struct buf b = {0};
	struct lexer l;
	size_t i;
	int rc = 0;

	for (i = 0; i < s->nfiles; i++)
		if (strcmp(s->files[i], path) == 0)
			return 0;
	*why = "a file of the schema cannot be read";
	if (s->nfiles == FILES || buf_readfile(&b, path, SCHEMA_MAX) < 0)
		return -1;
	s->files[s->nfiles++] = xstrdup(path);
	l.p = b.data ? b.data : "";
	while (rc == 0 && *next(&l))
		rc = statement(&l, s, path, why);
	buf_free(&b);
	return rc;
}

static const struct type *
typeof_(const struct flatschema *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->v[i].name, name) == 0)
			return &s->v[i];
	return NULL;
}

/* a union takes two places in a table: which it is, and where */
static void
number(struct flatschema *s)
{
	const struct type *t;
	size_t i, j;
	int slot;

	for (i = 0; i < s->n; i++) {
		for (slot = 0, j = 0; j < s->v[i].n; j++) {
			if (s->v[i].kind != TABLE)
				break;
			t = typeof_(s, s->v[i].v[j].type);
			slot += t && t->kind == UNION;
			s->v[i].v[j].slot = slot++;
		}
	}
}

struct flatschema *
flat_schema(const char *path, const char **why)
{
	struct flatschema *s = xcalloc(1, sizeof(*s));

	if (load(s, path, why) == 0) {
		number(s);
		return s;
	}
	flat_schemafree(s);
	return NULL;
}

void
flat_schemafree(struct flatschema *s)
{
	size_t i, j;

	for (i = 0; i < s->n; i++) {
		for (j = 0; j < s->v[i].n; j++) {
			free(s->v[i].v[j].name);
			free(s->v[i].v[j].type);
			free(s->v[i].v[j].value);
		}
		free(s->v[i].v);
		free(s->v[i].name);
		free(s->v[i].base);
	}
	for (i = 0; i < s->nfiles; i++)
		free(s->files[i]);
	free(s->v);
	free(s->root);
	free(s);
}

/* reading a buffer */

struct reader {
	const struct flatschema *schema;
	const uint8_t *data;
	size_t n;
	int nodes;
	const char *why;
};

static int
bad(struct reader *r, const char *why)
{
	r->why = why;
	return -1;
}

/* size bytes at an offset, little endian */
static int
get(struct reader *r, size_t at, int size, uint64_t *v)
{
	int i;

	if (at > r->n || r->n - at < (size_t)size)
		return bad(r, "an offset leads out of the buffer");
	for (*v = 0, i = size - 1; i >= 0; i--)
		*v = *v << 8 | r->data[at + (size_t)i];
	return 0;
}

/* where the offset at this place leads */
static int
follow(struct reader *r, size_t at, size_t *to)
{
	uint64_t v;

	if (get(r, at, 4, &v) < 0)
		return -1;
	*to = at + v;
	return *to < r->n ? 0 : bad(r, "an offset leads out of the buffer");
}

static int
scalarof(const char *type)
{
	int i;

	for (i = 0; i < (int)LEN(scalars); i++)
		if (strcmp(scalars[i].name, type) == 0)
			return i;
	return -1;
}

static cJSON *
scalar(int which, uint64_t v)
{
	int bits = 8 * scalars[which].size;
	double d;
	float f;
	uint32_t low = (uint32_t)v;

	if (strcmp(scalars[which].name, "bool") == 0)
		return cJSON_CreateBool(v != 0);
	if (scalars[which].form == 'f' && bits == 32) {
		memcpy(&f, &low, sizeof(f));
		d = f;
	} else if (scalars[which].form == 'f') {
		memcpy(&d, &v, sizeof(d));
	} else if (scalars[which].form == 'i') {
		d = (double)((int64_t)(v << (64 - bits)) >> (64 - bits));
	} else {
		d = (double)v;
	}
	/* of no use to anybody, and not JSON */
	if (!(d > -1e300 && d < 1e300))
		return cJSON_CreateString("not finite");
	return cJSON_CreateNumber(d);
}

static long long
valueof(const struct member *m, long long before)
{
	return m->value ? strtoll(m->value, NULL, 0) : before + 1;
}

static cJSON *
enumname(const struct type *t, double v)
{
	long long at = -1;
	size_t i;

	for (i = 0; i < t->n; i++) {
		at = valueof(&t->v[i], at);
		if ((double)at == v)
			return cJSON_CreateString(t->v[i].name);
	}
	return cJSON_CreateNumber(v);
}

static const char *
basetype(const struct type *t)
{
	return t && t->kind == ENUM ? (t->base ? t->base : "int") : "ubyte";
}

/* what an absent scalar is */
static cJSON *
absent(const struct member *m, const struct type *t)
{
	if (strcmp(m->type, "bool") == 0)
		return cJSON_CreateBool(
		    m->value && strcmp(m->value, "true") == 0);
	if (t && m->value && !isdigit((unsigned char)*m->value))
		return cJSON_CreateString(m->value);
	if (t)
		return enumname(t, m->value ? atof(m->value) : 0);
	return cJSON_CreateNumber(m->value ? atof(m->value) : 0);
}

static cJSON *table(
    struct reader *r, const struct type *t, size_t at, int depth);

static cJSON *
text(struct reader *r, size_t at)
{
	uint64_t n;

	if (get(r, at, 4, &n) < 0)
		return NULL;
	if (n > r->n - at - 4) {
		bad(r, "a string is longer than the buffer");
		return NULL;
	}
	return json_text((const char *)r->data + at + 4, (size_t)n);
}

/* a value that lies at this place: a scalar, or an offset to something */
static cJSON *
value(struct reader *r, const char *type, size_t at, int depth)
{
	const struct type *t = typeof_(r->schema, type);
	int which = scalarof(t && t->kind == ENUM ? basetype(t) : type);
	cJSON *number, *named;
	uint64_t v;
	size_t to;

	if (++r->nodes > NODES) {
		bad(r, "it is too large");
		return NULL;
	}
	if (which >= 0) {
		if (get(r, at, scalars[which].size, &v) < 0)
			return NULL;
		number = scalar(which, v);
		if (!t)
			return number;
		named = enumname(t, number->valuedouble);
		cJSON_Delete(number);
		return named;
	}
	if (follow(r, at, &to) < 0)
		return NULL;
	if (strcmp(type, "string") == 0)
		return text(r, to);
	if (t && t->kind == TABLE)
		return table(r, t, to, depth + 1);
	bad(r, "the schema lacks a type");
	return NULL;
}

static cJSON *
list(struct reader *r, const struct member *m, size_t at, int depth)
{
	const struct type *t = typeof_(r->schema, m->type);
	int which = scalarof(t && t->kind == ENUM ? basetype(t) : m->type);
	size_t size = which >= 0 ? (size_t)scalars[which].size : 4, i;
	cJSON *all = cJSON_CreateArray(), *e, *cut;
	/* tables and strings matter one by one */
	uint64_t n, most = which >= 0 ? FLAT_LIST : NODES;

	if (get(r, at, 4, &n) == 0 && n > (r->n - at - 4) / size)
		bad(r, "a list is longer than the buffer");
	for (i = 0; !r->why && i < n && i < most; i++) {
		e = value(r, m->type, at + 4 + i * size, depth);
		if (e)
			cJSON_AddItemToArray(all, e);
	}
	if (r->why || n <= most)
		return all;
	cut = cJSON_CreateObject();
	json_set(cut, "count", cJSON_CreateNumber((double)n));
	json_set(cut, "first", all);
	return cut;
}

/* where a table has the member of this slot; 0 if it has it not */
static size_t
slotof(struct reader *r, size_t at, size_t vtable, uint64_t size, int slot)
{
	uint64_t v;

	if (size < 6 + 2 * (uint64_t)slot ||
	    get(r, vtable + 4 + 2 * (size_t)slot, 2, &v) < 0 || !v)
		return 0;
	return at + (size_t)v;
}

static cJSON *
unionof(
    struct reader *r, const struct type *t, size_t which, size_t at, int depth)
{
	cJSON *o, *inner;
	uint64_t v;

	if (get(r, which, 1, &v) < 0 || !v || v > t->n)
		return NULL;
	inner = value(r, t->v[v - 1].name, at, depth);
	if (!inner)
		return NULL;
	o = cJSON_CreateObject();
	json_set(o, t->v[v - 1].name, inner);
	return o;
}

static cJSON *
memberof(struct reader *r, const struct member *m, size_t at, size_t vtable,
    uint64_t size, int depth)
{
	const struct type *t = typeof_(r->schema, m->type);
	size_t place = slotof(r, at, vtable, size, m->slot), to, which;

	if (t && t->kind == UNION && !m->list) {
		which = slotof(r, at, vtable, size, m->slot - 1);
		return place && which ? unionof(r, t, which, place, depth)
				      : NULL;
	}
	if (place && m->list)
		return follow(r, place, &to) < 0 ? NULL : list(r, m, to, depth);
	if (place)
		return value(r, m->type, place, depth);
	if (!m->list && (scalarof(m->type) >= 0 || (t && t->kind == ENUM)))
		return absent(m, t);
	return NULL;
}

static cJSON *
table(struct reader *r, const struct type *t, size_t at, int depth)
{
	cJSON *o, *e;
	uint64_t back, size;
	size_t vtable, i;

	if (depth > DEPTH)
		bad(r, "it is nested too deep");
	if (r->why || get(r, at, 4, &back) < 0)
		return NULL;
	vtable = at - (size_t)(int64_t)(int32_t)back;
	if (get(r, vtable, 2, &size) < 0)
		return NULL;
	o = cJSON_CreateObject();
	for (i = 0; i < t->n && !r->why; i++) {
		e = memberof(r, &t->v[i], at, vtable, size, depth);
		if (e)
			json_set(o, t->v[i].name, e);
	}
	return o;
}

cJSON *
flat_json(
    const struct flatschema *s, const void *data, size_t n, const char **why)
{
	struct reader r = {.schema = s, .data = data, .n = n};
	const struct type *root = s->root ? typeof_(s, s->root) : NULL;
	cJSON *json = NULL;
	size_t at;

	if (!root || root->kind != TABLE)
		r.why = "the schema names no root";
	else if (follow(&r, 0, &at) == 0)
		json = table(&r, root, at, 0);
	if (r.why) {
		*why = r.why;
		cJSON_Delete(json);
		return NULL;
	}
	return json;
}
