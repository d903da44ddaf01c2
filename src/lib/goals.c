#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "goals.h"
#include "util.h"

#define MOST ((size_t)1 << 30) /* bytes */

void
goals_add(struct goals *g, const char *dir)
{
	char *path = xasprintf("%s/goals", dir), *p, *nl;
	struct buf b = {0};

	if (buf_readfile(&b, path, MOST) < 0)
		err(EX_UNAVAILABLE, "%s (make sweep makes it)", path);
	for (p = b.data; p && (nl = strchr(p, '\n')); p = nl + 1) {
		*nl = '\0';
		g->name = xreallocarray(g->name, g->n + 1, sizeof(*g->name));
		g->name[g->n++] = xstrdup(p);
	}
	buf_free(&b);
	free(path);
}

void
goals_free(struct goals *g)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		free(g->name[i]);
	free(g->name);
	*g = (struct goals){0};
}
