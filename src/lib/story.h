/* The page of a task: what each attempt did and what came of it. */
#ifndef STORY_H
#define STORY_H

#include "runread.h"

/* add the page of a task of the run; up leads to the report's folder */
void story_page(
    struct buf *b, const struct run *r, const char *task, const char *up);

#endif
