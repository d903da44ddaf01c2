/*
 * What a compiler or linker printed, as a list of diagnostics.
 *
 * Reads the text of gcc, clang, GNU ld and lld, and gcc's
 * -fdiagnostics-format=json, also mixed and also cut off at any byte.  A
 * diagnostic printed again (same place, same message) is counted, not repeated;
 * warnings are counted only.  Cost is linear in the log.
 */
#ifndef DIAG_H
#define DIAG_H

#include <stddef.h>

#define DIAG_NOTES 8  /* notes kept with an error; the rest are counted */
#define DIAG_FRAMES 3 /* frames kept of a backtrace; the rest are counted */

/* bytes borrowed from the log (or from what diags_parse made of it) */
struct slice {
	const char *s;
	size_t n;
};

struct place {
	struct slice file; /* as the compiler wrote it; n 0: nowhere */
	unsigned line;	   /* from 1; 0: not said */
	unsigned column;   /* from 1; 0: not said */
};

struct note {
	struct place at;
	struct slice message;
};

enum diagkind {
	DIAG_ERROR,  /* a compile error */
	DIAG_FATAL,  /* one that stops the compiler: a missing header */
	DIAG_LINK,   /* the linker's */
	DIAG_DRIVER, /* of no place: options, the compiler's own failure */
};

struct diag {
	enum diagkind kind;
	struct place at;
	struct slice message;
	struct slice option;   /* "-Werror=..." without brackets, or n 0 */
	struct slice function; /* as the compiler named it, or n 0 */
	struct note notes[DIAG_NOTES];
	unsigned nnotes;    /* kept */
	unsigned morenotes; /* not kept */
	/* the includes that led to at.file, and the template instantiations
	   that led to the error, innermost first */
	struct place included[DIAG_FRAMES], required[DIAG_FRAMES];
	unsigned nincluded, nrequired;	     /* kept */
	unsigned moreincluded, morerequired; /* not kept */
	unsigned times;			     /* how often it was printed */
};

/* zero-initialise; list is in order of appearance */
struct diags {
	struct diag *list;
	size_t n, cap;
	size_t warnings;
	unsigned *hash; /* of places in list, from 1 */
	size_t nhash;
};
void diags_parse(struct diags *d, const char *log, size_t len);

int slice_is(struct slice a, const char *s);
int slice_same(struct slice a, struct slice b);

#endif
