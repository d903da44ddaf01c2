/*
 * An index of a tree of C and C++ sources: which symbols are declared where.
 *
 * The index is one file that is mapped, not read: build/index/KEY.idx, KEY made
 * of the tree's real path.  It is brought up to date when it is opened: a file
 * whose size and time are those indexed is left alone, one whose content is
 * known by its hash keeps its symbols, any other is parsed.  Files over
 * INDEX_MAX bytes are listed, not parsed.
 */
#ifndef INDEX_H
#define INDEX_H

#include <stddef.h>
#include <stdint.h>

#define INDEX_MAX (300 * 1024)

enum symkind {
	SYM_CLASS = 1, /* with a body; struct and union, too */
	SYM_ENUM,
	SYM_FUNCTION, /* free, or a member: then it has a scope */
	SYM_TYPE,     /* typedef, using */
	SYM_MACRO,
	SYM_FIELD,
	SYM_VALUE, /* an enumerator */
	SYM_VARIABLE,
};

/* what is in the mapped file; strings are offsets of text */
struct isym {
	uint32_t name;
	uint32_t scope; /* "MNN::Tensor"; "" for none */
	uint32_t file;	/* its number */
	uint32_t line;	/* from 1 */
	uint32_t start; /* bytes of the declaration in its file .. */
	uint32_t head;	/* .. to where its body opens, or the end .. */
	uint32_t end;	/* .. with the body */
	uint8_t kind;
	uint8_t defined; /* it has a body here */
	uint8_t pad[2];
};

struct ifile {
	uint32_t path; /* below the root */
	uint32_t lines;
	uint32_t sym, nsyms; /* its symbols are sym .. sym + nsyms */
	uint32_t inc, nincs; /* its includes, as written, quotes off */
	int64_t mtime;	     /* ns */
	uint64_t size;
	uint8_t hash[16]; /* of the content; zero if it was not parsed */
};

struct idir {
	uint32_t path;
	uint32_t pad;
	int64_t mtime;
};

struct ihead {
	char magic[8];
	uint32_t version;
	uint32_t nfiles, nsyms, nincs, ndirs;
	uint32_t pad;
	uint64_t files, syms, byname, incs, dirs, text, size; /* offsets */
	char hash[65]; /* of all paths and contents */
	char pad2[7];
};

struct index {
	char *root; /* real path */
	const void *map;
	size_t size;
	const struct ihead *head;
	const struct ifile *files; /* sorted by path */
	const struct isym *syms;   /* by file, then place */
	const uint32_t *byname;	   /* numbers of syms, sorted by name */
	const uint32_t *incs;	   /* strings */
	const struct idir *dirs;
	const char *text;
	unsigned parsed; /* files that this opening parsed */
};

/* open, bring up to date; status 69 if root is no directory */
void index_open(struct index *x, const char *root);
void index_close(struct index *x);

static inline const char *
istr(const struct index *x, uint32_t s)
{
	return x->text + s;
}

/* first of the symbols of this name in byname, and how many: 0 if none */
size_t index_find(const struct index *x, const char *name, size_t *n);

#endif
