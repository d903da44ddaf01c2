/*
 * Where in a candidate's source a runner stood, from what it printed at its
 * end: lines "  FILE+0xOFFSET FUNCTION", innermost first.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include "json.h"

/*
 * The frames of log that lie in the artifact (a library or program with line
 * tables, absolute path) and, by these, in the candidate's files: a list of
 * {"function": .., "file": .., "line": n}, empty if there are none.  addr2line
 * is the program of that name for the artifact's architecture; it runs in the
 * sandbox, as the artifact is a stranger's.
 */
cJSON *frames(const char *log, const char *artifact, const char *addr2line,
    const cJSON *files);

#endif
