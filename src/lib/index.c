#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <pthread.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpp.h"
#include "index.h"
#include "util.h"

#define VERSION 1
#define MAGIC "mkbindex"
#define THREADS 8

/* a file as it is found, and what parsing it gave */
struct source {
	char *path;
	int64_t mtime;
	uint64_t size;
	uint8_t hash[16];
	uint32_t lines;
	struct isym *syms;
	uint32_t nsyms, cap;
	uint32_t *incs;
	uint32_t nincs;
	struct buf text;	 /* names of its own */
	const struct ifile *old; /* in the old index, if it is as it was */
	const char *oldtext;
};

struct dir {
	char *path;
	int64_t mtime;
};

struct scan {
	struct source *files;
	struct dir *dirs;
	size_t nfiles, ndirs, capfiles, capdirs;
};

/* where the walk of a syntax tree stands */
struct walk {
	struct source *out;
	const char *text;
	size_t len;
	uint32_t scope; /* name in out->text */
	int inclass;
	int depth;
};

static int
issource(const char *name)
{
	static const char *const ends[] = {".c", ".cc", ".cpp", ".cxx", ".h",
	    ".hh", ".hpp", ".hxx", ".inl", ".H", ".C"};
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot && i < LEN(ends); i++)
		if (strcmp(dot, ends[i]) == 0)
			return 1;
	return 0;
}

static int64_t
mtimeof(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static void
addfile(struct scan *s, const char *path, const struct stat *st)
{
	struct source *f;

	if (s->nfiles == s->capfiles) {
		s->capfiles = s->capfiles ? s->capfiles * 2 : 256;
		s->files =
		    xreallocarray(s->files, s->capfiles, sizeof(*s->files));
	}
	f = &s->files[s->nfiles++];
	*f = (struct source){.path = xstrdup(path),
	    .mtime = mtimeof(st),
	    .size = (uint64_t)st->st_size};
}

static void
adddir(struct scan *s, const char *path, const struct stat *st)
{
	if (s->ndirs == s->capdirs) {
		s->capdirs = s->capdirs ? s->capdirs * 2 : 256;
		s->dirs = xreallocarray(s->dirs, s->capdirs, sizeof(*s->dirs));
	}
	s->dirs[s->ndirs++] =
	    (struct dir){.path = xstrdup(path), .mtime = mtimeof(st)};
}

static int
bypath(const void *a, const void *b)
{
	return strcmp(
	    ((const struct source *)a)->path, ((const struct source *)b)->path);
}

static void
scantree(struct scan *s, const char *root)
{
	char *const roots[] = {(char *)root, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t n = strlen(root);
	const char *below;
	FTSENT *e;

	if (!fts)
		err(EX_UNAVAILABLE, "%s", root);
	while ((e = fts_read(fts))) {
		below = e->fts_path[n] ? e->fts_path + n + 1 : "";
		if (e->fts_info == FTS_D && e->fts_level > 0 &&
		    e->fts_name[0] == '.')
			fts_set(fts, e, FTS_SKIP);
		else if (e->fts_info == FTS_D)
			adddir(s, below, e->fts_statp);
		else if (e->fts_info == FTS_F && issource(e->fts_name))
			addfile(s, below, e->fts_statp);
	}
	fts_close(fts);
	if (s->nfiles)
		qsort(s->files, s->nfiles, sizeof(*s->files), bypath);
}

static uint32_t
keep(struct source *f, const char *s, size_t n)
{
	uint32_t at = (uint32_t)f->text.len;

	buf_add(&f->text, s, n);
	buf_add(&f->text, "", 1);
	return at;
}

static int
isword(int c)
{
	return isalnum(c) || c == '_';
}

static int
iscaps(const char *p, const char *q)
{
	if (q - p < 4)
		return 0;
	for (; p < q; p++)
		if (!isupper((unsigned char)*p) &&
		    !isdigit((unsigned char)*p) && *p != '_')
			return 0;
	return 1;
}

/* a word that a macro hides from the compiler, as its neighbours tell:
   class EXPORT Name, (CALL *name)(), void f() NOTHROW; and _In_ */
static int
ishidden(const char *text, const char *p, const char *q, const char *end)
{
	const char *before = p, *next = q;

	if (q - p > 3 && p[0] == '_' && isupper((unsigned char)p[1]) &&
	    islower((unsigned char)p[2]) && q[-1] == '_')
		return 1;
	if (!iscaps(p, q))
		return 0;
	while (before > text && isspace((unsigned char)before[-1]))
		before--;
	while (next < end && isspace((unsigned char)*next))
		next++;
	if (before == text || next == end)
		return 0;
	if (before[-1] == '(')
		return *next == '*';
	if (before[-1] == ')')
		return *next == ';' || isupper((unsigned char)*next);
	if (!isalpha((unsigned char)*next) && *next != '_')
		return 0;
	return (before - text >= 6 && memcmp(before - 5, "class", 5) == 0) ||
	       (before - text >= 7 && memcmp(before - 6, "struct", 6) == 0);
}

/* the grammar does not know these words */
static void
blankmacros(char *text, size_t len)
{
	char *p = text, *end = text + len, *q;

	for (; p < end; p = q) {
		q = p + 1;
		if (!isupper((unsigned char)*p) && *p != '_')
			continue;
		if (p > text && isword((unsigned char)p[-1]))
			continue;
		while (q < end && isword((unsigned char)*q))
			q++;
		if (ishidden(text, p, q, end))
			memset(p, ' ', (size_t)(q - p));
	}
}

/* where a reader of C text stands */
struct pos {
	const char *p;
	uint32_t row;
	const char *line; /* where the row begins */
};

static void
step(struct pos *c)
{
	if (*c->p++ == '\n') {
		c->row++;
		c->line = c->p;
	}
}

static void
skipto(struct pos *c, const char *to)
{
	while (c->p < to)
		step(c);
}

/* 1'000: no character begins here */
static int
isdigitquote(const struct pos *c, const char *q)
{
	return q > c->line && isxdigit((unsigned char)q[-1]);
}

/* past a string, a character or a comment at c, or one byte */
static void
skiptoken(struct pos *c, const char *end)
{
	const char *q = c->p;
	char quote = *q;

	if (*q == '/' && q + 1 < end && q[1] == '/') {
		q = memchr(q, '\n', (size_t)(end - q));
		skipto(c, q ? q : end);
		return;
	}
	if (*q == '/' && q + 1 < end && q[1] == '*') {
		q = memmem(q + 2, (size_t)(end - q - 2), "*/", 2);
		skipto(c, q ? q + 2 : end);
		return;
	}
	if (*q == '"' && q > c->line && q[-1] == 'R' &&
	    !(q > c->line + 1 && isalnum((unsigned char)q[-2]))) {
		char close[24];
		const char *open = memchr(q, '(', (size_t)(end - q));

		if (open && open - q < 18) {
			snprintf(close, sizeof(close), ")%.*s\"",
			    (int)(open - q - 1), q + 1);
			q = memmem(
			    open, (size_t)(end - open), close, strlen(close));
			skipto(c, q ? q + strlen(close) : end);
			return;
		}
	}
	step(c);
	if (quote != '"' && (quote != '\'' || isdigitquote(c, q)))
		return;
	while (c->p < end && *c->p != quote && *c->p != '\n') {
		if (*c->p == '\\' && c->p + 1 < end)
			step(c);
		step(c);
	}
	if (c->p < end && *c->p == quote)
		step(c);
}

/* past the line of a directive, which may go on; 'i' #if, 'e' #else, 'f' #endif
   or 0 */
static int
skipdirective(struct pos *c, const char *end)
{
	const char *q = c->p + 1;
	int kind = 0;

	while (q < end && (*q == ' ' || *q == '\t'))
		q++;
	if (end - q > 5) {
		if (q[0] == 'i' && q[1] == 'f')
			kind = 'i';
		else if (memcmp(q, "el", 2) == 0)
			kind = 'e';
		else if (memcmp(q, "endif", 5) == 0)
			kind = 'f';
	}
	while (c->p < end && *c->p != '\n') {
		if (*c->p == '\\' && c->p + 1 < end)
			step(c);
		if (c->p[0] == '/' && c->p + 1 < end && c->p[1] == '*')
			skiptoken(c, end);
		else
			step(c);
	}
	return kind;
}

/* to the brace that closes the one at c; of alternatives under #if the first
   counts */
static void
skipbody(struct pos *c, const char *end)
{
	int depth = 0, n = 0, kind, saved[32];

	while (c->p < end) {
		if (*c->p == '{') {
			depth++;
		} else if (*c->p == '}' && --depth == 0) {
			return;
		} else if (*c->p == '#' &&
			   c->p == c->line + strspn(c->line, " \t")) {
			kind = skipdirective(c, end);
			if (kind == 'i' && n < 32)
				saved[n++] = depth;
			else if (kind == 'e' && n > 0)
				depth = saved[n - 1];
			else if (kind == 'f' && n > 0)
				n--;
			continue;
		}
		skiptoken(c, end);
	}
}

/* does the brace at p open a function's body or a table? */
static int
opensbody(const char *text, const char *p)
{
	static const char *const words[] = {
	    "const", "override", "noexcept", "final"};
	size_t i, n;

	while (p > text && isspace((unsigned char)p[-1]))
		p--;
	if (p > text && (p[-1] == ')' || p[-1] == '='))
		return 1;
	for (i = 0; i < LEN(words); i++) {
		n = strlen(words[i]);
		if ((size_t)(p - text) > n + 1 &&
		    memcmp(p - n, words[i], n) == 0 &&
		    !isword((unsigned char)p[-(long)n - 1]))
			return 1;
	}
	return 0;
}

static TSPoint
point(const struct pos *c)
{
	return (TSPoint){c->row, (uint32_t)(c->p - c->line)};
}

/* bodies are not parsed: what is left of the text, as ranges */
static TSRange *
outline(const char *text, size_t len, uint32_t *n)
{
	struct pos c = {text, 0, text};
	const char *end = text + len;
	TSRange *r = NULL, now = {0};
	uint32_t cap = 0;

	for (*n = 0;;) {
		if (*n + 1 >= cap)
			r = xreallocarray(
			    r, cap = cap ? cap * 2 : 32, sizeof(*r));
		if (c.p >= end)
			break;
		if (*c.p == '#' && c.p == c.line + strspn(c.line, " \t")) {
			skipdirective(&c, end);
		} else if (*c.p == '{' && opensbody(text, c.p)) {
			struct pos open = c;

			step(&open);
			now.end_byte = (uint32_t)(open.p - text);
			now.end_point = point(&open);
			r[(*n)++] = now;
			skipbody(&c, end);
			now.start_byte = (uint32_t)(c.p - text);
			now.start_point = point(&c);
			if (c.p < end)
				step(&c);
		} else {
			skiptoken(&c, end);
		}
	}
	now.end_byte = (uint32_t)len;
	now.end_point = point(&c);
	r[(*n)++] = now;
	return r;
}

static struct isym *
addsym(struct walk *w, int kind, TSNode whole, const char *name, size_t n)
{
	struct source *f = w->out;
	struct isym *s;

	if (f->nsyms == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 32;
		f->syms = xreallocarray(f->syms, f->cap, sizeof(*f->syms));
	}
	s = &f->syms[f->nsyms++];
	*s = (struct isym){.kind = (uint8_t)kind,
	    .scope = w->scope,
	    .line = ts_node_start_point(whole).row + 1,
	    .start = ts_node_start_byte(whole),
	    .head = ts_node_end_byte(whole),
	    .end = ts_node_end_byte(whole)};
	s->name = keep(f, name, n);
	return s;
}

static TSNode
field(TSNode node, const char *name)
{
	return ts_node_child_by_field_name(node, name, (uint32_t)strlen(name));
}

/* the name node's text, its qualification apart */
static struct isym *
addnamed(struct walk *w, int kind, TSNode whole, TSNode name)
{
	uint32_t start = ts_node_start_byte(name), end = ts_node_end_byte(name);
	const char *p = w->text + start, *q = w->text + end, *r;
	uint32_t scope = w->scope;
	struct isym *s;

	for (r = q; r > p + 1; r--)
		if (r[-1] == ':' && r[-2] == ':')
			break;
	if (r > p + 1) {
		struct buf full = {0};
		const char *outer = w->out->text.data + scope;

		buf_addf(&full, "%s%s%.*s", outer, *outer ? "::" : "",
		    (int)(r - 2 - p), p);
		w->scope = keep(w->out, full.data, full.len);
		buf_free(&full);
		p = r;
	}
	s = addsym(w, kind, whole, p, (size_t)(q - p));
	w->scope = scope;
	return s;
}

/* is the declarator one of a function, pointers to functions included? */
static int
isfunction(TSNode d)
{
	while (!ts_node_is_null(d)) {
		if (cpp_is(d, "function_declarator"))
			return 1;
		if (cpp_is(d, "reference_declarator") ||
		    cpp_is(d, "parenthesized_declarator"))
			d = ts_node_named_child(d, 0);
		else
			d = field(d, "declarator");
	}
	return 0;
}

static void visit(struct walk *w, TSNode node, TSNode whole);

static void
children(struct walk *w, TSNode node)
{
	TSTreeCursor c = ts_tree_cursor_new(node);

	if (++w->depth < 200 && ts_tree_cursor_goto_first_child(&c)) {
		do {
			TSNode child = ts_tree_cursor_current_node(&c);

			if (ts_node_is_named(child))
				visit(w, child, child);
		} while (ts_tree_cursor_goto_next_sibling(&c));
	}
	w->depth--;
	ts_tree_cursor_delete(&c);
}

/* what lies in a scope of this name */
static void
inside(struct walk *w, TSNode name, TSNode body, int inclass)
{
	uint32_t scope = w->scope;
	int was = w->inclass;
	struct buf full = {0};
	const char *outer = w->out->text.data + scope;

	if (!ts_node_is_null(name)) {
		uint32_t start = ts_node_start_byte(name);

		buf_addf(&full, "%s%s%.*s", outer, *outer ? "::" : "",
		    (int)(ts_node_end_byte(name) - start), w->text + start);
		w->scope = keep(w->out, full.data, full.len);
		buf_free(&full);
	}
	w->inclass = inclass;
	children(w, body);
	w->inclass = was;
	w->scope = scope;
}

static void class(struct walk *w, TSNode node, TSNode whole, int kind)
{
	TSNode name = field(node, "name"), body = field(node, "body");
	struct isym *s;

	if (ts_node_is_null(body))
		return;
	if (!ts_node_is_null(name)) {
		s = addnamed(w, kind, whole, name);
		s->head = ts_node_start_byte(body);
		s->defined = 1;
	}
	if (kind == SYM_CLASS)
		inside(w, name, body, 1);
	else
		children(w, body);
}

static int
isclassnode(TSNode n)
{
	return cpp_is(n, "class_specifier") || cpp_is(n, "struct_specifier") ||
	       cpp_is(n, "union_specifier");
}

static void
declarator(struct walk *w, TSNode d, TSNode whole, int kind)
{
	TSNode name = cpp_nameof(d);

	if (ts_node_is_null(name) && ts_node_named_child_count(d) == 0)
		name = d;
	if (ts_node_is_null(name) ||
	    ts_node_start_byte(name) == ts_node_end_byte(name))
		return;
	if (kind != SYM_TYPE)
		kind = isfunction(d) ? SYM_FUNCTION
		       : w->inclass  ? SYM_FIELD
				     : SYM_VARIABLE;
	addnamed(w, kind, whole, name);
}

/* a declaration's type may define a class; its declarators name things */
static void
declaration(struct walk *w, TSNode node, TSNode whole, int kind)
{
	TSNode type = field(node, "type");
	TSTreeCursor c = ts_tree_cursor_new(node);
	const char *f;

	if (isclassnode(type))
		class(w, type, whole, SYM_CLASS);
	else if (cpp_is(type, "enum_specifier"))
		class(w, type, whole, SYM_ENUM);
	if (ts_tree_cursor_goto_first_child(&c)) {
		do {
			f = ts_tree_cursor_current_field_name(&c);
			if (f && strcmp(f, "declarator") == 0)
				declarator(w, ts_tree_cursor_current_node(&c),
				    whole, kind);
		} while (ts_tree_cursor_goto_next_sibling(&c));
	}
	ts_tree_cursor_delete(&c);
}

static void
function(struct walk *w, TSNode node, TSNode whole)
{
	TSNode name = cpp_nameof(field(node, "declarator"));
	TSNode body = field(node, "body");
	struct isym *s;

	if (ts_node_is_null(name) ||
	    ts_node_start_byte(name) == ts_node_end_byte(name))
		return;
	s = addnamed(w, SYM_FUNCTION, whole, name);
	s->defined = 1;
	if (!ts_node_is_null(body))
		s->head = ts_node_start_byte(body);
}

/* MACRO(Name, ...) where a member is expected declares Name; 0 if it is none */
static int
macrocall(struct walk *w, TSNode node)
{
	const char *p = w->text + ts_node_start_byte(node), *q, *name;
	const char *end = w->text + w->len;

	for (q = p; q < end && isword((unsigned char)*q); q++)
		;
	if (!iscaps(p, q) || q == end || *q != '(')
		return 0;
	for (name = ++q; q < end && isword((unsigned char)*q); q++)
		;
	if (q == name || q == end || (*q != ',' && *q != ')'))
		return 0;
	addsym(w, SYM_FUNCTION, node, name, (size_t)(q - name));
	return 1;
}

static void
include(struct walk *w, TSNode node)
{
	TSNode path = field(node, "path");
	uint32_t start = ts_node_start_byte(path), end = ts_node_end_byte(path);
	struct source *f = w->out;

	if (ts_node_is_null(path) || end < start + 3)
		return;
	f->incs = xreallocarray(f->incs, f->nincs + 1, sizeof(*f->incs));
	f->incs[f->nincs++] = keep(f, w->text + start + 1, end - start - 2);
}

static void
macro(struct walk *w, TSNode node)
{
	TSNode name = field(node, "name"), value = field(node, "value");
	struct isym *s;

	if (ts_node_is_null(name))
		return;
	s = addnamed(w, SYM_MACRO, node, name);
	s->defined = 1;
	if (!ts_node_is_null(value))
		s->head = ts_node_start_byte(value);
}

static void
visit(struct walk *w, TSNode node, TSNode whole)
{
	const char *type = ts_node_type(node);
	uint32_t i, n;

	if (strcmp(type, "function_definition") == 0)
		function(w, node, whole);
	else if (w->inclass && macrocall(w, node))
		return;
	else if (strcmp(type, "declaration") == 0 ||
		 strcmp(type, "field_declaration") == 0)
		declaration(w, node, whole, 0);
	else if (strcmp(type, "type_definition") == 0)
		declaration(w, node, whole, SYM_TYPE);
	else if (strcmp(type, "alias_declaration") == 0)
		addnamed(w, SYM_TYPE, whole, field(node, "name"));
	else if (isclassnode(node))
		class(w, node, whole, SYM_CLASS);
	else if (strcmp(type, "enum_specifier") == 0)
		class(w, node, whole, SYM_ENUM);
	else if (strcmp(type, "enumerator") == 0)
		addnamed(w, SYM_VALUE, whole, field(node, "name"));
	else if (strcmp(type, "preproc_def") == 0 ||
		 strcmp(type, "preproc_function_def") == 0)
		macro(w, node);
	else if (strcmp(type, "preproc_include") == 0)
		include(w, node);
	else if (strcmp(type, "namespace_definition") == 0)
		inside(w, field(node, "name"), field(node, "body"), 0);
	else if (strcmp(type, "template_declaration") == 0)
		for (i = 0, n = ts_node_named_child_count(node); i < n; i++)
			visit(w, ts_node_named_child(node, i), whole);
	else if (strncmp(type, "preproc_", 8) == 0 ||
		 strcmp(type, "linkage_specification") == 0 ||
		 strcmp(type, "declaration_list") == 0 ||
		 strcmp(type, "field_declaration_list") == 0 ||
		 strcmp(type, "labeled_statement") == 0 ||
		 strcmp(type, "ERROR") == 0)
		children(w, node);
}

static void
parse(TSParser *parser, struct source *f, struct buf *b)
{
	struct walk w = {.out = f, .text = b->data, .len = b->len};
	TSTree *tree;
	TSRange *ranges;
	uint32_t n;
	const char *p, *end = b->data + b->len;

	for (p = b->data; p < end && (p = memchr(p, '\n', (size_t)(end - p)));
	     p++)
		f->lines++;
	keep(f, "", 0);
	blankmacros(b->data, b->len);
	ranges = outline(b->data, b->len, &n);
	ts_parser_set_included_ranges(parser, ranges, n);
	free(ranges);
	tree = ts_parser_parse_string(parser, NULL, b->data, (uint32_t)b->len);
	if (!tree)
		return;
	children(&w, ts_tree_root_node(tree));
	ts_tree_delete(tree);
}

/* work shared by the threads */
static struct {
	struct scan *scan;
	const struct index *old;
	const char *root;
	size_t next;
	unsigned parsed;
} work;

static const struct ifile *
oldfile(const struct index *x, const char *path)
{
	size_t lo = 0, hi = x->head ? x->head->nfiles : 0, mid;
	int c;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		c = strcmp(istr(x, x->files[mid].path), path);
		if (c == 0)
			return &x->files[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static void
hashof(const struct buf *b, uint8_t out[16])
{
	uint8_t full[SHA256_DIGEST_LENGTH];
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)b->data, b->len);
	SHA256Final(full, &ctx);
	memcpy(out, full, 16);
}

static void
one(TSParser *parser, struct source *f, struct buf *b)
{
	const struct ifile *old = oldfile(work.old, f->path);
	char *path;
	int rc;

	if (f->size > INDEX_MAX)
		return;
	if (old && old->mtime == f->mtime && old->size == f->size) {
		f->old = old;
		return;
	}
	path = xasprintf("%s/%s", work.root, f->path);
	b->len = 0;
	rc = buf_readfile(b, path, INDEX_MAX * 2);
	free(path);
	if (rc < 0 || !b->len)
		return;
	hashof(b, f->hash);
	if (old && memcmp(old->hash, f->hash, sizeof(f->hash)) == 0) {
		f->old = old;
		return;
	}
	__atomic_add_fetch(&work.parsed, 1, __ATOMIC_RELAXED);
	parse(parser, f, b);
}

static void *
worker(void *arg)
{
	TSParser *parser = ts_parser_new();
	struct buf b = {0};
	size_t i;

	(void)arg;
	ts_parser_set_language(parser, tree_sitter_cpp());
	while ((i = __atomic_fetch_add(&work.next, 1, __ATOMIC_RELAXED)) <
	       work.scan->nfiles)
		one(parser, &work.scan->files[i], &b);
	ts_parser_delete(parser);
	buf_free(&b);
	return NULL;
}

static unsigned
parseall(struct scan *s, const struct index *old, const char *root)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t t[THREADS];
	int n = cpus < 1 ? 1 : cpus > THREADS ? THREADS : (int)cpus, i;

	work.scan = s;
	work.old = old;
	work.root = root;
	work.next = 0;
	work.parsed = 0;
	for (i = 1; i < n; i++)
		if (pthread_create(&t[i], NULL, worker, NULL) != 0)
			n = i;
	worker(NULL);
	for (i = 1; i < n; i++)
		pthread_join(t[i], NULL);
	return work.parsed;
}

/* strings of the index, each once */
struct pool {
	struct buf text;
	uint32_t *slots;
	size_t nslots, n;
};

static size_t
strhash(const char *s)
{
	size_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h ^ h >> 29;
}

static void
poolgrow(struct pool *p)
{
	uint32_t *old = p->slots;
	size_t n = p->nslots, i, h;

	p->nslots = n ? n * 2 : 1 << 16;
	p->slots = xcalloc(p->nslots, sizeof(*p->slots));
	for (i = 0; i < n; i++) {
		if (!old[i])
			continue;
		h = strhash(p->text.data + old[i] - 1) & (p->nslots - 1);
		while (p->slots[h])
			h = (h + 1) & (p->nslots - 1);
		p->slots[h] = old[i];
	}
	free(old);
}

static uint32_t
intern(struct pool *p, const char *s)
{
	size_t h;

	if (p->n * 2 >= p->nslots)
		poolgrow(p);
	h = strhash(s) & (p->nslots - 1);
	for (; p->slots[h]; h = (h + 1) & (p->nslots - 1))
		if (strcmp(p->text.data + p->slots[h] - 1, s) == 0)
			return p->slots[h] - 1;
	p->slots[h] = (uint32_t)p->text.len + 1;
	p->n++;
	buf_add(&p->text, s, strlen(s) + 1);
	return p->slots[h] - 1;
}

struct image {
	struct ihead head;
	struct buf files, syms, byname, incs, dirs;
	struct pool pool;
};

/* a file's symbols and includes, with strings of the new index */
static void
putfile(struct image *m, const struct source *f, uint32_t number,
    const struct index *old)
{
	const struct isym *syms = f->old ? old->syms + f->old->sym : f->syms;
	const uint32_t *incs = f->old ? old->incs + f->old->inc : f->incs;
	const char *text = f->old ? old->text : f->text.data;
	struct ifile out = {.mtime = f->mtime, .size = f->size};
	uint32_t i, s;

	out.path = intern(&m->pool, f->path);
	out.lines = f->old ? f->old->lines : f->lines;
	out.nsyms = f->old ? f->old->nsyms : f->nsyms;
	out.nincs = f->old ? f->old->nincs : f->nincs;
	out.sym = (uint32_t)(m->syms.len / sizeof(struct isym));
	out.inc = (uint32_t)(m->incs.len / sizeof(uint32_t));
	memcpy(out.hash, f->old ? f->old->hash : f->hash, sizeof(out.hash));
	for (i = 0; i < out.nsyms; i++) {
		struct isym sym = syms[i];

		sym.name = intern(&m->pool, text + syms[i].name);
		sym.scope = intern(&m->pool, text + syms[i].scope);
		sym.file = number;
		buf_add(&m->syms, &sym, sizeof(sym));
	}
	for (i = 0; i < out.nincs; i++) {
		s = intern(&m->pool, text + incs[i]);
		buf_add(&m->incs, &s, sizeof(s));
	}
	buf_add(&m->files, &out, sizeof(out));
}

static int
byname(const void *a, const void *b, void *arg)
{
	const struct image *m = arg;
	const struct isym *syms = (const struct isym *)m->syms.data;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int c = strcmp(
	    m->pool.text.data + syms[x].name, m->pool.text.data + syms[y].name);

	return c ? c : x < y ? -1 : x > y;
}

static void
sortnames(struct image *m)
{
	uint32_t i, n = (uint32_t)(m->syms.len / sizeof(struct isym));

	for (i = 0; i < n; i++)
		buf_add(&m->byname, &i, sizeof(i));
	if (n)
		qsort_r(m->byname.data, n, sizeof(uint32_t), byname, m);
}

static void
section(struct buf *b, const struct buf *part, uint64_t *at)
{
	while (b->len % 8)
		buf_add(b, "", 1);
	*at = b->len;
	buf_add(b, part->data, part->len);
}

static void
treehash(struct image *m)
{
	const struct ifile *f = (const struct ifile *)m->files.data;
	struct buf b = {0};
	uint32_t i;

	for (i = 0; i < m->head.nfiles; i++) {
		buf_adds(&b, m->pool.text.data + f[i].path);
		buf_add(&b, f[i].hash, sizeof(f[i].hash));
		buf_add(&b, &f[i].size, sizeof(f[i].size));
	}
	sha256hex(b.data ? b.data : "", b.len, m->head.hash);
	buf_free(&b);
}

static void
write_image(struct image *m, const char *path)
{
	struct buf b = {0};

	memcpy(m->head.magic, MAGIC, 8);
	m->head.version = VERSION;
	m->head.nfiles = (uint32_t)(m->files.len / sizeof(struct ifile));
	m->head.nsyms = (uint32_t)(m->syms.len / sizeof(struct isym));
	m->head.nincs = (uint32_t)(m->incs.len / sizeof(uint32_t));
	m->head.ndirs = (uint32_t)(m->dirs.len / sizeof(struct idir));
	treehash(m);
	buf_add(&b, &m->head, sizeof(m->head));
	section(&b, &m->files, &m->head.files);
	section(&b, &m->syms, &m->head.syms);
	section(&b, &m->byname, &m->head.byname);
	section(&b, &m->incs, &m->head.incs);
	section(&b, &m->dirs, &m->head.dirs);
	section(&b, &m->pool.text, &m->head.text);
	m->head.size = b.len;
	memcpy(b.data, &m->head, sizeof(m->head));
	if (writefile(path, b.data, b.len, 0) < 0)
		err(EX_IOERR, "%s", path);
	buf_free(&b);
}

static void
build(struct scan *s, const struct index *old, const char *path)
{
	struct image m = {0};
	struct idir d = {0};
	size_t i;

	intern(&m.pool, "");
	for (i = 0; i < s->nfiles; i++) {
		putfile(&m, &s->files[i], (uint32_t)i, old);
		free(s->files[i].path);
		free(s->files[i].syms);
		free(s->files[i].incs);
		buf_free(&s->files[i].text);
	}
	for (i = 0; i < s->ndirs; i++) {
		d.path = intern(&m.pool, s->dirs[i].path);
		d.mtime = s->dirs[i].mtime;
		buf_add(&m.dirs, &d, sizeof(d));
		free(s->dirs[i].path);
	}
	sortnames(&m);
	write_image(&m, path);
	buf_free(&m.files);
	buf_free(&m.syms);
	buf_free(&m.byname);
	buf_free(&m.incs);
	buf_free(&m.dirs);
	buf_free(&m.pool.text);
	free(m.pool.slots);
}

static int
within(const struct index *x, uint64_t at, uint64_t n, uint64_t size)
{
	return at <= x->size && n <= (x->size - at) / size;
}

static int
sound(const struct index *x)
{
	const struct ihead *h = x->head;

	return x->size >= sizeof(*h) && memcmp(h->magic, MAGIC, 8) == 0 &&
	       h->version == VERSION && h->size == x->size &&
	       within(x, h->files, h->nfiles, sizeof(struct ifile)) &&
	       within(x, h->syms, h->nsyms, sizeof(struct isym)) &&
	       within(x, h->byname, h->nsyms, sizeof(uint32_t)) &&
	       within(x, h->incs, h->nincs, sizeof(uint32_t)) &&
	       within(x, h->dirs, h->ndirs, sizeof(struct idir)) &&
	       h->text < x->size;
}

static void
unmap(struct index *x)
{
	if (x->map)
		munmap((void *)x->map, x->size);
	x->map = NULL;
	x->head = NULL;
}

/* 0 if there is none that can be used */
static int
map(struct index *x, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0)
		return 0;
	p = fstat(fd, &st) == 0 && st.st_size > 0
		? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
		: MAP_FAILED;
	close(fd);
	if (p == MAP_FAILED)
		return 0;
	x->map = p;
	x->size = (size_t)st.st_size;
	x->head = p;
	if (!sound(x)) {
		unmap(x);
		return 0;
	}
	x->files = (const void *)((const char *)p + x->head->files);
	x->syms = (const void *)((const char *)p + x->head->syms);
	x->byname = (const void *)((const char *)p + x->head->byname);
	x->incs = (const void *)((const char *)p + x->head->incs);
	x->dirs = (const void *)((const char *)p + x->head->dirs);
	x->text = (const char *)p + x->head->text;
	return 1;
}

static int
unchanged(int rootfd, const char *path, int64_t mtime, const uint64_t *size)
{
	struct stat st;

	if (fstatat(rootfd, *path ? path : ".", &st, 0) < 0)
		return 0;
	return mtimeof(&st) == mtime &&
	       (!size || (uint64_t)st.st_size == *size);
}

/* no file was added, removed or changed since */
static int
fresh(const struct index *x)
{
	int fd = open(x->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ok = 1;
	uint32_t i;

	for (i = 0; ok && i < x->head->ndirs; i++)
		ok = unchanged(
		    fd, istr(x, x->dirs[i].path), x->dirs[i].mtime, NULL);
	for (i = 0; ok && i < x->head->nfiles; i++)
		ok = unchanged(fd, istr(x, x->files[i].path), x->files[i].mtime,
		    &x->files[i].size);
	close(fd);
	return ok;
}

void
index_open(struct index *x, const char *root)
{
	struct scan s = {0};
	char key[65], *path;
	struct stat st;

	*x = (struct index){.root = realpath(root, NULL)};
	if (!x->root || stat(x->root, &st) < 0)
		err(EX_UNAVAILABLE, "%s", root);
	if (!S_ISDIR(st.st_mode))
		errx(EX_UNAVAILABLE, "%s: not a directory", root);
	sha256hex(x->root, strlen(x->root), key);
	path = rootpath("build/index/%.16s.idx", key);
	if (!map(x, path) || !fresh(x)) {
		scantree(&s, x->root);
		x->parsed = parseall(&s, x, x->root);
		build(&s, x, path);
		free(s.files);
		free(s.dirs);
		unmap(x);
		if (!map(x, path))
			errx(EX_SOFTWARE, "%s: not the index just written",
			    path);
	}
	free(path);
}

void
index_close(struct index *x)
{
	unmap(x);
	free(x->root);
	x->root = NULL;
}

size_t
index_find(const struct index *x, const char *name, size_t *n)
{
	size_t lo = 0, hi = x->head->nsyms, mid, first;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (strcmp(istr(x, x->syms[x->byname[mid]].name), name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (first = lo;
	     lo < x->head->nsyms &&
	     strcmp(istr(x, x->syms[x->byname[lo]].name), name) == 0;
	     lo++)
		;
	*n = lo - first;
	return first;
}
