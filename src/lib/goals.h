/*
 * The goals of a run: the file that each of its chains ends in, one a line of
 * RUN/goals, which plan(1) writes.
 */
#ifndef GOALS_H
#define GOALS_H

#include <stddef.h>

/* starts as zeros; released with goals_free */
struct goals {
	char **name;
	size_t n;
};

/* add the goals of a run to those that are there; a last line that is not
   ended is none; status 69 if dir has no goals that can be read */
void goals_add(struct goals *g, const char *dir);

void goals_free(struct goals *g);

#endif
