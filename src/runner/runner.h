/*
 * What an engine gives the runner, the untrusted process on a device.
 *
 * The supervisor rings three bells a call: load, run, fetch.  Only run is
 * timed; conversions between ONNX's layout and the engine's own belong to load
 * and fetch.  Each hook returns 0, or -1 after one line on stderr.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IO_RANK 8

/* a tensor in memory shared with the supervisor, in ONNX's layout, row-major */
struct io {
	const char *name;
	int dtype; /* ONNX TensorProto.DataType */
	int rank;
	int64_t dims[IO_RANK];
	void *data; /* inputs: read-only; outputs: poisoned before each call */
	size_t bytes;
};

struct job {
	struct io *in, *out; /* constants are in the model, not here */
	int nin, nout;
	const char *model; /* file: the arm's model */
	const char
	    *candidate; /* file: shared library, or NULL: the native arm */
	int threads;
};

struct engine {
	/* load the model, resize, pack weights; timed apart as set-up */
	int (*setup)(struct job *);
	/* take in[] into the engine */
	int (*load)(struct job *);
	/* the call that is timed */
	int (*run)(struct job *);
	/* leave the results in out[] */
	int (*fetch)(struct job *);
	/* before all of that, or NULL: what no model and no candidate has a
	   part in; not timed */
	int (*start)(void);
};

int runner_main(int argc, char **argv, const struct engine *engine);

/* its part after the arguments; started: the engine is, already */
int runner_run(const struct engine *engine, int started);

/* the same, or with the word "zygote" one that starts the engine and forks
   runners as the supervisor asks (spawn.h) */
int zygote_main(int argc, char **argv, const struct engine *engine);

#ifdef __cplusplus
}
#endif

#endif
