#include <ctype.h>
#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpp.h"
#include "diag.h"
#include "stage.h"

#define FORMAT 1
#define SOURCE_MAX (4u << 20) /* bytes of a header that is read */
#define SYMBOLS 6	      /* names taken from a message */
#define ALSO 16		      /* further lines of a message that are listed */
#define WINDOW 12	      /* lines around an error in a long function */
#define CONSIDERED 2000	      /* errors that are ranked; the rest is counted */

/* a text that diagnostics point into */
struct source {
	char *name; /* as it is shown; no path of this machine */
	char *path; /* where it lies, or NULL for a candidate's file */
	struct buf text;
	struct cpp cpp;
	int parsed, candidate, shown;
	unsigned *shownlines; /* first lines of the pieces already shown */
	size_t nshown;
};

/* a diagnostic on its way out */
struct item {
	const struct diag *diag;
	struct source *source; /* where the candidate can act, or NULL */
	struct place at;       /* there */
	struct source *other;  /* what it clashes with, or NULL */
	struct place otherat;  /* there */
	const char *kind;      /* local, cross-file, link, other */
	int rank;	       /* 0 the most causal */
	size_t order;	       /* of appearance */
	unsigned also[ALSO];   /* lines that have the same message */
	unsigned nalso, times;
};

static struct source **sources;
static size_t nsources;
static char *roots[16];
static size_t nroots;
static size_t budget = 3000;

static void
rootadd(const char *dir)
{
	char *real = dir && *dir ? realpath(dir, NULL) : NULL;

	if (real && nroots < LEN(roots))
		roots[nroots++] = real;
	else
		free(real);
}

/* only these trees are read: what a candidate's #line names is its own word */
static void
defaultroots(void)
{
	char *ort = rootpath("build/ort/include");

	rootadd(ort);
	free(ort);
	rootadd(getenv("MNN_ROOT"));
	rootadd("/usr/include");
	rootadd("/usr/lib/gcc");
	rootadd("/usr/lib/gcc-cross");
	rootadd("/usr/lib/llvm-14");
	rootadd("/usr/aarch64-linux-gnu/include");
}

static const char *
basename_of(const char *path)
{
	const char *p = strrchr(path, '/');

	return p ? p + 1 : path;
}

/* the part of a real path below the root it lies in, or NULL */
static const char *
belowroot(const char *real)
{
	size_t i, n;

	for (i = 0; i < nroots; i++) {
		n = strlen(roots[i]);
		if (strncmp(real, roots[i], n) == 0 && real[n] == '/')
			return real + n + 1;
	}
	return NULL;
}

static struct source *
sourceadd(const char *name, const char *path)
{
	struct source *s;

	sources = xreallocarray(sources, nsources + 1, sizeof(*sources));
	s = sources[nsources++] = xmalloc(sizeof(*s));
	*s = (struct source){.name = xstrdup(name)};
	s->path = path ? xstrdup(path) : NULL;
	return s;
}

static void
sourcesfree(void)
{
	struct source *s;
	size_t i;

	for (i = 0; i < nsources; i++) {
		s = sources[i];
		cpp_free(&s->cpp);
		buf_free(&s->text);
		free(s->name);
		free(s->path);
		free(s->shownlines);
		free(s);
	}
	free(sources);
	sources = NULL;
	nsources = 0;
}

/* does the compiler's path mean the candidate's file of this name? */
static int
namesfile(const char *path, const char *name)
{
	size_t n = strlen(path), m = strlen(name);

	return n >= m && strcmp(path + n - m, name) == 0 &&
	       (n == m || path[n - m - 1] == '/');
}

/* a path of another directory, looked for below the roots; or NULL */
static char *
findbelow(const char *path)
{
	char *full, *real = NULL;
	size_t i;

	while (path && !real) {
		for (i = 0; i < nroots && !real; i++) {
			full = xasprintf("%s/%s", roots[i], path);
			real = realpath(full, NULL);
			free(full);
		}
		path = strchr(path, '/');
		path += path != NULL;
	}
	return real;
}

static void
sourceload(struct source *s, const char *path)
{
	char *real = realpath(path, NULL);
	const char *below;
	struct stat st;

	if (!real && path[0] != '/')
		real = findbelow(path);
	below = real ? belowroot(real) : NULL;
	if (below) {
		free(s->name);
		s->name = xstrdup(below);
		if (stat(real, &st) == 0 && S_ISREG(st.st_mode))
			buf_readfile(&s->text, real, SOURCE_MAX);
	}
	free(real);
}

/* the source of a place; one that may not be read has an empty text */
static struct source *
sourceof(struct place at)
{
	char path[PATH_MAX];
	struct source *s;
	size_t i;

	if (!at.file.n || at.file.n >= sizeof(path))
		return NULL;
	memcpy(path, at.file.s, at.file.n);
	path[at.file.n] = '\0';
	for (i = 0; i < nsources; i++)
		if (sources[i]->candidate ? namesfile(path, sources[i]->name)
					  : strcmp(sources[i]->path, path) == 0)
			return sources[i];
	s = sourceadd(basename_of(path), path);
	sourceload(s, path);
	return s;
}

static struct cpp *
parsed(struct source *s)
{
	if (!s->parsed) {
		cpp_parse(
		    &s->cpp, s->text.data ? s->text.data : "", s->text.len);
		s->parsed = 1;
	}
	return &s->cpp;
}

static int
has(struct slice a, const char *s)
{
	return a.n && memmem(a.s, a.n, s, strlen(s)) != NULL;
}

/* what leads to other errors comes before them */
static int
rankof(const struct diag *g)
{
	static const char *const types[] = {"does not name a type",
	    "unknown type name", "has not been declared", "expected class name",
	    "expected class-name", "incomplete type", "unknown namespace",
	    "is not a namespace", "undeclared namespace"};
	size_t i;

	switch (g->kind) {
	case DIAG_FATAL: return 0;
	case DIAG_LINK: return 4;
	case DIAG_DRIVER: return 5;
	case DIAG_ERROR: break;
	}
	for (i = 0; i < LEN(types); i++)
		if (has(g->message, types[i]))
			return 1;
	return 2;
}

/* the frame nearest to the error that lies in a candidate's file */
static struct source *
candidateframe(const struct diag *g, struct place *at)
{
	struct source *s;
	unsigned i;

	for (i = 0; i < g->nrequired + g->nincluded; i++) {
		*at = i < g->nrequired ? g->required[i]
				       : g->included[i - g->nrequired];
		s = sourceof(*at);
		if (s && s->candidate)
			return s;
	}
	for (i = 0; i < g->nnotes; i++) {
		*at = g->notes[i].at;
		s = sourceof(*at);
		if (s && s->candidate)
			return s;
	}
	return NULL;
}

static int
issystem(const struct source *s)
{
	return s->path && strncmp(s->path, "/usr/", 5) == 0;
}

/* a note in another file says what the error clashes with; the engine's own
   files before the system's */
static void
setother(struct item *it)
{
	const struct diag *g = it->diag;
	struct source *s, *at = sourceof(g->at);
	unsigned i;

	if (at && at != it->source) {
		it->other = at;
		it->otherat = g->at;
		return;
	}
	for (i = 0; i < g->nnotes; i++) {
		s = sourceof(g->notes[i].at);
		if (!s || s == it->source || !g->notes[i].at.line)
			continue;
		if (it->other && (!issystem(it->other) || issystem(s)))
			continue;
		it->other = s;
		it->otherat = g->notes[i].at;
	}
}

static int
isword(int c)
{
	return isalnum(c) || c == '_';
}

static int
iskeyword(const char *s)
{
	static const char *const words[] = {"struct", "class", "union", "enum",
	    "const", "void", "int", "char", "float", "double", "long", "short",
	    "unsigned", "signed", "bool", "static", "volatile", "auto",
	    "typename", "template", "with", "namespace", "operator", "aka",
	    "size_t", "std", "this", "return", "if", "for", "while", "else",
	    "restrict", "inline", "extern", "sizeof", "goto", "override",
	    "final", "virtual"};
	size_t i;

	for (i = 0; i < LEN(words); i++)
		if (strcmp(s, words[i]) == 0)
			return 1;
	return 0;
}

/* length of an opening quote at p, its closing counterpart in *close */
static size_t
quoteat(struct slice m, const char *p, const char **close)
{
	if ((size_t)(m.s + m.n - p) > 3 && memcmp(p, "\u2018", 3) == 0) {
		*close = "\u2019";
		return 3;
	}
	*close = "'";
	if (*p == '`')
		return 1;
	return *p == '\'' && (p == m.s || !isword((unsigned char)p[-1]));
}

static int
addsymbol(char symbols[SYMBOLS][128], int n, const char *p, size_t len)
{
	int i;

	if (n == SYMBOLS || len >= 128)
		return n;
	memcpy(symbols[n], p, len);
	symbols[n][len] = '\0';
	if (iskeyword(symbols[n]))
		return n;
	for (i = 0; i < n; i++)
		if (strcmp(symbols[i], symbols[n]) == 0)
			return n;
	return n + 1;
}

/* length of the qualified name at p */
static size_t
wordlen(const char *p, const char *end)
{
	const char *q;

	for (q = p; q < end; q++)
		if (!isword((unsigned char)*q) &&
		    !(q + 2 < end && q[0] == ':' && q[1] == ':' && ++q))
			break;
	return (size_t)(q - p);
}

/* the qualified names within the quotes of a message */
static int
symbolsof(struct slice m, char symbols[SYMBOLS][128])
{
	const char *p = m.s, *end = m.s + m.n, *close, *q, *stop;
	int n = 0;
	size_t k;

	if (has(m, "undefined symbol: "))
		p = memmem(m.s, m.n, ": ", 2);
	if (p != m.s)
		return addsymbol(symbols, 0, p + 2, wordlen(p + 2, end));
	while (p < end) {
		k = quoteat(m, p, &close);
		if (!k) {
			p++;
			continue;
		}
		p += k;
		stop = memmem(p, (size_t)(end - p), close, strlen(close));
		if (!stop)
			stop = end;
		while (p < stop) {
			if (!isalpha((unsigned char)*p) && *p != '_') {
				p++;
				continue;
			}
			q = p + wordlen(p, stop);
			n = addsymbol(symbols, n, p, (size_t)(q - p));
			p = q;
		}
		p = stop < end ? stop + strlen(close) : end;
	}
	return n;
}

/* "has no member": is the type one that no candidate's file defines? */
static int
foreignmember(struct slice m)
{
	static const char *const heads[] = {"struct ", "class ", "union "};
	char symbols[SYMBOLS][128], key[160];
	const char *name;
	int n, i, last;
	size_t k, h;

	if (!has(m, "no member named") && !has(m, "is not a member of") &&
	    !has(m, "no type named"))
		return 0;
	n = symbolsof(m, symbols);
	if (n < 2)
		return 0;
	last = has(m, "no member named") && has(m, "has no member");
	for (i = last ? 0 : 1; i < n && i < (last ? 1 : n); i++) {
		name = strrchr(symbols[i], ':');
		name = name ? name + 1 : symbols[i];
		for (k = 0; k < nsources; k++)
			for (h = 0; sources[k]->candidate && h < LEN(heads);
			     h++) {
				snprintf(
				    key, sizeof(key), "%s%s", heads[h], name);
				if (sources[k]->text.len &&
				    strstr(sources[k]->text.data, key))
					return 0;
			}
	}
	return 1;
}

static void
classify(struct item *it)
{
	const struct diag *g = it->diag;

	it->at = g->at;
	it->source = sourceof(g->at);
	it->times = g->times;
	it->rank = rankof(g);
	if (it->source && !it->source->candidate) {
		struct place at;
		struct source *s = candidateframe(g, &at);

		if (s) {
			it->source = s;
			it->at = at;
		}
	}
	if (g->kind == DIAG_LINK) {
		it->kind = "link";
		return;
	}
	if (g->kind == DIAG_DRIVER && !it->source) {
		it->kind = "other";
		return;
	}
	setother(it);
	it->kind =
	    it->other || foreignmember(g->message) ? "cross-file" : "local";
}

static int
bycause(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank - y->rank;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* the same message elsewhere in the file is one item with more lines */
static size_t
fold(struct item *items, size_t n)
{
	size_t i, j, kept = 0;
	struct item *a, *b;

	for (i = 0; i < n; i++) {
		b = &items[i];
		for (j = 0; j < kept; j++) {
			a = &items[j];
			if (a->source == b->source && a->kind == b->kind &&
			    slice_same(a->diag->message, b->diag->message))
				break;
		}
		if (j == kept) {
			items[kept++] = *b;
			continue;
		}
		a->times += b->times;
		if (b->at.line && b->at.line != a->at.line && a->nalso < ALSO)
			a->also[a->nalso++] = b->at.line;
	}
	return kept;
}

/* a message without the directories of this machine */
static cJSON *
shown(struct slice m)
{
	struct buf b = {0};
	size_t i, start;
	cJSON *node;

	for (i = 0; i < m.n; i++) {
		if (m.s[i] != '/' || (i && (isword((unsigned char)m.s[i - 1]) ||
					       strchr("*/<.-", m.s[i - 1])))) {
			buf_add(&b, m.s + i, 1);
			continue;
		}
		start = i + 1;
		while (i < m.n && (isword((unsigned char)m.s[i]) ||
				      strchr("/.+-", m.s[i]))) {
			if (m.s[i] == '/')
				start = i + 1;
			i++;
		}
		buf_add(&b, m.s + start, i - start);
		i--;
	}
	node = json_text(b.data ? b.data : "", b.len);
	buf_free(&b);
	return node;
}

static void
addplace(cJSON *to, const struct source *s, struct place at)
{
	if (s)
		json_set(to, "file", cJSON_CreateString(s->name));
	if (at.line)
		json_set(to, "line", cJSON_CreateNumber(at.line));
}

static cJSON *
notesof(const struct diag *g)
{
	cJSON *list = cJSON_CreateArray(), *note;
	unsigned i;

	for (i = 0; i < g->nnotes; i++) {
		note = cJSON_CreateObject();
		addplace(note, sourceof(g->notes[i].at), g->notes[i].at);
		json_set(note, "message", shown(g->notes[i].message));
		cJSON_AddItemToArray(list, note);
	}
	return list;
}

/* how the error was reached: instantiations, then includes */
static cJSON *
framesof(const struct item *it)
{
	const struct diag *g = it->diag;
	cJSON *list = cJSON_CreateArray(), *frame;
	unsigned i, n = g->nrequired;
	struct place at;

	if (it->other && it->otherat.line == g->at.line)
		n += g->nincluded;
	for (i = 0; i < n; i++) {
		at = i < g->nrequired ? g->required[i]
				      : g->included[i - g->nrequired];
		frame = cJSON_CreateObject();
		json_set(frame, "how",
		    cJSON_CreateString(
			i < g->nrequired ? "instantiated" : "included"));
		addplace(frame, sourceof(at), at);
		cJSON_AddItemToArray(list, frame);
	}
	return list;
}

static cJSON *
linetext(const struct source *s, unsigned line)
{
	size_t start = line_start(s->text.data, s->text.len, line);
	const char *p = s->text.data + start, *nl;
	size_t n = s->text.len - start;

	nl = memchr(p, '\n', n);
	n = nl ? (size_t)(nl - p) : n;
	return json_text(p, n < 200 ? n : 200);
}

static void
window(const struct source *s, struct piece *p, unsigned line)
{
	unsigned first = line > WINDOW ? line - WINDOW : 1;
	unsigned last = line + WINDOW;

	if (first > p->first) {
		p->first = first;
		p->start = line_start(s->text.data, s->text.len, first);
	}
	if (last < p->last) {
		p->last = last;
		p->end = line_start(s->text.data, s->text.len, last + 1);
		p->end -= p->end > p->start;
	}
}

static int
wasshown(const struct source *s, unsigned first)
{
	size_t i;

	for (i = 0; i < s->nshown; i++)
		if (s->shownlines[i] == first)
			return 1;
	return 0;
}

static void
setshown(struct source *s, unsigned first)
{
	s->shownlines =
	    xreallocarray(s->shownlines, s->nshown + 1, sizeof(*s->shownlines));
	s->shownlines[s->nshown++] = first;
}

/* the whole function or class around the error, once; cut to a window if it
   would take more than half of what is left */
static cJSON *
enclosing(struct source *s, unsigned line, size_t left, unsigned *first)
{
	struct piece p;
	cJSON *in;

	if (!s->text.len || !cpp_enclosing(parsed(s), line, &p))
		return NULL;
	in = cJSON_CreateObject();
	json_set(in, "kind", cJSON_CreateString(p.kind));
	json_set(in, "name", json_text(p.name, strlen(p.name)));
	json_set(in, "first", cJSON_CreateNumber(p.first));
	json_set(in, "last", cJSON_CreateNumber(p.last));
	*first = p.first;
	if (!wasshown(s, p.first)) {
		if (tokens(p.end - p.start) > left / 2) {
			window(s, &p, line);
			*first = 0;
			json_set(in, "from", cJSON_CreateNumber(p.first));
			json_set(in, "to", cJSON_CreateNumber(p.last));
		}
		json_set(in, "text",
		    json_text(s->text.data + p.start, p.end - p.start));
	}
	free(p.name);
	return in;
}

static cJSON *
declaration(struct source *s, struct place at)
{
	cJSON *d = cJSON_CreateObject();
	struct piece p;
	size_t n;

	addplace(d, s, at);
	if (!s->text.len || !at.line)
		return d;
	if (!cpp_declaration(parsed(s), at.line, &p)) {
		json_set(d, "text", linetext(s, at.line));
		return d;
	}
	n = p.end > p.start ? p.end - p.start : 0;
	json_set(d, "name", json_text(p.name, strlen(p.name)));
	json_set(
	    d, "text", json_text(s->text.data + p.start, n < 1500 ? n : 1500));
	free(p.name);
	return d;
}

static cJSON *
symbollist(struct slice m)
{
	char symbols[SYMBOLS][128];
	int n = symbolsof(m, symbols), i;
	cJSON *list = cJSON_CreateArray();

	for (i = 0; i < n; i++)
		cJSON_AddItemToArray(
		    list, json_text(symbols[i], strlen(symbols[i])));
	return list;
}

static void
setlist(cJSON *to, const char *key, cJSON *list)
{
	if (cJSON_GetArraySize(list))
		json_set(to, key, list);
	else
		cJSON_Delete(list);
}

static void
setmore(cJSON *to, const char *key, unsigned n)
{
	if (n)
		json_set(to, key, cJSON_CreateNumber(n));
}

/* the item as JSON; *first is the piece it shows for the first time, or 0 */
static cJSON *
itemjson(const struct item *it, size_t left, unsigned *first)
{
	const struct diag *g = it->diag;
	cJSON *e = cJSON_CreateObject(), *also = cJSON_CreateArray(), *in;
	unsigned i;

	*first = 0;
	json_set(e, "kind", cJSON_CreateString(it->kind));
	addplace(e, it->source, it->at);
	setmore(e, "column", it->at.column);
	json_set(e, "message", shown(g->message));
	if (g->option.n)
		json_set(e, "option", shown(g->option));
	setlist(e, "symbols", symbollist(g->message));
	setmore(e, "times", it->times > 1 ? it->times : 0);
	for (i = 0; i < it->nalso; i++)
		cJSON_AddItemToArray(also, cJSON_CreateNumber(it->also[i]));
	setlist(e, "also", also);
	setlist(e, "notes", notesof(g));
	setmore(e, "more_notes", g->morenotes);
	setlist(e, "from", framesof(it));
	setmore(e, "more_from", g->morerequired);
	if (g->function.n)
		json_set(e, "function", shown(g->function));
	if (it->source && it->at.line && it->source->text.len)
		json_set(e, "source", linetext(it->source, it->at.line));
	if (it->other)
		json_set(e, "declaration", declaration(it->other, it->otherat));
	if (it->source && it->source->candidate && it->at.line) {
		in = enclosing(it->source, it->at.line, left, first);
		if (in)
			json_set(e, "in", in);
	}
	return e;
}

/* as many items as fit; the first always does, if without its function */
static size_t
emit(struct item *items, size_t n, cJSON *list)
{
	size_t i, used = 0, c;
	unsigned first;
	cJSON *e;

	for (i = 0; i < n; i++) {
		e = itemjson(&items[i], budget - used, &first);
		c = json_tokens(e);
		if (used + c > budget && json_get(e, "in")) {
			cJSON_DeleteItemFromObjectCaseSensitive(e, "in");
			first = 0;
			c = json_tokens(e);
		}
		if (used + c > budget && i > 0) {
			cJSON_Delete(e);
			break;
		}
		if (first)
			setshown(items[i].source, first);
		cJSON_AddItemToArray(list, e);
		used += c;
		if (used >= budget)
			break;
	}
	return used;
}

static cJSON *
errorsof(const char *log, size_t len)
{
	struct diags d = {0};
	struct item *items;
	cJSON *errors = cJSON_CreateObject(), *list = cJSON_CreateArray();
	size_t i, n, kept, used, total = 0;

	diags_parse(&d, log, len);
	n = d.n < CONSIDERED ? d.n : CONSIDERED;
	items = xcalloc(n, sizeof(*items));
	for (i = 0; i < n; i++) {
		items[i].diag = &d.list[i];
		items[i].order = i;
		classify(&items[i]);
	}
	for (i = 0; i < d.n; i++)
		total += d.list[i].times;
	qsort(items, n, sizeof(*items), bycause);
	kept = fold(items, n);
	used = emit(items, kept, list);
	json_set(errors, "total", cJSON_CreateNumber((double)total));
	json_set(
	    errors, "distinct", cJSON_CreateNumber((double)(kept + d.n - n)));
	json_set(errors, "warnings", cJSON_CreateNumber((double)d.warnings));
	json_set(errors, "tokens", cJSON_CreateNumber((double)used));
	json_set(errors, "list", list);
	free(items);
	free(d.list);
	free(d.hash);
	return errors;
}

static void
candidateadd(const char *name, const char *text, size_t n)
{
	struct source *s = sourceadd(name, NULL);

	s->candidate = 1;
	buf_add(&s->text, text, n);
}

static void
extract(cJSON *record)
{
	cJSON *build = json_get(record, "build");
	const char *log;

	if (!build) {
		if (!json_get(record, "skipped"))
			json_object(record, "build");
		return;
	}
	json_each (file, json_at(record, "candidate.files")) {
		const char *text = json_string(file, "text");

		candidateadd(json_string(file, "name"), text, strlen(text));
	}
	log = json_stringor(build, "log", "");
	if (strcmp(json_stringor(build, "status", ""), "ok") == 0)
		log = "";
	json_set(record, "errors", errorsof(log, strlen(log)));
	sourcesfree();
}

/* by hand: a log, and the files that it is about */
static void
extracttext(const char *log, char *const *files)
{
	struct buf b = {0}, text = {0};
	cJSON *out = cJSON_CreateObject();

	for (; *files; files++) {
		if (buf_readfile(&text, *files, SOURCE_MAX) < 0)
			err(EX_UNAVAILABLE, "%s", *files);
		candidateadd(
		    basename_of(*files), text.data ? text.data : "", text.len);
		buf_free(&text);
	}
	if (log) {
		if (buf_readfile(&b, log, SIZE_MAX / 4) < 0)
			err(EX_UNAVAILABLE, "%s", log);
	} else if (buf_readfd(&b, 0, SIZE_MAX / 4) < 0) {
		err(EX_IOERR, "<stdin>");
	}
	json_set(out, "errors", errorsof(b.data ? b.data : "", b.len));
	json_write(stdout, out);
	closeout();
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: err-extract [-b tokens] [-r dir] [-o file] [record ...]\n"
	    "       err-extract --text [-b tokens] [-r dir] [-l log] "
	    "[source ...]\n"
	    "Turns a compiler's output into located errors.\n"
	    "  -b, --budget TOKENS  at most so much (default 3000)\n"
	    "  -r, --root DIR       headers below it may be shown, too\n"
	    "  -o, --output FILE    write there, by rename\n"
	    "  -t, --text           a log instead of records, from stdin\n"
	    "  -l, --log FILE       or from a file\n"
	    "      --version        the stage and the version of its format\n"
	    "man err-extract tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"budget", 1, 0, 'b'},
	    {"root", 1, 0, 'r'}, {"output", 1, 0, 'o'}, {"text", 0, 0, 't'},
	    {"log", 1, 0, 'l'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'},
	    {0}};
	const char *out = NULL, *log = NULL;
	int c, text = 0;

	while (
	    (c = getopt_long(argc, argv, "b:r:o:tl:h", options, NULL)) != -1) {
		switch (c) {
		case 'b':
			budget = (size_t)numarg("--budget", optarg, 1, 1 << 30);
			break;
		case 'r': rootadd(optarg); break;
		case 'o': out = optarg; break;
		case 't': text = 1; break;
		case 'l': log = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (log && !text)
		usage(EX_USAGE);
	defaultroots();
	if (text)
		extracttext(log, argv + optind);
	else
		stage_each(out, argv + optind, extract);
	return EX_OK;
}
