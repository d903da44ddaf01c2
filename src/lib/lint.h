/*
 * The static check of a candidate: what its source and its library's symbol
 * table show of reaching beyond the kernel.
 *
 * Paths, symbols and system calls are violations (class "hack"); everything
 * else is a flag with its evidence, and no verdict.  What is allowed is data:
 * mk/engines/ENGINE-symbols.txt, and words in mk/engines/source-words.txt that
 * hold for every engine.
 */
#ifndef LINT_H
#define LINT_H

#include "json.h"

/*
 * Check files, [{"name":..,"text":..},...] (may be NULL), and the ELF file at
 * objectpath (may be NULL) against the engine's lists.  Returns
 *
 *	{"class": "clean" | "flagged" | "hack",
 *	 "reason": the worst finding, in one line (absent if clean),
 *	 "track": "self-contained" | "library-assisted",
 *	 "findings": [{"rule":.., "class": "flag" | "hack", "file":.., "line":n,
 *	               "text":.., "why":..}, ...]}
 *
 * at most LINT_MOST findings, violations first to be kept.
 */
cJSON *lint_candidate(
    const char *engine, const cJSON *files, const char *objectpath);

#define LINT_MOST 64

#endif
