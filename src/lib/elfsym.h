/*
 * What a shared library or object says of itself: symbols it needs and gives,
 * libraries it loads, code it runs by itself.  The file is not trusted: every
 * offset is checked.
 */
#ifndef ELFSYM_H
#define ELFSYM_H

#include "util.h"

struct elfsym {
	char **undefined; /* names, NULL-terminated */
	char **exported;  /* global definitions that others may meet */
	char **functions; /* global ones of code, hidden ones among them... */
	char **weak;	  /* ...and those that give way to others */
	char **needed;	  /* libraries */
	long starters;	  /* functions run when it is loaded, beside the
			     compiler's own one */
	int shared;	  /* a library, not an object */
	int ifuncs;	  /* symbols chosen at load time */
	int writeexec;	  /* a segment is both writable and executable */
	int textrel;	  /* code is changed when it is loaded */
};

/* returns NULL, or why the file cannot be read as ELF of 64 bits (static) */
const char *elfsym_read(const char *path, struct elfsym *e);
void elfsym_free(struct elfsym *e);

#endif
