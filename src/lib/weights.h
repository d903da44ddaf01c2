/* Generators that stand for weights: what a constant's statistics say. */
#ifndef WEIGHTS_H
#define WEIGHTS_H

#include "json.h"

/*
 * "values" for a constant of a record, by at most 65,536 of its elements, from
 * its data, raw or external (in dir, where its model lies).  NULL if they
 * cannot be had.  The caller's.
 */
cJSON *weights_values(const cJSON *entry, const char *dir);

/* the same by the shape alone; NULL if it holds no floats */
cJSON *weights_byshape(const cJSON *entry);

#endif
