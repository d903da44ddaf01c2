#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "json.h"
#include "util.h"

#define PREFIX 4096 /* bytes of a line in which a place may stand */

/* what is known when the next diagnostic comes */
struct parse {
	struct diags *d;
	struct diag next; /* its includes, instantiations and function */
	struct slice ldfunction;
	long last; /* index of what a note belongs to, or -1 */
	int fresh; /* an include stack was just printed */
};

static struct slice
slice(const char *s, const char *end)
{
	return (struct slice){s, s < end ? (size_t)(end - s) : 0};
}

static struct slice
slicestr(const char *s)
{
	return slice(s, s + strlen(s));
}

int
slice_same(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

int
slice_is(struct slice a, const char *s)
{
	return slice_same(a, slicestr(s));
}

static int
starts(struct slice a, const char *s)
{
	size_t n = strlen(s);

	return a.n >= n && memcmp(a.s, s, n) == 0;
}

static const char *
find(struct slice a, const char *s)
{
	return a.n ? memmem(a.s, a.n, s, strlen(s)) : NULL;
}

static struct slice
after(struct slice a, size_t n)
{
	return slice(a.s + n, a.s + a.n);
}

static struct slice
trim(struct slice a)
{
	while (a.n && isspace((unsigned char)a.s[0]))
		a = after(a, 1);
	while (a.n && isspace((unsigned char)a.s[a.n - 1]))
		a.n--;
	return a;
}

/* cut ":NUMBER" off the end; 0 if there is none */
static unsigned
cutnumber(struct slice *a)
{
	size_t n = a->n;
	unsigned long v = 0;

	while (n && isdigit((unsigned char)a->s[n - 1]))
		n--;
	if (n == a->n || n == 0 || a->s[n - 1] != ':' || a->n - n > 9)
		return 0;
	v = strtoul(a->s + n, NULL, 10);
	a->n = n - 1;
	return (unsigned)v;
}

static struct place
placeof(struct slice a)
{
	struct place p = {0};
	unsigned x, y;

	while (a.n && (a.s[a.n - 1] == ':' || a.s[a.n - 1] == ','))
		a.n--;
	x = cutnumber(&a);
	y = x ? cutnumber(&a) : 0;
	p.file = a;
	p.line = y ? y : x;
	p.column = y ? x : 0;
	return p;
}

static size_t
hash(size_t h, const void *data, size_t n)
{
	const unsigned char *p = data;

	while (n--)
		h = (h ^ *p++) * 1099511628211u;
	return h;
}

static size_t
diaghash(const struct diag *g)
{
	size_t h = 14695981039346656037u;

	h = hash(h, g->at.file.s, g->at.file.n);
	h = hash(h, &g->at.line, sizeof(g->at.line));
	h = hash(h, &g->at.column, sizeof(g->at.column));
	return hash(h, g->message.s, g->message.n);
}

static int
samediag(const struct diag *a, const struct diag *b)
{
	return a->kind == b->kind && a->at.line == b->at.line &&
	       a->at.column == b->at.column &&
	       slice_same(a->at.file, b->at.file) &&
	       slice_same(a->message, b->message);
}

static void
rehash(struct diags *d)
{
	size_t i, h;

	d->nhash = d->nhash ? d->nhash * 2 : 1024;
	free(d->hash);
	d->hash = xcalloc(d->nhash, sizeof(*d->hash));
	for (i = 0; i < d->n; i++) {
		h = diaghash(&d->list[i]) % d->nhash;
		while (d->hash[h])
			h = (h + 1) % d->nhash;
		d->hash[h] = (unsigned)i + 1;
	}
}

/* the diagnostic's index in the list; -1 if it was there and is now counted */
static long
add(struct diags *d, const struct diag *g)
{
	size_t h;

	if (d->n * 2 >= d->nhash)
		rehash(d);
	h = diaghash(g) % d->nhash;
	for (; d->hash[h]; h = (h + 1) % d->nhash)
		if (samediag(&d->list[d->hash[h] - 1], g)) {
			d->list[d->hash[h] - 1].times++;
			return -1;
		}
	if (d->n == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 64;
		d->list = xreallocarray(d->list, d->cap, sizeof(*d->list));
	}
	d->list[d->n] = *g;
	d->list[d->n].times = 1;
	d->hash[h] = (unsigned)++d->n;
	return (long)d->n - 1;
}

static void
frame(struct place *frames, unsigned *n, unsigned *more, struct place at)
{
	if (*n < DIAG_FRAMES) {
		frames[(*n)++] = at;
		return;
	}
	frames[DIAG_FRAMES - 1] = at;
	(*more)++;
}

static void
require(struct diag *g, struct place at)
{
	frame(g->required, &g->nrequired, &g->morerequired, at);
}

/* "message [-Wflag]" */
static void
cutoption(struct slice *message, struct slice *option)
{
	const char *p;

	*message = trim(*message);
	if (!message->n || message->s[message->n - 1] != ']')
		return;
	p = memrchr(message->s, '[', message->n);
	if (!p || p + 2 > message->s + message->n || p[1] != '-')
		return;
	*option = slice(p + 1, message->s + message->n - 1);
	*message = trim(slice(message->s, p));
}

static struct slice
base(struct slice path)
{
	const char *p = path.n ? memrchr(path.s, '/', path.n) : NULL;

	return p ? slice(p + 1, path.s + path.n) : path;
}

static int
ends(struct slice a, const char *s)
{
	size_t n = strlen(s);

	return a.n >= n && memcmp(a.s + a.n - n, s, n) == 0;
}

static int
islinker(struct slice name)
{
	name = base(name);
	return slice_is(name, "ld") || starts(name, "ld.") ||
	       starts(name, "ld64") || slice_is(name, "mold") ||
	       slice_is(name, "collect2") || ends(name, "-ld") ||
	       ends(name, "-ld.bfd");
}

/* lines that say what other lines say */
static int
isnoise(struct slice message)
{
	return find(message, "too many errors emitted") ||
	       find(message, "deduction/substitution failed:") ||
	       find(message, "each undeclared identifier is reported") ||
	       find(message, "in its own body; reported only once") ||
	       starts(message, "(skipping ");
}

static int
isinstantiation(struct slice message)
{
	return starts(message, "in instantiation of ") ||
	       starts(message, "while substituting ") ||
	       starts(message, "in evaluation of ");
}

static void
note(struct parse *s, struct place at, struct slice message)
{
	struct diag *g;

	if (s->last < 0 || isnoise(message))
		return;
	g = &s->d->list[s->last];
	if (isinstantiation(message)) {
		require(g, at);
		return;
	}
	if (g->nnotes == DIAG_NOTES) {
		g->morenotes++;
		return;
	}
	g->notes[g->nnotes].at = at;
	g->notes[g->nnotes++].message = message;
}

static void
forget(struct parse *s)
{
	s->next.nrequired = s->next.morerequired = 0;
}

static void
error(struct parse *s, enum diagkind kind, struct place at, struct slice text)
{
	struct diag g = s->next;

	if (isnoise(text))
		return;
	if (!at.line && kind != DIAG_LINK)
		kind = islinker(at.file) ? DIAG_LINK : DIAG_DRIVER;
	g.kind = kind;
	g.message = text;
	g.at = at;
	cutoption(&g.message, &g.option);
	if (kind == DIAG_DRIVER || kind == DIAG_LINK)
		g.function = (struct slice){0};
	if (!at.line) {
		g.at.file = (struct slice){0};
		g.nincluded = g.nrequired = 0;
	}
	s->last = add(s->d, &g);
	s->fresh = 0;
	forget(s);
}

/* a compiler's place has no such bytes; its excerpts of source have */
static int
plausible(struct slice place)
{
	size_t i;

	if (!place.n || isspace((unsigned char)place.s[0]))
		return 0;
	for (i = 0; i < place.n; i++)
		if (strchr("\"();{}=|", place.s[i]))
			return 0;
	return 1;
}

/* "PLACE: WORD: MESSAGE"; 0 if the line is none */
static int
diagnostic(struct parse *s, struct slice line)
{
	static const struct {
		const char *word;
		int kind; /* -1 a warning, -2 a note */
	} words[] = {{" error: ", DIAG_ERROR}, {" warning: ", -1},
	    {" note: ", -2}, {" fatal error: ", DIAG_FATAL},
	    {" internal compiler error: ", DIAG_DRIVER},
	    {" sorry, unimplemented: ", DIAG_ERROR}, {" Error: ", DIAG_ERROR}};
	struct slice head = line, rest, text;
	const char *p;
	size_t i;

	if (head.n > PREFIX)
		head.n = PREFIX;
	for (p = head.s; (p = memchr(p, ':', (size_t)(head.s + head.n - p)));
	     p++) {
		rest = slice(p + 1, line.s + line.n);
		if (!rest.n || rest.s[0] != ' ')
			continue;
		for (i = 0; i < LEN(words) && !starts(rest, words[i].word); i++)
			;
		if (i < LEN(words) && plausible(slice(line.s, p)))
			break;
	}
	if (!p)
		return 0;
	text = trim(after(rest, strlen(words[i].word)));
	if (words[i].kind == -2) {
		note(s, placeof(slice(line.s, p)), text);
	} else if (words[i].kind == -1) {
		s->d->warnings++;
		s->last = -1;
		forget(s);
	} else {
		error(s, (enum diagkind)words[i].kind,
		    placeof(slice(line.s, p)), text);
	}
	return 1;
}

/* "In file included from a.h:3," and the lines of its stack */
static int
includes(struct parse *s, struct slice line)
{
	struct slice rest = trim(line);
	int first = starts(line, "In file included from ");
	const char *from;

	if (!first && !(s->fresh && line.n && line.s[0] == ' ' &&
			  (starts(rest, "from "))))
		return 0;
	if (first && !s->fresh) {
		s->next.nincluded = s->next.moreincluded = 0;
		s->fresh = 1;
	}
	from = find(rest, "from ");
	frame(s->next.included, &s->next.nincluded, &s->next.moreincluded,
	    placeof(slice(from + 5, rest.s + rest.n)));
	return 1;
}

/* "F: In function 'f':" and what else gcc says of where it is */
static int
scope(struct parse *s, struct slice line)
{
	const char *p = find(line, ": In "), *q;

	if (p && line.s[line.n - 1] == ':') {
		s->next.function = slice(p + 5, line.s + line.n - 1);
		q = find(s->next.function, "instantiation of ");
		if (q)
			forget(s);
		return 1;
	}
	p = find(line, ": At ");
	if (p && line.s[line.n - 1] == ':') {
		s->next.function = (struct slice){0};
		return 1;
	}
	return 0;
}

/* "F:L:C:   required from here" */
static int
required(struct parse *s, struct slice line)
{
	const char *p = find(line, ":   ");
	struct slice rest;
	unsigned n;

	if (!p) {
		rest = trim(line);
		if (starts(rest, "[ skipping ")) {
			n = (unsigned)strtoul(rest.s + 11, NULL, 10);
			s->next.morerequired += n;
			return 1;
		}
		return 0;
	}
	rest = trim(slice(p + 1, line.s + line.n));
	if (!starts(rest, "required ") && !starts(rest, "recursively required"))
		return 0;
	require(&s->next, placeof(slice(line.s, p)));
	return 1;
}

/* "in function `f':": what the next undefined references lie in */
static struct slice
ldfunction(struct slice line)
{
	const char *p = find(line, "n function `"), *end;

	if (!p)
		return (struct slice){0};
	p += strlen("n function `");
	end = memchr(p, '\'', (size_t)(line.s + line.n - p));
	return slice(p, end ? end : line.s + line.n);
}

/* place in front of a linker's message: of objects, only debug lines count */
static struct place
ldplace(struct slice head)
{
	const char *p;
	struct place at;

	head = trim(head);
	if ((p = find(head, ":(")) || (p = find(head, "(.")))
		head.n = (size_t)(p - head.s);
	while ((p = find(head, ".o:")) || (p = find(head, "': ")))
		head = trim(slice(p + 3, head.s + head.n));
	while (head.n && head.s[0] == ' ')
		head = after(head, 1);
	at = placeof(head);
	if (ends(at.file, ".o") || ends(at.file, ".a") || ends(at.file, ".so"))
		at = (struct place){0};
	return at;
}

static void
lderror(struct parse *s, struct slice line, const char *message)
{
	struct slice text = slice(message, line.s + line.n);
	const char *p = find(text, "; ");
	struct place at = ldplace(slice(line.s, message));
	struct slice first = {0};

	if (p && find(slice(p, line.s + line.n), "first defined here")) {
		first = slice(p + 2, line.s + line.n);
		text = slice(text.s, p);
	}
	if (starts(text, "more undefined references to"))
		return;
	error(s, DIAG_LINK, at, text);
	if (s->last >= 0) {
		s->d->list[s->last].at = at;
		s->d->list[s->last].function = s->ldfunction;
	}
	if (first.n)
		note(s,
		    ldplace(slice(first.s, find(first, "first defined here"))),
		    slicestr("first defined here"));
}

/* lld: ">>> referenced by kernel.cc:5 (dir/kernel.cc:5)" */
static void
lldplace(struct parse *s, struct slice line)
{
	const char *p = find(line, "referenced by "), *end;
	struct diag *g;

	if (!p)
		p = find(line, "defined at ");
	if (!p || s->last < 0)
		return;
	p = memchr(p, ' ', (size_t)(line.s + line.n - p));
	p = memchr(p + 1, ' ', (size_t)(line.s + line.n - p - 1));
	if (!p)
		return;
	end = memchr(p + 1, ' ', (size_t)(line.s + line.n - p - 1));
	g = &s->d->list[s->last];
	if (!g->at.line)
		g->at = placeof(slice(p + 1, end ? end : line.s + line.n));
	if (!g->at.line)
		g->at = (struct place){0};
}

static int
linker(struct parse *s, struct slice line)
{
	static const char *const words[] = {"undefined reference to ",
	    "multiple definition of ", "relocation ", "cannot find ",
	    "undefined symbol", "more undefined references to"};
	const char *colon, *p;
	struct slice f, rest = line;
	int ld = 0;
	size_t i;

	if (starts(line, ">>> ")) {
		lldplace(s, line);
		return 1;
	}
	colon = find(line, ": ");
	if (colon && islinker(slice(line.s, colon))) {
		ld = 1;
		rest = slice(colon + 2, line.s + line.n);
	}
	for (i = 0; i < LEN(words); i++) {
		p = find(rest, words[i]);
		if (p && (p == rest.s || p[-1] == ' ') && (ld || i < 3)) {
			if ((f = ldfunction(slice(rest.s, p))).n)
				s->ldfunction = f;
			lderror(s, rest, p);
			return 1;
		}
	}
	if ((f = ldfunction(rest)).n) {
		s->ldfunction = f;
		return 1;
	}
	if (ld && !starts(rest, "warning: ") && !find(rest, ": warning: ") &&
	    !find(rest, "NOTE: ")) {
		error(s, DIAG_LINK, (struct place){0}, rest);
		return 1;
	}
	return 0;
}

static void
textline(struct parse *s, struct slice line)
{
	while (line.n && line.s[line.n - 1] == '\r')
		line.n--;
	if (!line.n || includes(s, line))
		return;
	if (line.s[0] == ' ') {
		required(s, line);
		return;
	}
	if (diagnostic(s, line) || scope(s, line) || required(s, line))
		return;
	linker(s, line);
}

static struct place
jsonplace(const cJSON *diag)
{
	const cJSON *caret = json_get(
	    cJSON_GetArrayItem(json_get(diag, "locations"), 0), "caret");
	const cJSON *file = json_get(caret, "file");
	const cJSON *line = json_get(caret, "line");
	const cJSON *column = json_get(caret, "column");
	struct place at = {0};

	if (cJSON_IsString(file))
		at.file = slicestr(file->valuestring);
	if (cJSON_IsNumber(line) && line->valuedouble > 0)
		at.line = (unsigned)line->valueint;
	if (cJSON_IsNumber(column) && column->valuedouble > 0)
		at.column = (unsigned)column->valueint;
	return at;
}

static struct slice
jsonslice(const cJSON *diag, const char *key)
{
	const cJSON *node = json_get(diag, key);

	return cJSON_IsString(node) ? slicestr(node->valuestring)
				    : (struct slice){0};
}

static void
jsondiag(struct parse *s, const cJSON *diag)
{
	struct slice kind = jsonslice(diag, "kind");
	struct slice message = jsonslice(diag, "message");

	if (slice_is(kind, "warning")) {
		s->d->warnings++;
		return;
	}
	if (!slice_is(kind, "error") && !slice_is(kind, "fatal error") &&
	    !slice_is(kind, "sorry") && !starts(kind, "internal"))
		return;
	error(s, slice_is(kind, "fatal error") ? DIAG_FATAL : DIAG_ERROR,
	    jsonplace(diag), message);
	if (s->last >= 0)
		s->d->list[s->last].option = jsonslice(diag, "option");
	json_each (c, json_get(diag, "children"))
		note(s, jsonplace(c), jsonslice(c, "message"));
}

/* past the object that begins at p, or NULL if the log ends in it */
static const char *
objectend(const char *p, const char *end)
{
	int depth = 0, quoted = 0;

	for (; p < end; p++) {
		if (quoted) {
			if (*p == '\\')
				p++;
			else if (*p == '"')
				quoted = 0;
		} else if (*p == '"') {
			quoted = 1;
		} else if (*p == '{' || *p == '[') {
			depth++;
		} else if (*p == '}' || *p == ']') {
			if (--depth == 0)
				return p + 1;
		}
	}
	return NULL;
}

static const char *
nextobject(const char *p, const char *end)
{
	while (p < end && strchr(", \n", *p) && *p)
		p++;
	return p;
}

/* the objects of gcc's JSON array, as many as are whole; the parsed text is
   kept, as slices point into it.  Returns where text goes on. */
static const char *
jsonarray(struct parse *s, const char *p, const char *end)
{
	const char *stop, *why;
	cJSON *diag;

	s->next = (struct diag){0};
	for (p++; p < end && *p == '{'; p = nextobject(stop, end)) {
		stop = objectend(p, end);
		if (!stop)
			return end;
		diag = json_parse(p, (size_t)(stop - p), &why);
		if (diag)
			jsondiag(s, diag);
	}
	s->last = -1;
	return p;
}

/* without the escapes that colour or link a terminal's text */
static void
uncolour(struct buf *b, const char *p, const char *end)
{
	const char *q;

	for (; p < end; p = q) {
		q = memchr(p, '\033', (size_t)(end - p));
		buf_add(b, p, (size_t)((q ? q : end) - p));
		if (!q)
			return;
		if (++q < end && *q == ']') {
			while (q < end && *q != '\a' && *q != '\\')
				q++;
		} else {
			while (q < end && !isalpha((unsigned char)*q))
				q++;
		}
		q += q < end;
	}
}

/* that the linker failed is worth saying only if nothing says why */
static void
dropsummaries(struct diags *d)
{
	size_t i, n = 0;

	for (i = 0; i < d->n && d->n > 1; i++) {
		struct slice m = d->list[i].message;

		if (starts(m, "ld returned ") ||
		    starts(m, "linker command failed"))
			continue;
		d->list[n++] = d->list[i];
	}
	if (n)
		d->n = n;
}

void
diags_parse(struct diags *d, const char *log, size_t len)
{
	struct parse s = {.d = d, .last = -1};
	const char *p = log, *end = log + len, *nl;
	struct buf plain = {0};

	if (len && memchr(log, '\033', len)) {
		uncolour(&plain, log, end);
		p = plain.data;
		end = p + plain.len;
	}
	while (p < end) {
		if (end - p > 1 && p[0] == '[' && p[1] == '{') {
			p = jsonarray(&s, p, end);
			continue;
		}
		nl = memchr(p, '\n', (size_t)(end - p));
		textline(&s, slice(p, nl ? nl : end));
		p = nl ? nl + 1 : end;
	}
	dropsummaries(d);
}
