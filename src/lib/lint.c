#include <ctype.h>
#include <err.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "cpp.h"
#include "elfsym.h"
#include "lint.h"

#define MAXTEXT 160  /* bytes of evidence kept of a line */
#define MAXNEST 200  /* macros within macros that are looked into */
#define MAXSTATE 256 /* variables kept between calls that are followed */

enum kind { ALLOW, FLAG, LIBRARY, HACK };

/* a line of a list of symbols and words */
struct rule {
	int word;
	enum kind kind;
	char *category, *pattern;
};

struct rules {
	struct rule *v;
	size_t n;
};

/* what is being looked at, and what was found */
struct lint {
	struct rules rules;
	cJSON *findings;
	int hacks, flags, library;
	const char *file;
	struct cpp tree;
	unsigned line; /* of the text's first line in the file */
	const char *state[MAXSTATE];
	int counted[MAXSTATE];
	size_t nstate;
};

/* ---- the lists ---- */

static enum kind
kindof(const char *word, const char *path, int line)
{
	static const char *const names[] = {"allow", "flag", "library", "hack"};

	for (size_t i = 0; i < LEN(names); i++)
		if (!strcmp(word, names[i]))
			return (enum kind)i;
	errx(EX_DATAERR,
	    "%s: line %d: '%s' is none of allow, flag, library, "
	    "hack",
	    path, line, word);
}

static char *
nextword(char **at)
{
	char *s = *at + strspn(*at, " \t");

	*at = s + strcspn(s, " \t");
	if (**at)
		*(*at)++ = '\0';
	return s;
}

static void
ruleadd(struct rules *r, char *line, const char *path, int number)
{
	const char *what = nextword(&line), *kind = nextword(&line);
	const char *category = nextword(&line), *pattern = nextword(&line);

	if (!*pattern || (strcmp(what, "symbol") && strcmp(what, "word")))
		errx(EX_DATAERR,
		    "%s: line %d: not 'symbol|word KIND CATEGORY PATTERN'",
		    path, number);
	r->v = xreallocarray(r->v, r->n + 1, sizeof(*r->v));
	r->v[r->n++] = (struct rule){!strcmp(what, "word"),
	    kindof(kind, path, number), xstrdup(category), xstrdup(pattern)};
}

static void rulesread(struct rules *r, const char *path);

static void
ruleinclude(struct rules *r, const char *name)
{
	char *path = rootpath("mk/engines/%s", name);

	rulesread(r, path);
	free(path);
}

static void
rulesread(struct rules *r, const char *path)
{
	struct buf b = {0};
	int number = 0;
	char *line, *end;

	if (buf_readfile(&b, path, 1 << 20) < 0)
		err(EX_UNAVAILABLE, "%s", path);
	for (line = b.data; line && *line; line = end + 1) {
		end = line + strcspn(line, "\n");
		number++;
		if (*line != '#' && *line != '\n') {
			char *copy = xstrndup(line, (size_t)(end - line));

			if (strncmp(copy, "include ", 8) == 0)
				ruleinclude(r, copy + 8);
			else
				ruleadd(r, copy, path, number);
			free(copy);
		}
		if (!*end)
			break;
	}
	buf_free(&b);
}

/* those of an engine, and those of all; read once */
static struct rules
rulesof(const char *engine)
{
	static struct rules kept;
	static char *name;
	char *path;

	if (name && !strcmp(name, engine))
		return kept;
	kept = (struct rules){0};
	name = xstrdup(engine);
	path = rootpath("mk/engines/%s-symbols.txt", engine);
	rulesread(&kept, path);
	free(path);
	path = rootpath("mk/engines/source-words.txt");
	rulesread(&kept, path);
	free(path);
	return kept;
}

static const struct rule *
match(const struct rules *r, int word, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].word == word &&
		    (*r->v[i].pattern == *name ||
			strchr("*?[", *r->v[i].pattern)) &&
		    fnmatch(r->v[i].pattern, name, 0) == 0)
			return &r->v[i];
	return NULL;
}

/* ---- findings ---- */

static void
find(struct lint *l, enum kind kind, const char *rule, unsigned line,
    const char *text, size_t n, const char *why)
{
	cJSON *f;

	if (kind == HACK)
		l->hacks++;
	else
		l->flags++;
	if (kind == LIBRARY)
		l->library = 1;
	if (cJSON_GetArraySize(l->findings) >= LINT_MOST && kind != HACK)
		return;
	if (cJSON_GetArraySize(l->findings) >= 2 * LINT_MOST)
		return;
	f = cJSON_CreateObject();
	json_set(f, "rule", cJSON_CreateString(rule));
	json_set(
	    f, "class", cJSON_CreateString(kind == HACK ? "hack" : "flag"));
	json_set(f, "file", cJSON_CreateString(l->file));
	if (line)
		json_set(f, "line", cJSON_CreateNumber(line));
	json_set(f, "text", json_text(text, n > MAXTEXT ? MAXTEXT : n));
	json_set(f, "why", cJSON_CreateString(why));
	cJSON_AddItemToArray(l->findings, f);
}

/* the source line that a node begins on is the evidence */
static void
findnode(struct lint *l, enum kind kind, const char *rule, TSNode node,
    const char *why)
{
	size_t start = ts_node_start_byte(node), end;

	while (start > 0 && l->tree.text[start - 1] != '\n')
		start--;
	while (
	    start < l->tree.len && isspace((unsigned char)l->tree.text[start]))
		start++;
	for (end = start; end < l->tree.len && l->tree.text[end] != '\n'; end++)
		;
	find(l, kind, rule, l->line + ts_node_start_point(node).row,
	    l->tree.text + start, end - start, why);
}

static char *
textof(const struct lint *l, TSNode node)
{
	uint32_t start = ts_node_start_byte(node);

	return xstrndup(l->tree.text + start, ts_node_end_byte(node) - start);
}

static TSNode
child(TSNode node, const char *field)
{
	return ts_node_child_by_field_name(
	    node, field, (uint32_t)strlen(field));
}

/* ---- source: what it names ---- */

static int
isidentifier(TSNode n)
{
	return cpp_is(n, "identifier") || cpp_is(n, "field_identifier") ||
	       cpp_is(n, "type_identifier") ||
	       cpp_is(n, "namespace_identifier");
}

static void
word(struct lint *l, TSNode node)
{
	char *name = textof(l, node);
	const struct rule *r = match(&l->rules, 1, name);

	if (r && r->kind != ALLOW)
		findnode(l, r->kind, r->category, node,
		    r->kind == LIBRARY ? "an operator of the engine's own"
		    : r->kind == HACK
			? "a name that kernels have no business with"
			: "a name worth a look");
	free(name);
}

/* the character that an escape stands for */
static void
escape(const char *s, size_t n, struct buf *b)
{
	static const char letters[] = "ntvfr", space[] = "\n\t    ";
	const char *known = n == 2 ? strchr(letters, s[1]) : NULL;
	char text[8] = "", c;

	if (known && *known) {
		buf_add(b, space + (known - letters), 1);
		return;
	}
	snprintf(text, sizeof(text), "%.*s", (int)n - 1, s + 1);
	if (text[0] >= '0' && text[0] <= '7')
		c = (char)strtol(text, NULL, 8);
	else if (text[0] == 'x' || text[0] == 'u' || text[0] == 'U')
		c = (char)strtol(text + 1, NULL, 16);
	else
		c = text[0];
	buf_add(b, &c, 1);
}

/* a string's own characters, adjacent strings joined */
static void
stringtext(const struct lint *l, TSNode node, struct buf *b)
{
	uint32_t i, n = ts_node_named_child_count(node), s, e;

	if (cpp_is(node, "string_content") || cpp_is(node, "escape_sequence") ||
	    cpp_is(node, "raw_string_content")) {
		s = ts_node_start_byte(node);
		e = ts_node_end_byte(node);
		if (cpp_is(node, "escape_sequence"))
			escape(l->tree.text + s, e - s, b);
		else
			buf_add(b, l->tree.text + s, e - s);
		return;
	}
	for (i = 0; i < n; i++)
		stringtext(l, ts_node_named_child(node, i), b);
}

static void
literal(struct lint *l, TSNode node)
{
	static const char *const roots[] = {"/proc", "/sys", "/dev", "/tmp",
	    "/etc", "/usr", "/home", "/root", "/var", "/data", "/run", "/lib",
	    "/system", "/sdcard"};
	static const char *const telling[] = {
	    "supervise", "devrun", "runner-", "MKBENCH", "LD_PRELOAD"};
	struct buf b = {0};

	stringtext(l, node, &b);
	for (size_t i = 0; b.data && i < LEN(roots); i++)
		if (!strncmp(b.data, roots[i], strlen(roots[i])))
			findnode(l, HACK, "path", node,
			    "a path of the system in a string");
	for (size_t i = 0; b.data && i < LEN(telling); i++)
		if (strstr(b.data, telling[i]))
			findnode(l, FLAG, "harness", node,
			    "a string that names the harness");
	buf_free(&b);
}

/* ---- source: directives ---- */

static void
includes(struct lint *l, TSNode node)
{
	TSNode path = child(node, "path");
	char *text;

	if (ts_node_is_null(path))
		return;
	text = textof(l, path);
	if (cpp_is(path, "identifier") || cpp_is(path, "call_expression"))
		findnode(
		    l, FLAG, "path", node, "a header whose name is computed");
	else if (text[1] == '/' || strstr(text, ".."))
		findnode(l, HACK, "path", node,
		    "a header outside the candidate and the toolchain");
	free(text);
}

/* options that only say what the source may assume */
static int
mildoptions(const char *s)
{
	static const char *const mild[] = {"no-math-errno", "no-trapping-math",
	    "unroll-loops", "tree-vectorize", "O2", "O3", "no-strict-aliasing",
	    "strict-aliasing", "fno-math-errno", "fno-trapping-math",
	    "-fno-math-errno", "-fno-trapping-math", "inline", "align-loops"};
	char option[40];
	const char *end;

	while ((s = strchr(s, '"'))) {
		end = strchr(++s, '"');
		if (!end || (size_t)(end - s) >= sizeof option)
			return 0;
		while (s < end) {
			size_t i, n = strcspn(s, ",\"");

			snprintf(option, sizeof option, "%.*s", (int)n, s);
			for (i = 0; i < LEN(mild); i++)
				if (!strcmp(option, mild[i]))
					break;
			if (i == LEN(mild))
				return 0;
			s += n + (s[n] == ',');
		}
		s = end + 1;
	}
	return 1;
}

static void
pragma(struct lint *l, TSNode node, const char *text)
{
	static const char *const bad[] = {"weak", "redefine_extname", "comment",
	    "extern_prefix", "init", "fini", "section", "GCC pch_preprocess"};

	text += strspn(text, " \t\"(");
	for (size_t i = 0; i < LEN(bad); i++)
		if (!strncmp(text, bad[i], strlen(bad[i])) &&
		    !isalnum((unsigned char)text[strlen(bad[i])]))
			findnode(l, FLAG, "linker", node,
			    "a pragma that speaks to the linker");
	if (strstr(text, "optimize") && !mildoptions(text))
		findnode(l, FLAG, "optimize", node,
		    "flags of its own, beside those of the device");
}

static void
directive(struct lint *l, TSNode node)
{
	TSNode name = child(node, "directive"), arg = child(node, "argument");
	char *what = textof(l, ts_node_is_null(name) ? node : name);
	char *rest = ts_node_is_null(arg) ? xstrdup("") : textof(l, arg);

	if (strstr(what, "include") || strstr(what, "import"))
		findnode(
		    l, HACK, "path", node, "another way to include a file");
	else if (strstr(what, "pragma"))
		pragma(l, node, rest);
	free(what);
	free(rest);
}

/* ---- source: assembly ---- */

static int
startsword(const char *s, const char *w)
{
	size_t n = strlen(w);

	return !strncmp(s, w, n) && !isalnum((unsigned char)s[n]) &&
	       s[n] != '_';
}

/* one statement of assembly: a directive, a system call, a clock? */
static void
statement(struct lint *l, TSNode node, const char *s)
{
	static const char *const calls[] = {
	    "syscall", "sysenter", "svc", "int", "vmcall", "hvc", "smc"};
	static const char *const fine[] = {".p2align", ".align", ".balign"};
	static const char *const clocks[] = {"rdtsc", "rdtscp", "rdpmc"};
	static const char *const modes[] = {
	    "ldmxcsr", "vldmxcsr", "fldcw", "fldenv", "xrstor", "fxrstor"};

	for (size_t i = 0; i < LEN(fine); i++)
		if (startsword(s, fine[i]))
			return;
	if (*s == '.' && !isdigit((unsigned char)s[1]))
		findnode(
		    l, HACK, "asm", node, "assembly that is no instruction");
	for (size_t i = 0; i < LEN(calls); i++)
		if (startsword(s, calls[i]))
			findnode(l, HACK, "system", node, "a system call");
	for (size_t i = 0; i < LEN(clocks); i++)
		if (startsword(s, clocks[i]))
			findnode(l, FLAG, "clock", node, "a clock");
	for (size_t i = 0; i < LEN(modes); i++)
		if (startsword(s, modes[i]))
			findnode(l, FLAG, "cpu-state", node,
			    "a change of the processor's modes");
	if (startsword(s, "mrs") && strstr(s, "cnt"))
		findnode(l, FLAG, "clock", node, "a clock");
	if (startsword(s, "msr"))
		findnode(l, FLAG, "cpu-state", node,
		    "a change of the processor's modes");
}

static void
assembly(struct lint *l, TSNode node)
{
	TSNode code = child(node, "assembly_code"), up = ts_node_parent(node);
	struct buf b = {0};
	char *s, *end;

	if (cpp_is(up, "declaration") || cpp_is(up, "function_declarator")) {
		findnode(l, FLAG, "alias", node,
		    "a declaration with another name for the linker");
		return;
	}
	stringtext(l, ts_node_is_null(code) ? node : code, &b);
	for (s = b.data; s && *s; s = end) {
		s += strspn(s, " \t\n;\\");
		end = s + strcspn(s, "\n;");
		if (end > s + 2 && end[-1] != ':' && strchr(s, ':') &&
		    strchr(s, ':') < end)
			s = strchr(s, ':') + 1;
		s += strspn(s, " \t");
		statement(l, node, s);
	}
	buf_free(&b);
}

/* ---- source: attributes ---- */

/* __name__ is name too */
static int
hasword(const char *text, const char *name)
{
	size_t n = strlen(name);
	const char *s = text, *end;

	while ((s = strstr(s, name))) {
		end = s + n;
		if (s - text >= 2 && !strncmp(s - 2, "__", 2) &&
		    !strncmp(end, "__", 2))
			return 1;
		if ((s == text ||
			(!isalnum((unsigned char)s[-1]) && s[-1] != '_')) &&
		    !isalnum((unsigned char)*end) && *end != '_')
			return 1;
		s = end;
	}
	return 0;
}

static void
attributes(struct lint *l, TSNode node)
{
	static const struct {
		const char *name, *rule, *why;
	} bad[] = {
	    {"constructor", "constructor", "runs when it is loaded"},
	    {"destructor", "constructor", "runs when it is unloaded"},
	    {"init_priority", "constructor", "runs when it is loaded"},
	    {"alias", "alias", "another name for the linker"},
	    {"weak", "alias", "another name for the linker"},
	    {"weakref", "alias", "another name for the linker"},
	    {"ifunc", "alias", "chosen when it is loaded"},
	    {"section", "linker", "placed by hand"},
	    {"naked", "asm", "a function of assembly"},
	};
	char *text = textof(l, node);

	for (size_t i = 0; i < LEN(bad); i++)
		if (hasword(text, bad[i].name))
			findnode(l, FLAG, bad[i].rule, node, bad[i].why);
	if (strstr(text, "optimize") && !mildoptions(text))
		findnode(l, FLAG, "optimize", node,
		    "flags of its own, beside those of the device");
	free(text);
}

/* ---- source: what is kept between calls ---- */

static int
hasqualifier(const struct lint *l, TSNode node, const char *q)
{
	uint32_t n = ts_node_child_count(node);
	int found = 0;

	for (uint32_t i = 0; i < n && !found; i++) {
		TSNode c = ts_node_child(node, i);
		char *text;

		if (!cpp_is(c, "type_qualifier") &&
		    !cpp_is(c, "storage_class_specifier"))
			continue;
		text = textof(l, c);
		found = !strcmp(text, q);
		free(text);
	}
	return found;
}

static int
holds(TSNode node, const char *type)
{
	TSNode d = node;

	while (!ts_node_is_null(d)) {
		if (cpp_is(d, type))
			return 1;
		d = child(d, "declarator");
	}
	return 0;
}

static int
atfilescope(TSNode node)
{
	for (TSNode up = ts_node_parent(node); !ts_node_is_null(up);
	     up = ts_node_parent(up))
		if (cpp_is(up, "function_definition") ||
		    cpp_is(up, "lambda_expression") ||
		    cpp_is(up, "compound_statement") ||
		    cpp_is(up, "for_statement") ||
		    cpp_is(up, "field_declaration_list") || cpp_is(up, "ERROR"))
			return 0;
	return 1;
}

/* remember the names of variables that outlive a call and can change */
static void
keepstate(struct lint *l, TSNode node)
{
	uint32_t n = ts_node_named_child_count(node);
	int constant = hasqualifier(l, node, "const") ||
		       hasqualifier(l, node, "constexpr");

	if (!hasqualifier(l, node, "static") &&
	    !hasqualifier(l, node, "thread_local") && !atfilescope(node))
		return;
	if (hasqualifier(l, node, "extern"))
		return;
	for (uint32_t i = 0; i < n && l->nstate < MAXSTATE; i++) {
		TSNode d = ts_node_named_child(node, i), name = d;

		if (!cpp_is(d, "identifier") &&
		    ts_node_is_null(child(d, "declarator")))
			continue;
		if (holds(d, "function_declarator") ||
		    (constant && !holds(d, "pointer_declarator")))
			continue;
		if (!cpp_is(d, "identifier"))
			name = cpp_nameof(d);
		if (cpp_is(name, "identifier"))
			l->state[l->nstate++] = textof(l, name);
	}
}

/* the variable that an expression is, or is a part of */
static int
stateof(const struct lint *l, TSNode e)
{
	char *name;
	size_t i;

	while (!ts_node_is_null(e) && !cpp_is(e, "identifier")) {
		TSNode in = child(e, "argument");

		if (ts_node_is_null(in) &&
		    cpp_is(e, "parenthesized_expression"))
			in = ts_node_named_child(e, 0);
		if (ts_node_is_null(in) && cpp_is(e, "cast_expression"))
			in = child(e, "value");
		e = in;
	}
	if (ts_node_is_null(e))
		return -1;
	name = textof(l, e);
	for (i = 0; i < l->nstate && strcmp(l->state[i], name); i++)
		;
	free(name);
	return i < l->nstate ? (int)i : -1;
}

static int
isfixed(TSNode e)
{
	return cpp_is(e, "number_literal") || cpp_is(e, "null") ||
	       cpp_is(e, "nullptr") || cpp_is(e, "true") || cpp_is(e, "false");
}

static void
comparison(struct lint *l, TSNode node)
{
	TSNode a = child(node, "left"), b = child(node, "right");
	TSNode op = child(node, "operator");
	char *text = ts_node_is_null(op) ? xstrdup("") : textof(l, op);
	int i = stateof(l, a), j = stateof(l, b);
	int equality = !strcmp(text, "==") || !strcmp(text, "!=");

	if ((i >= 0) != (j >= 0) && equality && !isfixed(i >= 0 ? b : a))
		findnode(l, FLAG, "static-cache", node,
		    "compares with what an earlier call left");
	else if (strchr("<>=!%&", *text) && *text &&
		 ((i >= 0 && l->counted[i]) || (j >= 0 && l->counted[j])))
		findnode(l, FLAG, "call-counter", node,
		    "decides by a count that outlives the call");
	free(text);
}

static void
call(struct lint *l, TSNode node)
{
	TSNode f = child(node, "function"), args = child(node, "arguments");
	char *name = ts_node_is_null(f) ? xstrdup("") : textof(l, f);
	uint32_t n =
	    ts_node_is_null(args) ? 0 : ts_node_named_child_count(args);

	if (!strcmp(name, "_Pragma") && n) {
		struct buf b = {0};

		stringtext(l, args, &b);
		if (b.data)
			pragma(l, node, b.data);
		buf_free(&b);
	}
	if (strstr(name, "memcmp") || strstr(name, "bcmp"))
		for (uint32_t i = 0; i < n; i++)
			if (stateof(l, ts_node_named_child(args, i)) >= 0)
				findnode(l, FLAG, "static-cache", node,
				    "compares with what an earlier call left");
	free(name);
}

static void
counting(struct lint *l, TSNode node)
{
	TSNode e = child(node, "argument");
	int i;

	if (ts_node_is_null(e))
		e = child(node, "left");
	if (!ts_node_is_null(e) && (i = stateof(l, e)) >= 0)
		l->counted[i] = 1;
}

static void
assignment(struct lint *l, TSNode node)
{
	TSNode op = child(node, "operator");
	char *text = ts_node_is_null(op) ? xstrdup("") : textof(l, op);

	if (!strcmp(text, "+=") || !strcmp(text, "-="))
		counting(l, node);
	free(text);
}

/* a function that takes the place of one that kernels must not use */
static void
definition(struct lint *l, TSNode node)
{
	TSNode name = cpp_nameof(node);
	const struct rule *r;
	char *text;

	if (!cpp_is(name, "identifier") || hasqualifier(l, node, "static") ||
	    hasqualifier(l, node, "inline"))
		return;
	text = textof(l, name);
	r = match(&l->rules, 0, text);
	if (r && r->kind == HACK)
		findnode(l, HACK, "interpose", name,
		    "defines what others take from the C library");
	free(text);
}

/* ---- source: the walk ---- */

static void walktext(
    struct lint *l, const char *text, size_t n, unsigned line, int nest);

static void
visit(struct lint *l, TSNode node, int pass, int nest)
{
	const char *type = ts_node_type(node);

	if (pass == 0) {
		if (!strcmp(type, "declaration"))
			keepstate(l, node);
		return;
	}
	if (pass == 1) {
		if (!strcmp(type, "update_expression"))
			counting(l, node);
		else if (!strcmp(type, "assignment_expression"))
			assignment(l, node);
		return;
	}
	if (isidentifier(node))
		word(l, node);
	else if (!strcmp(type, "string_literal") ||
		 !strcmp(type, "raw_string_literal") ||
		 !strcmp(type, "concatenated_string"))
		literal(l, node);
	else if (!strcmp(type, "preproc_include"))
		includes(l, node);
	else if (!strcmp(type, "preproc_call"))
		directive(l, node);
	else if (!strcmp(type, "gnu_asm_expression"))
		assembly(l, node);
	else if (!strcmp(type, "attribute_specifier") ||
		 !strcmp(type, "attribute_declaration"))
		attributes(l, node);
	else if (!strcmp(type, "binary_expression"))
		comparison(l, node);
	else if (!strcmp(type, "call_expression"))
		call(l, node);
	else if (!strcmp(type, "function_definition"))
		definition(l, node);
	else if (!strcmp(type, "preproc_arg") && nest < MAXNEST &&
		 cpp_is(ts_node_parent(node), "preproc_def"))
		walktext(l, l->tree.text + ts_node_start_byte(node),
		    ts_node_end_byte(node) - ts_node_start_byte(node),
		    l->line + ts_node_start_point(node).row, nest + 1);
	else if (!strcmp(type, "preproc_arg") && nest < MAXNEST &&
		 cpp_is(ts_node_parent(node), "preproc_function_def"))
		walktext(l, l->tree.text + ts_node_start_byte(node),
		    ts_node_end_byte(node) - ts_node_start_byte(node),
		    l->line + ts_node_start_point(node).row, nest + 1);
}

static int
skipped(TSNode node)
{
	return cpp_is(node, "concatenated_string") ||
	       cpp_is(node, "gnu_asm_expression") ||
	       cpp_is(node, "preproc_include");
}

static void
walk(struct lint *l, int pass, int nest)
{
	TSTreeCursor c = ts_tree_cursor_new(l->tree.root);

	for (;;) {
		TSNode node = ts_tree_cursor_current_node(&c);

		visit(l, node, pass, nest);
		if (!skipped(node) && ts_tree_cursor_goto_first_child(&c))
			continue;
		while (!ts_tree_cursor_goto_next_sibling(&c))
			if (!ts_tree_cursor_goto_parent(&c)) {
				ts_tree_cursor_delete(&c);
				return;
			}
	}
}

static void
walktext(struct lint *l, const char *text, size_t n, unsigned line, int nest)
{
	struct cpp outer = l->tree;
	unsigned outerline = l->line;
	char *copy = xmalloc(n + 1);

	for (size_t i = 0; i < n; i++)
		copy[i] =
		    nest && text[i] == '\\' && i + 1 < n && text[i + 1] == '\n'
			? ' '
			: text[i];
	cpp_parse(&l->tree, copy, n);
	l->line = line;
	if (nest == 0) {
		walk(l, 0, nest);
		walk(l, 1, nest);
	}
	walk(l, 2, nest);
	cpp_free(&l->tree);
	free(copy);
	l->tree = outer;
	l->line = outerline;
}

/* spellings that the grammar does not know as directives */
static void
spellings(struct lint *l, const char *text)
{
	unsigned line = 1;

	for (const char *s = text; *s; line++) {
		const char *end = s + strcspn(s, "\n");

		s += strspn(s, " \t");
		if (*s == '#' &&
		    !strncmp(s + 1 + strspn(s + 1, " \t"), "embed", 5))
			find(l, HACK, "path", line, s, (size_t)(end - s),
			    "a file put into the program");
		if (!strncmp(s, "%:", 2) || !strncmp(s, "?\?=", 3))
			find(l, HACK, "path", line, s, (size_t)(end - s),
			    "a directive in disguise");
		s = *end ? end + 1 : end;
	}
}

static void
source(struct lint *l, const cJSON *file)
{
	const char *text = json_string(file, "text");

	l->file = json_string(file, "name");
	l->nstate = 0;
	memset(l->counted, 0, sizeof l->counted);
	spellings(l, text);
	walktext(l, text, strlen(text), 1, 0);
	while (l->nstate > 0)
		free((char *)(uintptr_t)l->state[--l->nstate]);
}

/* ---- the library ---- */

static void
undefined(struct lint *l, const char *name)
{
	const struct rule *r = match(&l->rules, 0, name);

	if (r && r->kind == ALLOW)
		return;
	find(l, r ? r->kind : HACK, r ? r->category : "symbol", 0, name,
	    strlen(name),
	    !r		      ? "a symbol that kernels do not need"
	    : r->kind == HACK ? "a symbol that kernels must not use"
			      : "a symbol worth a look");
}

static void
library(struct lint *l, const char *path)
{
	static const char *const loads[] = {"libc.so*", "libm.so*",
	    "libstdc++.so*", "libgcc_s.so*", "ld-linux*", "libmvec.so*",
	    "libatomic.so*", "libdl.so*", "libpthread.so*"};
	const char *base = strrchr(path, '/'), *why;
	struct elfsym e;

	l->file = base ? base + 1 : path;
	why = elfsym_read(path, &e);
	if (why)
		find(l, HACK, "object", 0, l->file, strlen(l->file), why);
	for (size_t i = 0; e.undefined && e.undefined[i]; i++)
		undefined(l, e.undefined[i]);
	for (size_t i = 0; e.exported && e.exported[i]; i++)
		if (e.shared && strcmp(e.exported[i], "RegisterCustomOps"))
			find(l, HACK, "export", 0, e.exported[i],
			    strlen(e.exported[i]),
			    "a definition that others may meet");
	for (size_t i = 0; e.needed && e.needed[i]; i++) {
		size_t j = 0;

		while (j < LEN(loads) && fnmatch(loads[j], e.needed[i], 0))
			j++;
		if (j == LEN(loads))
			find(l, HACK, "library", 0, e.needed[i],
			    strlen(e.needed[i]), "a library of its own");
	}
	if (e.starters > 0)
		find(l, FLAG, "constructor", 0, "init_array", 10,
		    "code that runs when it is loaded");
	if (e.writeexec || e.textrel)
		find(l, FLAG, "memory", 0, l->file, strlen(l->file),
		    "code that can be changed");
	elfsym_free(&e);
}

/* the worst finding in one line */
static void
reason(cJSON *o, const cJSON *findings, const char *class)
{
	char *text;

	json_each (f, findings) {
		if (strcmp(json_string(f, "class"), class) != 0)
			continue;
		text = xasprintf("%s: %s: %s", json_string(f, "rule"),
		    json_string(f, "why"), json_string(f, "text"));
		json_set(o, "reason", cJSON_CreateString(text));
		free(text);
		return;
	}
}

cJSON *
lint_candidate(const char *engine, const cJSON *files, const char *objectpath)
{
	struct lint l = {.rules = rulesof(engine),
	    .findings = cJSON_CreateArray(),
	    .file = ""};
	cJSON *o = cJSON_CreateObject();

	json_each (f, files)
		source(&l, f);
	if (objectpath)
		library(&l, objectpath);
	json_set(o, "class",
	    cJSON_CreateString(l.hacks	 ? "hack"
			       : l.flags ? "flagged"
					 : "clean"));
	if (l.hacks || l.flags)
		reason(o, l.findings, l.hacks ? "hack" : "flag");
	json_set(o, "track",
	    cJSON_CreateString(
		l.library ? "library-assisted" : "self-contained"));
	json_set(o, "findings", l.findings);
	return o;
}
