/* The page of a task: what each attempt did and what came of it. */
#ifndef STORY_H
#define STORY_H

#include "runread.h"

/* add the page RUN/TASK.html of a report, of which the run is the only one or
   not */
void story_page(
    struct buf *b, const struct run *r, const char *task, int alone);

#endif
