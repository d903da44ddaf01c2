/* Memory that is given out piece by piece and freed at once. */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

/* zero-initialise; release with arena_free */
struct arena {
	struct chunk *chunks; /* newest first */
	size_t total;	      /* bytes asked for so far */
};

/* n zeroed bytes, aligned for any type */
void *arena_alloc(struct arena *a, size_t n);
char *arena_str(struct arena *a, const char *s);
void *arena_copy(struct arena *a, const void *data, size_t n);
/* list with room for one element of size more than the n it has; the old place
   if there is room, which grows by doubling */
void *arena_grow(struct arena *a, void *list, size_t n, size_t size);
void arena_free(struct arena *a);

#endif
