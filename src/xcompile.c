/*
 * xcompile: a candidate's files become a library in the engine, for a device.
 *
 * The result is kept by content under build/candidates: the same files, flags
 * and compiler are compiled once.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine.h"
#include "lint.h"
#include "mnn.h"
#include "proc.h"
#include "sandbox.h"
#include "slot.h"
#include "stage.h"

#define FORMAT 1
#define MAXLOG (64u << 10)
#define SECONDS 60 /* of CPU time */
#define WALL 600   /* a busy machine is no fault of the candidate */
#define MEMORY ((uint64_t)4 << 30)
#define FILESIZE ((uint64_t)64 << 20)

static const char *devicename = "host";
static enum sandbox_mode sandboxmode = SANDBOX_AUTO;

/* an argument vector that owns its strings */
struct args {
	char **v;
	size_t n;
};

/* how an engine makes an artifact of a candidate: the first command is known
   beforehand, what follows depends on what it made */
struct recipe {
	struct args first;
	const char *preload;   /* a library for the first's process, or NULL */
	const char *artifact;  /* its name in the candidate's directory */
	const struct mnn *mnn; /* NULL: the one command is all */
	const cJSON *entry;    /* of the engine's map */
	const char *kind;
};

static void
arg(struct args *a, const char *s)
{
	a->v = xreallocarray(a->v, a->n + 2, sizeof(*a->v));
	a->v[a->n++] = xstrdup(s);
	a->v[a->n] = NULL;
}

static void
argfree(struct args *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
}

/* the strings of an array; "mk/..." within becomes a path of this tree */
static void
argeach(struct args *a, const cJSON *strings)
{
	const char *at;
	char *s;

	json_each (e, strings) {
		if (!cJSON_IsString(e))
			json_bad(e, "not a string");
		at = strstr(e->valuestring, "mk/");
		if (!at) {
			arg(a, e->valuestring);
			continue;
		}
		s = xasprintf("%.*s%s/%s", (int)(at - e->valuestring),
		    e->valuestring, rootdir(), at);
		arg(a, s);
		free(s);
	}
}

/* the strings as they are */
static void
argraw(struct args *a, const cJSON *strings)
{
	json_each (e, strings)
		arg(a, e->valuestring);
}

static cJSON *
argjson(const struct args *a)
{
	return cJSON_CreateStringArray((const char *const *)a->v, (int)a->n);
}

/* "gcc 12.2.0": asked of the compiler, once */
static const char *
compilerversion(const char *compiler)
{
	static char *version, *asked;
	const char *argv[] = {
	    compiler, "-dumpfullversion", "-dumpversion", NULL};
	struct proc p = {.argv = argv, .maxoutput = 256, .seconds = 10};
	struct procresult r;

	if (asked && strcmp(asked, compiler) == 0)
		return version;
	if (proc_run(&p, &r) < 0)
		err(EX_UNAVAILABLE, "compiler '%s' of device '%s'", compiler,
		    devicename);
	free(asked);
	free(version);
	asked = xstrdup(compiler);
	version = xasprintf("%s %.*s", compiler,
	    (int)strcspn(r.out.data ? r.out.data : "", "\n"),
	    r.out.data ? r.out.data : "");
	buf_free(&r.out);
	return version;
}

/* the language of the candidate's source files: C++ if any is */
static const char *
language(const cJSON *kind, const cJSON *files)
{
	const char *found = "c";

	json_each (f, files) {
		json_each (k, json_array(kind, "files")) {
			if (strcmp(json_string(k, "name"),
				json_string(f, "name")) == 0 &&
			    strcmp(json_string(k, "language"), "c++") == 0)
				found = "c++";
		}
	}
	return found;
}

static int
issource(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot[1] == 'c';
}

static void
command(struct args *a, const cJSON *engine, const cJSON *device,
    const cJSON *files, const char *lang)
{
	const cJSON *compile = json_object(engine, "compile");
	char *s;

	arg(a, json_string(json_object(device, "compilers"), lang));
	arg(a, "-fdiagnostics-color=never");
	argeach(a, json_get(compile, lang));
	argeach(a, json_array(device, "flags"));
	argeach(a, json_get(compile, "flags"));
	json_each (i, json_get(compile, "include")) {
		s = xasprintf("-I%s/%s", rootdir(), i->valuestring);
		arg(a, s);
		free(s);
	}
	argeach(a, json_get(compile, "link"));
	arg(a, "-o");
	arg(a, "candidate.so");
	json_each (f, files) {
		if (issource(json_string(f, "name")))
			arg(a, json_string(f, "name"));
	}
	argeach(a, json_get(compile, "libs"));
}

/* does a file of the candidate include the header itself? */
static int
includes(const cJSON *files, const char *header)
{
	const char *p;

	json_each (f, files) {
		for (p = json_string(f, "text"); (p = strstr(p, "#include"));) {
			p += strcspn(p, "\"<\n");
			if (*p && strncmp(p + 1, header, strlen(header)) == 0 &&
			    strchr("\">", p[1 + strlen(header)]))
				return 1;
		}
	}
	return 0;
}

/* MNN: the compile command of the build for a sibling of this kind; its
   precompiled header only where it hides no missing include */
static void
mnncommand(struct recipe *r, const cJSON *kind, const cJSON *files)
{
	const cJSON *k = mnn_kind(r->mnn, r->kind);
	int pch = 0;

	argraw(&r->first, json_array(k, "compile"));
	json_each (h, json_get(kind, "implied"))
		pch |= includes(files, h->valuestring);
	if (pch) {
		arg(&r->first, "-include");
		arg(&r->first, json_string(k, "pch"));
	}
	arg(&r->first, "-c");
	arg(&r->first, "kernel.cpp");
	arg(&r->first, "-o");
	arg(&r->first, "kernel.o");
	r->preload = json_stringor(k, "preload", NULL);
}

static void
mnnlink(struct args *a, const struct recipe *r, const cJSON *bindings)
{
	const cJSON *k = mnn_kind(r->mnn, r->kind);

	arg(a, json_string(r->mnn->json, "cxx"));
	arg(a, "-o");
	arg(a, r->artifact);
	arg(a, "kernel.o");
	argraw(a, bindings);
	argraw(a, json_array(k, "link"));
}

static struct recipe
recipe(const cJSON *engine, const cJSON *device, const cJSON *task,
    const cJSON *files)
{
	const cJSON *kind = engine_kind(engine, task);
	struct recipe r = {.artifact = "candidate.so"};

	if (strcmp(json_stringor(engine, "recipe", ""), "mnn") == 0) {
		r.kind = engine_kindname(engine, task);
		r.entry = engine_operator(engine, task);
		/* the converter runs here, wherever the model runs */
		r.mnn = mnn_open(strcmp(r.kind, "composite") == 0
				     ? "native"
				     : json_string(device, "arch"));
		r.artifact = "candidate";
		mnncommand(&r, kind, files);
	} else {
		command(&r.first, engine, device, files, language(kind, files));
	}
	return r;
}

/* the command after this many; 1, 0 when there is none, or -1 and why in log */
static int
nextcommand(const struct recipe *r, int done, const char *dir, struct args *cmd,
    struct buf *log)
{
	cJSON *bindings;
	int rc;

	if (done == 0) {
		size_t i;

		for (i = 0; i < r->first.n; i++)
			arg(cmd, r->first.v[i]);
		return 1;
	}
	if (done > 1 || !r->mnn)
		return 0;
	bindings = cJSON_CreateArray();
	rc = mnn_registrations(r->mnn, r->kind, r->entry, dir, bindings, log);
	if (rc == 0)
		mnnlink(cmd, r, bindings);
	cJSON_Delete(bindings);
	return rc < 0 ? -1 : 1;
}

/* what the result depends on, as a hash */
static void
key(char hex[65], const struct recipe *r, const char *version,
    const cJSON *files)
{
	struct buf b = {0};
	char *text;
	size_t i;

	buf_addf(&b, "xcompile %d\n%s\n", FORMAT, version);
	for (i = 0; i < r->first.n; i++)
		buf_addf(&b, "%s\n", r->first.v[i]);
	if (r->mnn) {
		text = json_print(r->entry);
		buf_addf(&b, "%s %s %s\n", r->mnn->key, r->kind, text);
		free(text);
	}
	text = json_print(files);
	buf_adds(&b, text);
	sha256hex(b.data, b.len, hex);
	free(text);
	buf_free(&b);
}

static void
writesources(const char *dir, const cJSON *files)
{
	const char *text;
	char *path;

	json_each (f, files) {
		text = json_string(f, "text");
		path = xasprintf("%s/%s", dir, json_string(f, "name"));
		if (writefile(path, text, strlen(text), 0) < 0)
			err(EX_IOERR, "%s", path);
		free(path);
	}
}

static void
without(struct buf *b, const char *prefix)
{
	struct buf out = {0};
	const char *p, *hit;

	for (p = b->data; p && (hit = strstr(p, prefix));) {
		buf_add(&out, p, (size_t)(hit - p));
		p = hit + strlen(prefix);
		p += *p == '/';
	}
	if (p)
		buf_adds(&out, p);
	buf_free(b);
	*b = out;
}

/* the log without the paths of this machine: they are nobody's business */
static cJSON *
logtext(struct buf *log, const struct recipe *r, const char *dir)
{
	cJSON *text;

	without(log, dir);
	if (r->mnn) {
		without(log, r->mnn->dir);
		without(log, json_string(r->mnn->json, "root"));
		without(log, json_string(r->mnn->json, "build"));
	}
	without(log, rootdir());
	text = json_text(log->data ? log->data : "", log->len);
	return text;
}

static const char *
outcome(const struct sandboxed *p)
{
	if (p->end == SANDBOX_TIMEOUT)
		return "timeout";
	if (p->end == SANDBOX_EXITED && p->status == 0)
		return "ok";
	return "failed";
}

/* what a compiler reads beside its own files */
static void
readable(const struct recipe *r, const char **paths, size_t most)
{
	static char *engines, *ort;
	size_t n = 0;

	if (!engines) {
		engines = rootpath("mk/engines");
		ort = rootpath("build/ort/include");
	}
	paths[n++] = engines;
	paths[n++] = ort;
	if (r->mnn && n + 4 < most) {
		paths[n++] = json_string(r->mnn->json, "root");
		paths[n++] = json_string(r->mnn->json, "build");
		paths[n++] = r->mnn->dir;
	}
	paths[n] = NULL;
}

/* run one command in the candidate's directory; returns its outcome */
static const char *
perform(const struct recipe *r, const char *dir, const struct args *cmd,
    const char *preload, struct buf *log, double *seconds)
{
	char *loads = preload ? xasprintf("LD_PRELOAD=%s", preload) : NULL;
	const char *const env[] = {"LC_ALL=C.UTF-8",
	    "PATH=/usr/local/bin:/usr/bin:/bin", "TMPDIR=.",
	    loads ? "GLIBC_TUNABLES=glibc.malloc.hugetlb=1" : NULL, loads,
	    NULL};
	const char *paths[8];
	struct sandbox s = {.argv = (const char *const *)cmd->v,
	    .env = env,
	    .ro = paths,
	    .rw = dir,
	    .mode = sandboxmode,
	    .output = MAXLOG,
	    .wall = WALL,
	    .cpu = SECONDS,
	    .memory = MEMORY,
	    .fsize = FILESIZE,
	    .background = 1};
	struct sandboxed p;
	const char *how;

	readable(r, paths, LEN(paths));
	sandbox_run(&s, &p);
	free(loads);
	if (p.end == SANDBOX_FAILED)
		errx(EX_UNAVAILABLE, "compiler '%s' of device '%s': %.*s",
		    cmd->v[0], devicename,
		    (int)strcspn(p.err.data ? p.err.data : "", "\n"),
		    p.err.data ? p.err.data : "it does not start");
	buf_add(log, p.out.data, p.out.len);
	buf_add(log, p.err.data, p.err.len);
	if (p.lost)
		buf_addf(log, "\n[cut: more than %u bytes]\n", MAXLOG);
	*seconds += (double)p.ns / 1e9;
	how = outcome(&p);
	sandbox_free(&p);
	return how;
}

/* the commands one after the other; commands becomes the list of what was run
   (of one command, itself) */
static const char *
performall(const struct recipe *r, const char *dir, struct buf *log,
    double *seconds, cJSON *build)
{
	const char *status = "ok";
	struct args cmd = {0};
	int rc = 0, n;

	for (n = 0; strcmp(status, "ok") == 0; n++) {
		rc = nextcommand(r, n, dir, &cmd, log);
		if (rc <= 0)
			break;
		status = perform(
		    r, dir, &cmd, n == 0 ? r->preload : NULL, log, seconds);
		json_set(build, n == 0 ? "command" : "link", argjson(&cmd));
		argfree(&cmd);
		cmd = (struct args){0};
	}
	return rc < 0 ? "failed" : status;
}

static cJSON *
compile(const char *dir, const struct recipe *r, const cJSON *files)
{
	char *artifact = xasprintf("%s/%s", dir, r->artifact);
	cJSON *build = cJSON_CreateObject();
	struct buf log = {0};
	const char *status;
	double seconds = 0;
	char hex[65];

	writesources(dir, files);
	json_set(build, "status", cJSON_CreateString("failed"));
	status = performall(r, dir, &log, &seconds, build);
	if (strcmp(status, "ok") == 0 && sha256file(artifact, hex) == 0) {
		json_set(build, "sha256", cJSON_CreateString(hex));
	} else if (strcmp(status, "ok") == 0) {
		status = "failed";
	}
	json_set(build, "status", cJSON_CreateString(status));
	json_set(build, "log", logtext(&log, r, dir));
	json_set(build, "seconds", cJSON_CreateNumber(seconds));
	buf_free(&log);
	free(artifact);
	return build;
}

static void
removedir(const char *dir, const cJSON *files)
{
	static const char *const ours[] = {
	    "candidate.so", "candidate", "kernel.o", "gate.o", "build.json"};
	size_t i;
	char *p;

	json_each (f, files) {
		p = xasprintf("%s/%s", dir, json_string(f, "name"));
		unlink(p);
		free(p);
	}
	for (i = 0; i < LEN(ours); i++) {
		p = xasprintf("%s/%s", dir, ours[i]);
		unlink(p);
		free(p);
	}
	rmdir(dir);
}

/* compile in a directory of our own, then give it its name: complete or not
   there.  Who comes second with the same content keeps the first's.  A build
   whose time was up is not kept: on another day it may come to its end. */
static cJSON *
buildinto(const char *dir, const struct recipe *r, const cJSON *files)
{
	char *tmp = rootpath("build/candidates/tmp.XXXXXX");
	char *parent = xstrdup(dir), *path, *text;
	cJSON *build;
	int slot;

	*strrchr(parent, '/') = '\0';
	if (mkdirs(parent) < 0 || !mkdtemp(tmp))
		err(EX_IOERR, "%s", tmp);
	slot = slot_build();
	build = compile(tmp, r, files);
	close(slot);
	text = json_print(build);
	path = xasprintf("%s/build.json", tmp);
	if (writefile(path, text, strlen(text), 0) < 0)
		err(EX_IOERR, "%s", path);
	if (strcmp(json_string(build, "status"), "timeout") == 0 ||
	    chmod(tmp, 0755) < 0 || rename(tmp, dir) < 0)
		removedir(tmp, files);
	free(parent);
	free(path);
	free(text);
	free(tmp);
	return build;
}

static cJSON *
built(const char *dir)
{
	char *path = xasprintf("%s/build.json", dir);
	struct json_place place = json_saveplace();
	cJSON *build = NULL;

	if (access(path, R_OK) == 0)
		build = json_readfile(path);
	json_restoreplace(place);
	free(path);
	return build;
}

static void
checknames(const cJSON *files)
{
	const char *name;

	json_each (f, files) {
		name = json_string(f, "name");
		json_string(f, "text");
		if (strchr(name, '/') || *name == '.' || !*name)
			json_bad(f, "a file's name with a path");
	}
}

static cJSON *
build(const cJSON *engine, const cJSON *device, const cJSON *task,
    const cJSON *files)
{
	const char *version;
	struct recipe r;
	char hex[65], *dir, *artifact;
	cJSON *b, *ours;

	checknames(files);
	r = recipe(engine, device, task, files);
	version = compilerversion(r.first.v[0]);
	key(hex, &r, version, files);
	dir = rootpath("build/candidates/%.2s/%s", hex, hex);
	b = built(dir);
	if (!b) {
		ours = buildinto(dir, &r, files);
		b = built(dir);
		if (b)
			cJSON_Delete(ours);
		else
			b = ours;
	}
	if (strcmp(json_string(b, "status"), "ok") == 0) {
		artifact = xasprintf(
		    "build/candidates/%.2s/%s/%s", hex, hex, r.artifact);
		json_set(b, "artifact", cJSON_CreateString(artifact));
		free(artifact);
	}
	json_set(b, "compiler", cJSON_CreateString(version));
	if (r.mnn) {
		json_set(b, "kind", cJSON_CreateString(r.kind));
		json_set(b, "mnn", mnn_facts(r.mnn));
	} else {
		json_set(
		    b, "flags", cJSON_Duplicate(json_get(device, "flags"), 1));
	}
	argfree(&r.first);
	free(dir);
	return b;
}

static cJSON *
skipped(const char *reason)
{
	cJSON *b = cJSON_CreateObject();

	json_set(b, "status", cJSON_CreateString("skipped"));
	json_set(b, "reason", cJSON_CreateString(reason));
	return b;
}

static const cJSON *
device(void)
{
	static const cJSON *d;
	struct json_place place = json_saveplace();

	if (!d)
		d = stage_config("device", "mk/devices", devicename);
	json_restoreplace(place);
	return d;
}

/* the static check belongs to every build */
static void
look(const char *engine, const cJSON *candidate, cJSON *b)
{
	const char *artifact = json_stringor(b, "artifact", NULL);
	char *path = artifact ? rootpath("%s", artifact) : NULL;
	char *slash = path ? strrchr(path, '/') : NULL;

	/* an artifact with the engine in it says nothing of the candidate */
	if (path && json_get(b, "mnn")) {
		*slash = '\0';
		slash = xasprintf("%s/kernel.o", path);
		free(path);
		path = slash;
	}
	if (strcmp(json_string(candidate, "status"), "ok") == 0)
		json_set(b, "lint",
		    lint_candidate(engine, json_get(candidate, "files"), path));
	free(path);
}

static void
xcompile(cJSON *record)
{
	const cJSON *candidate = json_object(record, "candidate");
	const char *name =
	    json_string(json_object(record, "request"), "engine");
	const cJSON *engine = engine_load(name);
	cJSON *b;

	if (strcmp(json_string(candidate, "status"), "ok") == 0)
		b = build(engine, device(), json_object(record, "task"),
		    json_array(candidate, "files"));
	else
		b = skipped(json_stringor(candidate, "reason", "no candidate"));
	json_set(b, "engine", cJSON_CreateString(name));
	json_set(
	    b, "device", cJSON_CreateString(json_string(device(), "name")));
	look(name, candidate, b);
	json_set(record, "build", b);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: xcompile [-d device] [--no-sandbox] [-o file] [record "
	    "...]\n"
	    "Compiles candidates into their engine, for a device.\n"
	    "  -d, --device NAME   a file of mk/devices (default: host)\n"
	    "      --no-sandbox    compile with limits only\n"
	    "  -o, --output FILE   write there, by rename\n"
	    "      --version       the stage and the version of its format\n"
	    "man xcompile tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"device", 1, 0, 'd'},
	    {"no-sandbox", 0, 0, 'N'}, {"output", 1, 0, 'o'},
	    {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'}, {0}};
	const char *out = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "d:o:h", options, NULL)) != -1) {
		switch (c) {
		case 'd': devicename = optarg; break;
		case 'N': sandboxmode = SANDBOX_NONE; break;
		case 'o': out = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	device();
	stage_each(out, argv + optind, xcompile);
	return EX_OK;
}
