/*
 * What vector instructions a compiler may use, in words for a prompt.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include "json.h"

/*
 * Of a device's "c++" compiler with its "flags", as the compiler's predefined
 * macros say: "x86-64 with SSE4.2, AVX2, FMA", "AArch64 with NEON", or the
 * architecture alone where there is nothing beyond it.  The compiler is asked
 * once for each of its versions, set of flags and processor; the answer is kept
 * under build/vectors.  A compiler that cannot be run: "an unknown processor".
 * Caller frees.
 */
char *vectors_words(const cJSON *device);

#endif
