#include "binary.h"

struct state {
	bool left;
};

static OrtStatus *
setup(struct node *n)
{
	char v[16];

	attr_string(n, "direction", "", v, sizeof(v));
	((struct state *)n->state)->left = strcmp(v, "LEFT") == 0;
	return NULL;
}

/* shifts by the type's width or more give 0 */
#define LEFT(T, x, y)                                                          \
	((T)((y) < 8 * sizeof(T) ? (x) << ((y) % (8 * sizeof(T))) : 0))
#define RIGHT(T, x, y)                                                         \
	((T)((y) < 8 * sizeof(T) ? (x) >> ((y) % (8 * sizeof(T))) : 0))

static OrtStatus *
run(struct node *n)
{
	struct tensor a, b, c;
	struct loop l;

	TRY(binary_start(n, &a, &b, &c, &l));
	if (c.n == 0)
		return NULL;
	if (((struct state *)n->state)->left)
		switch (a.type) {
			EACH_UNSIGNED(BINARY_CASE, LEFT)
		}
	else
		switch (a.type) {
			EACH_UNSIGNED(BINARY_CASE, RIGHT)
		}
	return NULL;
}

static const struct op theop = {.name = "BitShift",
    .in = "TT",
    .out = "T",
    .T = SET(EACH_UNSIGNED),
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
