/*
 * inspect: what a run's evidence says about a candidate, for those who mend it.
 */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arms.h"
#include "beside.h"
#include "disasm.h"
#include "engine.h"
#include "flat.h"
#include "frames.h"
#include "remarks.h"
#include "sandbox.h"
#include "stage.h"

#define FORMAT 1
#define MISSED (16u << 20) /* bytes of remarks that are read */
#define MODEL_MAX (256u << 20)
#define SCHEMA "schema/default/MNN.fbs"

static const char *devicename = "host";
static const char *codefile; /* the record that has the candidate's text */
static const cJSON *device;

/* the device's program of this name: what its compiler calls it */
static char *
tool(const char *name)
{
	const char *cc = json_string(json_object(device, "compilers"), "c");
	size_t n = strlen(cc);

	if (n > 3 && strcmp(cc + n - 4, "-gcc") == 0)
		return xasprintf("/usr/bin/%.*s%s", (int)n - 3, cc, name);
	return xasprintf("/usr/bin/%s", name);
}

static const char *
text(const cJSON *record, const char *path)
{
	const cJSON *v = json_at(record, path);

	return cJSON_IsString(v) ? v->valuestring : "";
}

/* the node and the converted operator, where the engine converts */
static void
model(cJSON *out, const cJSON *record, const cJSON *engine)
{
	const char *root = getenv("MNN_ROOT"), *why = "";
	struct flatschema *schema;
	char *path, *schemapath;
	struct buf b = {0};
	cJSON *json = NULL;

	path = arms_converted(
	    json_object(record, "task"), engine, json_string(device, "arch"));
	if (!path || !root)
		return;
	schemapath = xasprintf("%s/%s", root, SCHEMA);
	schema = access(schemapath, R_OK) == 0 ? flat_schema(schemapath, &why)
					       : NULL;
	if (schema && buf_readfile(&b, path, MODEL_MAX) == 0)
		json = flat_json(schema, b.data, b.len, &why);
	if (json)
		json_set(
		    out, "model", beside(json_object(record, "task"), json));
	else if (schema)
		warnx("%s: %s",
		    json_string(json_object(record, "task"), "name"), why);
	if (schema)
		flat_schemafree(schema);
	cJSON_Delete(json);
	buf_free(&b);
	free(schemapath);
	free(path);
}

/* where it ended or stood: by the runner's last words */
static void
place(cJSON *out, const cJSON *record, const char *artifact, const cJSON *files)
{
	const char *log = text(record, "run.candidate.log");
	char *addr2line = tool("addr2line");
	cJSON *list = frames(log, artifact, addr2line, files);

	if (cJSON_GetArraySize(list))
		json_set(out, "frames", list);
	else
		cJSON_Delete(list);
	free(addr2line);
}

/* the build's command, but for remarks on what was not vectorised, and for no
   output */
static const char **
missedcommand(const cJSON *command, int clang)
{
	size_t n = 0, most = (size_t)cJSON_GetArraySize(command) + 8;
	const char **argv = xcalloc(most, sizeof(*argv));

	json_each (w, command) {
		if (n && strcmp(argv[n - 1], "-o") == 0)
			argv[n++] = "/dev/null";
		else
			argv[n++] = w->valuestring;
	}
	argv[n++] = "-S";
	if (clang) {
		argv[n++] = "-Rpass-missed=loop-vectorize";
		argv[n++] = "-Rpass-analysis=loop-vectorize";
	} else {
		argv[n++] = "-fopt-info-vec-missed";
	}
	return argv;
}

/* what stood in the way of vector code: the compiler is asked once more */
static void
missed(struct buf *b, const cJSON *build, const char *dir)
{
	static const char *const env[] = {
	    "LC_ALL=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", NULL};
	const cJSON *command = json_get(build, "command");
	int clang = strstr(text(build, "compiler"), "clang") != NULL;
	char *ort = rootpath("build/ort/include"), *mk = rootpath("mk/engines");
	char *mnn = rootpath("build/mnn");
	const char *const ro[] = {dir, ort, mk, mnn, getenv("MNN_ROOT"), NULL};
	struct sandbox s = {.ro = ro,
	    .cwd = dir,
	    .env = env,
	    .wall = 60,
	    .output = MISSED,
	    .background = 1};
	struct sandboxed p;

	if (!cJSON_IsArray(command) || !command->child)
		return;
	s.argv = missedcommand(command, clang);
	sandbox_run(&s, &p);
	if (p.end == SANDBOX_EXITED)
		buf_add(b, p.err.data, p.err.len);
	sandbox_free(&p);
	free((void *)s.argv);
	free(ort);
	free(mk);
	free(mnn);
}

/* what its code is: loops and instructions */
static void
code(cJSON *out, const cJSON *record, const cJSON *build, const char *dir,
    const char *artifact)
{
	char *object = xasprintf("%s/kernel.o", dir), *objdump;
	struct buf b = {0};

	missed(&b, build, dir);
	json_set(out, "loops",
	    remarks_loops(json_at(record, "candidate.files"),
		text(record, "build.log"), b.data ? b.data : ""));
	b.len = 0;
	objdump = tool("objdump");
	disasm_mix(&b, objdump, access(object, R_OK) == 0 ? object : artifact);
	if (b.len)
		json_set(out, "mix", json_text(b.data, b.len));
	buf_free(&b);
	free(objdump);
	free(object);
}

static void
inspect(cJSON *record)
{
	static const char *const keep[] = {"task", "inspect", NULL};
	struct json_place at = json_saveplace();
	const cJSON *build = json_get(record, "build");
	cJSON *out = cJSON_CreateObject(), *full = NULL;
	char *artifact, *dir;

	if (codefile)
		full = json_readfile(codefile);
	json_restoreplace(at);
	if (build && strcmp(text(build, "status"), "skipped") != 0)
		model(out, record, engine_load(json_string(build, "engine")));
	if (*text(build, "artifact")) {
		artifact = rootpath("%s", text(build, "artifact"));
		dir = xstrndup(
		    artifact, (size_t)(strrchr(artifact, '/') - artifact));
		place(out, record, artifact, json_at(full, "candidate.files"));
		if (strcmp(text(record, "run.status"), "ok") == 0 && full)
			code(out, full, build, dir, artifact);
		free(artifact);
		free(dir);
	}
	cJSON_Delete(full);
	json_set(record, "inspect", out);
	stage_keep(record, keep);
}

/* a FlatBuffer, for people */
static void
look(const char *path, const char *schemapath)
{
	const char *why = "";
	struct flatschema *s = flat_schema(schemapath, &why);
	struct buf b = {0};
	cJSON *json;

	if (!s)
		errx(EX_DATAERR, "%s: %s", schemapath, why);
	if (buf_readfile(&b, path, MODEL_MAX) < 0)
		err(EX_UNAVAILABLE, "%s", path);
	json = flat_json(s, b.data ? b.data : "", b.len, &why);
	if (!json)
		errx(EX_DATAERR, "%s: %s", path, why);
	json_write(stdout, json);
	closeout();
	cJSON_Delete(json);
	flat_schemafree(s);
	buf_free(&b);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: inspect [-c file] [-d device] [-o file] [record ...]\n"
	    "       inspect -m file -s schema\n"
	    "What a run's evidence says about a candidate.\n"
	    "  -c, --code FILE     the record that xcompile made of it\n"
	    "  -d, --device NAME   a file of mk/devices (default: host)\n"
	    "  -o, --output FILE   write there, by rename\n"
	    "  -m, --model FILE    print this FlatBuffer as JSON instead\n"
	    "  -s, --schema FILE   of it, .fbs\n"
	    "      --version       the stage and the version of its format\n"
	    "man inspect tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"code", 1, 0, 'c'},
	    {"device", 1, 0, 'd'}, {"output", 1, 0, 'o'}, {"model", 1, 0, 'm'},
	    {"schema", 1, 0, 's'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'},
	    {0}};
	const char *out = NULL, *flat = NULL, *schema = NULL;
	int c;

	while (
	    (c = getopt_long(argc, argv, "c:d:o:m:s:h", options, NULL)) != -1) {
		switch (c) {
		case 'c': codefile = optarg; break;
		case 'd': devicename = optarg; break;
		case 'o': out = optarg; break;
		case 'm': flat = optarg; break;
		case 's': schema = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (!flat != !schema)
		usage(EX_USAGE);
	if (flat) {
		look(flat, schema);
		return EX_OK;
	}
	device = stage_config("device", "mk/devices", devicename);
	stage_each(out, argv + optind, inspect);
	return EX_OK;
}
