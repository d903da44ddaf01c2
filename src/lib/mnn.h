/*
 * The user's MNN: a source tree and build directories of it, one for each
 * architecture, all of them only read.  What mkbench makes of them once (the
 * native runner, precompiled headers, compile and link commands) lies under
 * build/mnn/KEY, where KEY changes with the library and with the runner.
 *
 *	MNN_ROOT	 the source tree
 *	MNN_BUILD	 its build for this machine
 *	MNN_BUILD_aarch64  its build for another architecture
 */
#ifndef MNN_H
#define MNN_H

#include "json.h"

struct mnn {
	char *key;
	char *dir;	   /* build/mnn/KEY, absolute */
	const cJSON *json; /* its engine.json */
};

/*
 * The MNN for an architecture ("native" or the compiler's word for it), made
 * ready if it is not.  Status 69 with a line that names what is missing.
 */
const struct mnn *mnn_open(const char *arch);

/* {"version":..,"commit":..,"compiler":..} for records */
cJSON *mnn_facts(const struct mnn *m);

/* what the engine says of a kind, {"compile":[..],"link":[..],"pch":..,
   "preload":..} (what is loaded before the compiler, or null); status 69 if
   this build cannot make it (no converter) */
const cJSON *mnn_kind(const struct mnn *m, const char *kind);

/*
 * What is linked beside the candidate's kernel.o in dir, appended to link:
 * gate.o, made in dir, which makes traps of the operator's native code and
 * names its types to the runner, and arguments that bind the candidate's
 * registration functions to the runner's names; entry is the operator map's.
 * Returns 0, or -1 with what is wrong appended to log as a compiler would say
 * it: nothing registered, another type, another namespace.
 */
int mnn_registrations(const struct mnn *m, const char *kind, const cJSON *entry,
    const char *dir, cJSON *link, struct buf *log);

/* does a converted model hold an operator of one of the types?  Yes if this MNN
   cannot say. */
int mnn_holds(const struct mnn *m, const char *model, const cJSON *types);

struct conversion {
	const struct mnn *mnn;
	const char *converter; /* a candidate's, absolute; NULL: the build's */
	const char *transform; /* the candidate's must be asked for this one */
	const cJSON *options;  /* further arguments, or NULL */
};

/*
 * An ONNX model as a .mnn file, converted in a sandbox on this machine.  Kept
 * by content under build/models.  Returns its absolute path, or NULL with the
 * converter's words in log.
 */
char *mnn_convert(
    const struct conversion *c, const void *onnx, size_t n, struct buf *log);

#endif
