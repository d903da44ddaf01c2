#include <err.h>
#include <getopt.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "dtype.h"
#include "onnxbuild.h"
#include "reference.h"
#include "stage.h"

#define FORMAT 1

static const char *dir;
static const char *keyhex;
static int heldout;
static long long call = 1, runs;
static int failed;

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: reference [-H] [-c call] [-d dir] [-k key] [-t runs] "
	    "[record ...]\n"
	    "Runs the operator of each task in ONNX Runtime.\n"
	    "  -c, --call N     make the inputs of this call (1)\n"
	    "  -d, --dir DIR    write inputs, constants and outputs there\n"
	    "  -H, --heldout    with the task's held-out shapes and data\n"
	    "  -k, --key HEX    make the inputs under this key, not the public "
	    "one\n"
	    "  -t, --time RUNS  time so many runs\n"
	    "      --version    the stage and the version of its format\n"
	    "man reference tells more.\n");
	usageend(rc);
}

static cJSON *
describe(const struct tensor *t, const char *task, const char *kind, size_t i)
{
	cJSON *e = cJSON_CreateObject(), *shape = cJSON_CreateArray();
	char *path;

	json_set(e, "name", cJSON_CreateString(t->name));
	json_set(e, "dtype", cJSON_CreateString(dtype_name(t->dtype)));
	for (int d = 0; d < t->rank; d++)
		cJSON_AddItemToArray(
		    shape, cJSON_CreateNumber((double)t->dims[d]));
	json_set(e, "shape", shape);
	if (!dir)
		return e;
	path = xasprintf("%s/%s.%s.%zu", dir, task, kind, i);
	if (writefile(path, t->data, t->count * dtype_size(t->dtype), 0) < 0)
		err(EX_IOERR, "%s", path);
	json_set(e, "file", cJSON_CreateString(path));
	free(path);
	return e;
}

static cJSON *
describeall(
    const struct tensor *t, size_t n, const char *task, const char *kind)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(list, describe(&t[i], task, kind, i));
	return list;
}

/* the constants of a task, as the model holds them */
static cJSON *
constants(const cJSON *task, const char *name)
{
	cJSON *list = cJSON_CreateArray();
	struct tensor t;
	struct gen *gen;
	uint8_t key[32];
	uint32_t place = 0;

	gen_publickey(name, key);
	json_each (entry, json_array(task, "inputs")) {
		if (json_boolor(entry, "constant", 0)) {
			tensor_of(&t, entry, NULL);
			tensor_alloc(&t);
			gen = gen_input(entry);
			gen_fill(gen, key, 0, place, t.data, t.count);
			gen_free(gen);
			cJSON_AddItemToArray(
			    list, describe(&t, name, "constant", place));
			tensor_free(&t);
		}
		place++;
	}
	return list;
}

static int
ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t
median(struct reference *r)
{
	uint64_t *ns = xcalloc((size_t)runs, sizeof(*ns)), m;

	for (long long i = 0; i < runs; i++) {
		ns[i] = nowns();
		reference_run(r);
		ns[i] = nowns() - ns[i];
	}
	qsort(ns, (size_t)runs, sizeof(*ns), ascending);
	m = ns[runs / 2];
	free(ns);
	return m;
}

static void
run(const cJSON *task, const char *name, cJSON *out)
{
	struct reference r = {0};
	uint8_t key[32];

	gen_publickey(name, key);
	if (keyhex && gen_key(keyhex, key) < 0)
		errx(EX_USAGE, "key '%s' is not 64 hex digits", keyhex);
	if (reference_open(&r, task) == 0) {
		reference_fill(&r, key, (uint64_t)call);
		if (reference_run(&r) == 0) {
			json_set(out, "inputs",
			    describeall(r.in, r.nin, name, "in"));
			json_set(out, "constants", constants(task, name));
			json_set(out, "outputs",
			    describeall(r.out, r.nout, name, "out"));
			if (runs)
				json_set(out, "ns", json_u64(median(&r)));
			reference_close(&r);
			return;
		}
	}
	json_set(out, "error", cJSON_CreateString(ort_why()));
	warnx("task '%s': %s", name, ort_why());
	failed = 1;
	reference_close(&r);
}

static void
reference(cJSON *record)
{
	cJSON *task = json_object(record, "task"), *out = cJSON_CreateObject();
	const char *name = json_string(task, "name");

	if (heldout)
		onnxbuild_heldout(task);
	run(task, name, out);
	json_set(record, "reference", out);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"call", 1, 0, 'c'},
	    {"dir", 1, 0, 'd'}, {"heldout", 0, 0, 'H'}, {"key", 1, 0, 'k'},
	    {"time", 1, 0, 't'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'},
	    {0}};
	int c;

	while (
	    (c = getopt_long(argc, argv, "c:d:Hk:t:h", options, NULL)) != -1) {
		switch (c) {
		case 'c': call = numarg("call", optarg, 0, INT64_MAX); break;
		case 'd': dir = optarg; break;
		case 'H': heldout = 1; break;
		case 'k': keyhex = optarg; break;
		case 't': runs = numarg("time", optarg, 1, 100000); break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	/* outputs of one run are the next one's, as in the runner: a time is
	   not that of page faults */
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	stage_each(NULL, argv + optind, reference);
	return failed ? EX_SOFTWARE : EX_OK;
}
