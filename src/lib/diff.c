#include <stdlib.h>
#include <string.h>

#include "diff.h"

#define MOST 3000 /* changed lines of a side that are aligned */

struct line {
	const char *text;
	size_t n;
};

static struct line *
split(const char *s, size_t *count)
{
	struct line *lines = NULL;
	const char *nl;
	size_t room = 0;

	for (*count = 0; *s; s = *nl ? nl + 1 : nl) {
		nl = strchrnul(s, '\n');
		if (*count == room)
			lines = xreallocarray(
			    lines, room = room * 2 + 64, sizeof(*lines));
		lines[(*count)++] = (struct line){s, (size_t)(nl - s)};
	}
	return lines;
}

static int
equal(const struct line *a, const struct line *b)
{
	return a->n == b->n && memcmp(a->text, b->text, a->n) == 0;
}

/* longest common subsequences of all tails: (na + 1) x (nb + 1) */
static uint16_t *
tails(const struct line *a, size_t na, const struct line *b, size_t nb)
{
	uint16_t *t = xcalloc((na + 1) * (nb + 1), sizeof(*t)), *row, *next;
	size_t i, j;

	for (i = na; i-- > 0;) {
		row = t + i * (nb + 1);
		next = row + nb + 1;
		for (j = nb; j-- > 0;)
			row[j] = equal(&a[i], &b[j])	? next[j + 1] + 1
				 : next[j] > row[j + 1] ? next[j]
							: row[j + 1];
	}
	return t;
}

static void
middle(const struct line *a, size_t na, const struct line *b, size_t nb,
    void (*fn)(char, const char *, size_t, void *), void *arg)
{
	uint16_t *t = na > MOST || nb > MOST ? NULL : tails(a, na, b, nb);
	size_t i = 0, j = 0;

	while (i < na || j < nb) {
		if (t && i < na && j < nb && equal(&a[i], &b[j])) {
			fn(' ', a[i].text, a[i].n, arg);
			i++, j++;
		} else if (i < na && (!t || j == nb ||
					 t[(i + 1) * (nb + 1) + j] >=
					     t[i * (nb + 1) + j + 1])) {
			fn('-', a[i].text, a[i].n, arg);
			i++;
		} else {
			fn('+', b[j].text, b[j].n, arg);
			j++;
		}
	}
	free(t);
}

void
diff_lines(const char *old, const char *new,
    void (*fn)(char kind, const char *line, size_t n, void *arg), void *arg)
{
	size_t na, nb, head = 0, tail = 0, i;
	struct line *a = split(old, &na), *b = split(new, &nb);

	while (head < na && head < nb && equal(&a[head], &b[head]))
		head++;
	while (tail < na - head && tail < nb - head &&
	       equal(&a[na - 1 - tail], &b[nb - 1 - tail]))
		tail++;
	for (i = 0; i < head; i++)
		fn(' ', a[i].text, a[i].n, arg);
	middle(a + head, na - head - tail, b + head, nb - head - tail, fn, arg);
	for (i = na - tail; i < na; i++)
		fn(' ', a[i].text, a[i].n, arg);
	free(a);
	free(b);
}
