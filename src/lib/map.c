#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "util.h"

static size_t
hash(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ h >> 29);
}

/* the slot of key, or the free one where it would be */
static struct mapentry *
slot(const struct map *m, const char *key)
{
	size_t i = hash(key) & (m->cap - 1);

	while (m->slots[i].key && strcmp(m->slots[i].key, key) != 0)
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

static void
grow(struct map *m)
{
	struct map old = *m;
	size_t i;

	m->cap = old.cap ? old.cap * 2 : 64;
	m->slots = xcalloc(m->cap, sizeof(*m->slots));
	for (i = 0; i < old.cap; i++)
		if (old.slots[i].key)
			*slot(m, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

void **
map_at(struct map *m, const char *key)
{
	struct mapentry *e;

	if (m->used * 4 >= m->cap * 3)
		grow(m);
	e = slot(m, key);
	if (!e->key) {
		e->key = key;
		m->used++;
	}
	return &e->value;
}

void *
map_get(const struct map *m, const char *key)
{
	return m->cap ? slot(m, key)->value : NULL;
}

int
map_has(const struct map *m, const char *key)
{
	return m->cap && slot(m, key)->key;
}

void
map_free(struct map *m)
{
	free(m->slots);
	*m = (struct map){0};
}
