/* Why an attempt came to nothing, in a line and at the places of its code. */
#ifndef WHY_H
#define WHY_H

#include "json.h"

/*
 * The errors of a build that failed, as an array of file, line and message:
 * what err-extract located if its record is there, else what the compiler's
 * output says of the candidate's own files, and where it says nothing of them
 * the error without a place.  Both records may be NULL; caller deletes.
 */
cJSON *why_errors(const cJSON *xcompile, const cJSON *errors);

/*
 * One line on a record with a verdict, or one that was skipped: what went
 * wrong, or what is odd about a kernel that is right.  errors is what
 * why_errors gave, or NULL.  NULL if there is nothing to say; caller frees.
 */
char *why_line(const cJSON *record, const cJSON *errors);

#endif
