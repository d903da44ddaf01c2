/* A map from strings to pointers.  Keys are not copied: they must live as long
   as the map.  Zero-initialise; release with map_free. */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>

struct map {
	struct mapentry {
		const char *key;
		void *value;
	} * slots;
	size_t used, cap;
};

/* where the value of key is, added as NULL if it is not there; valid until the
   next map_at */
void **map_at(struct map *m, const char *key);
/* the value of key, or NULL */
void *map_get(const struct map *m, const char *key);
int map_has(const struct map *m, const char *key);
void map_free(struct map *m);

#endif
