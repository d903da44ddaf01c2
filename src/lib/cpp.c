#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "cpp.h"
#include "util.h"

void
cpp_parse(struct cpp *c, const char *text, size_t len)
{
	TSParser *parser = ts_parser_new();

	if (!parser || !ts_parser_set_language(parser, tree_sitter_cpp()))
		errx(EX_SOFTWARE, "tree-sitter does not take the C++ grammar");
	c->text = text;
	c->len = len;
	c->tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)len);
	if (!c->tree)
		errx(EX_SOFTWARE, "tree-sitter gave no tree");
	c->root = ts_tree_root_node(c->tree);
	ts_parser_delete(parser);
}

void
cpp_free(struct cpp *c)
{
	if (c->tree)
		ts_tree_delete(c->tree);
	*c = (struct cpp){0};
}

int
cpp_is(TSNode node, const char *type)
{
	return !ts_node_is_null(node) && strcmp(ts_node_type(node), type) == 0;
}

size_t
line_start(const char *text, size_t len, unsigned line)
{
	const char *p = text, *end = text + len;

	while (line > 1 && p) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
		line--;
	}
	return p ? (size_t)(p - text) : len;
}

static TSNode
field(TSNode node, const char *name)
{
	return ts_node_child_by_field_name(node, name, (uint32_t)strlen(name));
}

TSNode
cpp_nameof(TSNode node)
{
	TSNode next = field(node, "name");

	if (!ts_node_is_null(next))
		return next;
	for (;;) {
		next = field(node, "declarator");
		if (ts_node_is_null(next) &&
		    cpp_is(node, "reference_declarator"))
			next = ts_node_named_child(node, 0);
		if (ts_node_is_null(next) &&
		    cpp_is(node, "parenthesized_declarator"))
			next = ts_node_named_child(node, 0);
		if (ts_node_is_null(next))
			break;
		node = next;
	}
	if (cpp_is(node, "identifier") || cpp_is(node, "field_identifier") ||
	    cpp_is(node, "type_identifier") || cpp_is(node, "operator_name") ||
	    cpp_is(node, "operator_cast") || cpp_is(node, "destructor_name") ||
	    cpp_is(node, "qualified_identifier") ||
	    cpp_is(node, "template_function"))
		return node;
	return (TSNode){0};
}

static int
isclass(TSNode n)
{
	return (cpp_is(n, "class_specifier") || cpp_is(n, "struct_specifier") ||
		   cpp_is(n, "union_specifier") ||
		   cpp_is(n, "enum_specifier")) &&
	       !ts_node_is_null(field(n, "body"));
}

static int
isdeclaration(TSNode n)
{
	static const char *const types[] = {"declaration", "field_declaration",
	    "function_definition", "alias_declaration", "type_definition",
	    "preproc_def", "preproc_function_def", "template_declaration",
	    "enumerator", "using_declaration", "inline_method_definition"};
	size_t i;

	for (i = 0; i < LEN(types); i++)
		if (cpp_is(n, types[i]))
			return 1;
	return isclass(n);
}

static char *
nametext(const struct cpp *c, TSNode node)
{
	TSNode name = cpp_nameof(node);
	uint32_t start, end;

	if (ts_node_is_null(name))
		return xstrdup("");
	start = ts_node_start_byte(name);
	end = ts_node_end_byte(name);
	return xstrndup(c->text + start, end - start);
}

/* whole lines around the bytes from start to end */
static void
setlines(const struct cpp *c, struct piece *out, size_t start, size_t end)
{
	const char *p;
	size_t i;

	while (start > 0 && c->text[start - 1] != '\n')
		start--;
	p = end < c->len ? memchr(c->text + end, '\n', c->len - end) : NULL;
	end = p ? (size_t)(p - c->text) : c->len;
	out->start = start;
	out->end = end;
	out->first = out->last = 1;
	for (i = 0; i < end; i++) {
		if (c->text[i] != '\n')
			continue;
		out->first += i < start;
		out->last++;
	}
}

static void
setpiece(const struct cpp *c, TSNode node, const char *kind, struct piece *out)
{
	TSNode outer = ts_node_parent(node);

	out->kind = kind;
	out->name = nametext(c, node);
	if (cpp_is(outer, "template_declaration"))
		node = outer;
	setlines(c, out, ts_node_start_byte(node), ts_node_end_byte(node));
}

/* the smallest node at the first character of a line, or at its last */
static TSNode
nodeat(const struct cpp *c, unsigned line, int last)
{
	size_t at = line_start(c->text, c->len, line);
	size_t end = line_start(c->text, c->len, line + 1);

	while (at < end && isspace((unsigned char)c->text[at]))
		at++;
	while (end > at && isspace((unsigned char)c->text[end - 1]))
		end--;
	if (last && end > at)
		at = end - 1;
	return ts_node_descendant_for_byte_range(
	    c->root, (uint32_t)at, (uint32_t)at);
}

static int
startsblock(const char *p, const char *end)
{
	return p < end && (isalpha((unsigned char)*p) || *p == '_');
}

/* without a tree that helps: from a line that begins in the first column with
   a letter to the next that begins with a brace's close */
static int
byindent(const struct cpp *c, unsigned line, struct piece *out)
{
	size_t at = line_start(c->text, c->len, line), start;
	const char *end = c->text + c->len, *p, *open = NULL;

	for (start = at;;) {
		p = c->text + start;
		if (startsblock(p, end)) {
			open = p;
			break;
		}
		if (start == 0 || (*p == '}' && start != at))
			break;
		for (start--; start > 0 && c->text[start - 1] != '\n'; start--)
			;
	}
	if (!open)
		return 0;
	for (p = open; p < end; p++) {
		if (p > open && p[-1] == '\n' && *p == '}')
			break;
		if (p[0] == '\n' && p + 1 < end && p[1] == '\n' &&
		    (size_t)(p - c->text) > at + 2000)
			break;
	}
	out->kind = "function";
	out->name = xstrdup("");
	setlines(c, out, (size_t)(open - c->text),
	    p < end ? (size_t)(p - c->text) : c->len);
	if (out->last > line + 200)
		out->last = line + 200;
	out->end = line_start(c->text, c->len, out->last + 1);
	if (out->end > out->start && out->end <= c->len &&
	    c->text[out->end - 1] == '\n')
		out->end--;
	return 1;
}

/* what is around a node: 1 and a function, else a class and a top-level
   declaration, null if there is none */
static int
around(TSNode n, TSNode *function, TSNode *class, TSNode *top)
{
	for (; !ts_node_is_null(n); n = ts_node_parent(n)) {
		if (cpp_is(n, "function_definition") ||
		    cpp_is(n, "inline_method_definition")) {
			*function = n;
			return 1;
		}
		if (isclass(n) && ts_node_is_null(*class))
			*class = n;
		if (isdeclaration(n))
			*top = n;
	}
	return 0;
}

int
cpp_enclosing(const struct cpp *c, unsigned line, struct piece *out)
{
	TSNode function = {0}, class = {0}, top = {0};

	if (around(nodeat(c, line, 0), &function, &class, &top) ||
	    around(nodeat(c, line, 1), &function, &class, &top)) {
		setpiece(c, function, "function", out);
		return 1;
	}
	if (!ts_node_is_null(class)) {
		setpiece(c, class, "class", out);
		return 1;
	}
	if (!ts_node_has_error(c->root) && !ts_node_is_null(top)) {
		setpiece(c, top, "declaration", out);
		return 1;
	}
	if (byindent(c, line, out))
		return 1;
	if (ts_node_is_null(top))
		return 0;
	setpiece(c, top, "declaration", out);
	return 1;
}

int
cpp_declaration(const struct cpp *c, unsigned line, struct piece *out)
{
	TSNode n = nodeat(c, line, 0), body, before;
	size_t start, end;

	while (!ts_node_is_null(n) && !isdeclaration(n))
		n = ts_node_parent(n);
	if (ts_node_is_null(n))
		return 0;
	out->kind = isclass(n) ? "class" : "declaration";
	out->name = nametext(c, n);
	end = ts_node_end_byte(n);
	body = field(n, "body");
	if (!ts_node_is_null(body) && !cpp_is(n, "enum_specifier"))
		end = ts_node_start_byte(body);
	if (cpp_is(ts_node_parent(n), "template_declaration"))
		n = ts_node_parent(n);
	start = ts_node_start_byte(n);
	for (before = ts_node_prev_sibling(n); cpp_is(before, "comment");
	     before = ts_node_prev_sibling(before))
		if (ts_node_end_point(before).row + 1 >=
		    ts_node_start_point(n).row) {
			start = ts_node_start_byte(before);
			n = before;
		} else {
			break;
		}
	setlines(c, out, start, end > start ? end - 1 : end);
	return 1;
}
