/* What changed between two texts, line by line. */
#ifndef DIFF_H
#define DIFF_H

#include "util.h"

/*
 * Call fn for each line of a shortest edit from old to new, with ' ' both,
 * '-' old only, '+' new only, and its bytes without the newline.  Beyond some
 * thousand changed lines the middle is replaced as a whole.
 */
void diff_lines(const char *old, const char *new,
    void (*fn)(char kind, const char *line, size_t n, void *arg), void *arg);

#endif
