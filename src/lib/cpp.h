/*
 * C and C++ text as a syntax tree: what piece of it a line lies in.
 *
 * The grammar is tree-sitter's for C++, which reads C as well and goes on after
 * errors, as text that does not compile needs.  Programs that use this link
 * -ltree-sitter.
 */
#ifndef CPP_H
#define CPP_H

#include <stddef.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_cpp(void);

/* a parsed text; text is borrowed and must outlive it */
struct cpp {
	const char *text;
	size_t len;
	TSTree *tree;
	TSNode root;
};
void cpp_parse(struct cpp *c, const char *text, size_t len);
void cpp_free(struct cpp *c);

/* a run of whole lines that belong together */
struct piece {
	const char *kind; /* "function", "class" or "declaration" */
	char *name;	  /* qualified as written, "" if it has none; owned */
	size_t start;	  /* bytes of its first line's begin .. */
	size_t end;	  /* .. to its last line's end, newline excluded */
	unsigned first;	  /* its lines, from 1 */
	unsigned last;
};
/* the innermost function around a line (from 1), else the class, else the
   top-level declaration; 0 if there is none, and the piece is then unset */
int cpp_enclosing(const struct cpp *c, unsigned line, struct piece *out);
/* the smallest declaration or definition that begins at or holds a line, with
   the comment before it: a member of a class rather than the class.  A body is
   left out: the piece ends where it opens. */
int cpp_declaration(const struct cpp *c, unsigned line, struct piece *out);

/* the name that a definition or declaration node gives, or a null node */
TSNode cpp_nameof(TSNode node);
/* is node's type this? */
int cpp_is(TSNode node, const char *type);

/* bytes where a line (from 1) begins; len of the text if there are fewer */
size_t line_start(const char *text, size_t len, unsigned line);

#endif
