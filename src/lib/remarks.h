/*
 * What the compiler made of a candidate's loops, and what stood in its way.
 */
#ifndef REMARKS_H
#define REMARKS_H

#include "json.h"

/*
 * The innermost loops of C and C++ files ([{"name":, "text":}, ..]) as
 * [{"file": .., "line": n, "vectorised": bool, "why": ..}, ..], at most 12.
 * log is gcc's or clang's output of the build with its remarks on what was
 * vectorised, missed that of the same command with remarks on what was not
 * ("" if there is none: then no "why").
 */
cJSON *remarks_loops(const cJSON *files, const char *log, const char *missed);

#endif
