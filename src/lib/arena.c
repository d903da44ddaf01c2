#include <err.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "util.h"

#define CHUNK ((size_t)1 << 16)

struct chunk {
	struct chunk *next;
	size_t used, cap;
	alignas(max_align_t) char data[];
};

static struct chunk *
newchunk(struct arena *a, size_t cap)
{
	struct chunk *c;
	size_t n;

	if (__builtin_add_overflow(cap, sizeof(*c), &n))
		errx(EX_OSERR, "cannot allocate %zu bytes", cap);
	c = xmalloc(n);
	*c = (struct chunk){.next = a->chunks, .cap = cap};
	return a->chunks = c;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	struct chunk *c = a->chunks;
	void *p;

	if (n > SIZE_MAX / 2)
		errx(EX_OSERR, "cannot allocate %zu bytes", n);
	n = (n + align - 1) / align * align;
	if (!c || c->cap - c->used < n)
		c = newchunk(a, n > CHUNK / 4 ? n : CHUNK);
	p = c->data + c->used;
	c->used += n;
	a->total += n;
	return memset(p, 0, n);
}

void *
arena_copy(struct arena *a, const void *data, size_t n)
{
	void *p = arena_alloc(a, n + 1);

	return n ? memcpy(p, data, n) : p;
}

char *
arena_str(struct arena *a, const char *s)
{
	return arena_copy(a, s, strlen(s));
}

void *
arena_grow(struct arena *a, void *list, size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (n & (n - 1) || (n == 0 && list))
		return list;
	if (__builtin_mul_overflow(n ? n * 2 : 1, size, &bytes))
		errx(EX_OSERR, "a list of %zu elements", n);
	p = arena_alloc(a, bytes);
	return n ? memcpy(p, list, n * size) : p;
}

void
arena_free(struct arena *a)
{
	struct chunk *c, *next;

	for (c = a->chunks; c; c = next) {
		next = c->next;
		free(c);
	}
	*a = (struct arena){0};
}
