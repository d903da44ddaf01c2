#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "manifest.h"
#include "mnn.h"
#include "ortapi.h"
#include "proc.h"

#define TEXT ((size_t)1 << 20) /* of a file that is hashed or read */

static void
text(cJSON *o, const char *key, const char *s)
{
	if (s && *s)
		json_set(o, key, cJSON_CreateString(s));
}

static void
hash(cJSON *o, const void *data, size_t n)
{
	char hex[65];

	sha256hex(data, n, hex);
	text(o, "sha256", hex);
}

static cJSON *
hashed(const cJSON *json)
{
	char *s = json_print(json);
	cJSON *o = cJSON_CreateObject();

	hash(o, s, strlen(s));
	free(s);
	return o;
}

/* a line of a file and of each file below, in the order of their names */
static void
listfiles(struct buf *b, const char *dir, const char *name)
{
	char *path = xasprintf("%s%s%s", dir, *name ? "/" : "", name), hex[65];
	struct buf file = {0};
	struct dirent **list;
	int i, n = scandir(path, &list, NULL, alphasort);

	for (i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.')
			listfiles(b, path, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0) {
		free(list);
	} else if (buf_readfile(&file, path, 64 * TEXT) == 0) {
		sha256hex(file.data, file.len, hex);
		buf_addf(b, "%s %s\n", hex, name);
	}
	buf_free(&file);
	free(path);
}

/* the hash of what lies under these directories of the tree, NULL-terminated */
static void
hashtree(cJSON *o, const char *const *dirs)
{
	struct buf b = {0};
	char *path;

	for (; *dirs; dirs++) {
		path = rootpath("%s", *dirs);
		listfiles(&b, path, "");
		free(path);
	}
	hash(o, b.data ? b.data : "", b.len);
	buf_free(&b);
}

/* the first line that a program prints, malloced, or NULL if it fails */
static char *
says(const char *const *argv)
{
	struct proc p = {.argv = argv, .maxoutput = 4096, .seconds = 10};
	struct procresult r;
	char *s = NULL;

	if (proc_run(&p, &r) < 0)
		return NULL;
	if (r.status == 0 && r.out.data)
		s = xstrndup(r.out.data, strcspn(r.out.data, "\n"));
	buf_free(&r.out);
	return s;
}

static void
tool(cJSON *tools, const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *argv[] = {name, "--version", NULL};
	const char *key = slash ? slash + 1 : name;
	char *s = json_get(tools, key) ? NULL : says(argv);

	text(tools, key, s);
	free(s);
}

/* programs that the device's file names are tools of the run */
static cJSON *
tools(const struct manifest *m)
{
	const cJSON *run = json_get(m->device, "run");
	cJSON *o = cJSON_CreateObject();

	tool(o, "make");
	json_each (c, json_get(m->device, "compilers"))
		tool(o, c->valuestring);
	tool(o, "bwrap");
	if (cJSON_GetArraySize(json_get(run, "via")))
		tool(o, json_get(run, "via")->child->valuestring);
	return o;
}

static void
format(cJSON *o, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name), *space;
	struct buf b = {0};

	if (buf_readfile(&b, path, TEXT) == 0 && b.data &&
	    (space = strchr(b.data, ' '))) {
		space[strcspn(space, "\n")] = '\0';
		text(o, name, space + 1);
	}
	buf_free(&b);
	free(path);
}

/* what each stage's format is called */
static cJSON *
formats(void)
{
	char *dir = rootpath("build/version");
	cJSON *o = cJSON_CreateObject();
	struct dirent **list;
	int i, n = scandir(dir, &list, NULL, alphasort);

	for (i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.')
			format(o, dir, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	free(dir);
	return o;
}

static cJSON *
ourselves(void)
{
	static const char *const dirs[] = {"src", "mk", NULL};
	const char *argv[] = {
	    "git", "-C", rootdir(), "describe", "--always", "--dirty", NULL};
	cJSON *o = cJSON_CreateObject();
	char *git = rootpath(".git"), *s;

	s = access(git, F_OK) == 0 ? says(argv) : NULL;
	text(o, "version", s ? s : "unknown");
	hashtree(o, dirs);
	json_set(o, "formats", formats());
	free(git);
	free(s);
	return o;
}

static void
engineversion(cJSON *o, const struct manifest *m)
{
	cJSON *facts;
	char *ort;

	if (strcmp(json_stringor(m->engine, "recipe", ""), "mnn") == 0) {
		if (!getenv("MNN_ROOT"))
			return;
		facts = mnn_facts(mnn_open(json_string(m->device, "arch")));
		json_each (f, facts)
			json_set(o, f->string, cJSON_Duplicate(f, 1));
		cJSON_Delete(facts);
		return;
	}
	ort = rootpath("build/ort/lib");
	if (access(ort, F_OK) == 0)
		text(o, "version", ort_version());
	free(ort);
}

static cJSON *
engine(const struct manifest *m)
{
	cJSON *o = hashed(m->engine);

	text(o, "name", json_string(m->engine, "name"));
	engineversion(o, m);
	return o;
}

static cJSON *
device(const struct manifest *m)
{
	cJSON *o = hashed(m->device);

	text(o, "name", json_string(m->device, "name"));
	text(o, "arch", json_stringor(m->device, "arch", NULL));
	json_set(o, "flags", cJSON_Duplicate(json_get(m->device, "flags"), 1));
	return o;
}

/* the value of the first line "KEY<separators>VALUE" of a file, malloced, or
   NULL */
static char *
field(const char *path, const char *key)
{
	struct buf b = {0};
	size_t n = strlen(key);
	char *p = NULL, *s = NULL;

	if (buf_readfile(&b, path, TEXT) == 0)
		p = b.data;
	while (p && strncmp(p, key, n) != 0)
		p = (p = strchr(p, '\n')) ? p + 1 : NULL;
	if (p) {
		p += n;
		p += strspn(p, " \t:=\"");
		s = xstrndup(p, strcspn(p, "\n\""));
	}
	buf_free(&b);
	return s;
}

/* the machine that planned the run; those that measured stand in the records */
static cJSON *
machine(void)
{
	static const char *const facts[][3] = {
	    {"processor", "/proc/cpuinfo", "model name"},
	    {"memory", "/proc/meminfo", "MemTotal"},
	    {"system", "/etc/os-release", "PRETTY_NAME"},
	    {"governor",
		"/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", ""}};
	cJSON *o = cJSON_CreateObject();
	struct utsname u;
	size_t i;
	char *s;

	uname(&u);
	text(o, "arch", u.machine);
	text(o, "kernel", u.release);
	json_set(o, "cpus",
	    cJSON_CreateNumber((double)sysconf(_SC_NPROCESSORS_ONLN)));
	for (i = 0; i < LEN(facts); i++) {
		s = field(facts[i][1], facts[i][2]);
		text(o, facts[i][0], s);
		free(s);
	}
	return o;
}

static cJSON *
model(const struct manifest *m)
{
	cJSON *o = hashed(m->model);

	text(o, "name", json_string(m->run, "model"));
	text(o, "provider", json_stringor(m->model, "provider", NULL));
	text(o, "model", json_stringor(m->model, "model", NULL));
	return o;
}

static cJSON *
prompts(const struct manifest *m)
{
	char *dir = xasprintf("prompts/%s", json_string(m->engine, "name"));
	const char *dirs[] = {dir, NULL};
	cJSON *o = cJSON_CreateObject();

	hashtree(o, dirs);
	free(dir);
	return o;
}

static cJSON *
suite(const struct manifest *m)
{
	cJSON *o = hashed(m->tasks);

	text(o, "name", json_string(m->run, "suite"));
	text(o, "version", json_stringor(m->run, "suite_version", NULL));
	json_set(o, "tasks", cJSON_Duplicate(m->tasks, 1));
	return o;
}

static cJSON *
whole(const struct manifest *m)
{
	cJSON *o = cJSON_CreateObject();

	json_set(o, "run", cJSON_Duplicate(m->run, 1));
	json_set(o, "mkbench", ourselves());
	json_set(o, "suite", suite(m));
	json_set(o, "engine", engine(m));
	json_set(o, "device", device(m));
	json_set(o, "model", model(m));
	json_set(o, "prompts", prompts(m));
	json_set(o, "machine", machine());
	json_set(o, "tools", tools(m));
	return o;
}

static void
started(cJSON *o, const char *dir)
{
	cJSON *old = manifest_read(dir);
	const char *start = old ? json_stringor(old, "start", NULL) : NULL;
	time_t t = time(NULL);
	char now[32];
	struct tm tm;

	strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	text(o, "start", start ? start : now);
	cJSON_Delete(old);
}

void
manifest_write(const char *dir, const struct manifest *m)
{
	char *path = xasprintf("%s/manifest.json", dir), *s;
	cJSON *o = cJSON_CreateObject(), *inner = whole(m);

	started(inner, dir);
	json_set(o, "manifest", inner);
	s = json_print(o);
	if (writefile(path, s, strlen(s), 1) < 0)
		err(EX_IOERR, "%s", path);
	cJSON_Delete(o);
	free(path);
	free(s);
}

cJSON *
manifest_read(const char *dir)
{
	char *path = xasprintf("%s/manifest.json", dir);
	struct json_place here = json_saveplace();
	cJSON *o = NULL, *inner = NULL;

	if (access(path, R_OK) == 0) {
		o = json_readfile(path);
		json_object(o, "manifest");
		inner = cJSON_DetachItemFromObjectCaseSensitive(o, "manifest");
	}
	json_restoreplace(here);
	cJSON_Delete(o);
	free(path);
	return inner;
}

static void
differs(cJSON *list, const char *key, const cJSON *a, const cJSON *b)
{
	cJSON *o = cJSON_CreateObject();

	text(o, "key", key);
	if (a)
		json_set(o, "first", cJSON_Duplicate(a, 1));
	if (b)
		json_set(o, "second", cJSON_Duplicate(b, 1));
	cJSON_AddItemToArray(list, o);
}

/* of many names only how many: those that the other has not, or otherwise */
static cJSON *
unlike(const cJSON *a, const cJSON *b)
{
	long n = 0;
	char *s;
	cJSON *o;

	json_each (t, a)
		n += !cJSON_Compare(t, json_get(b, t->string), 1);
	s = xasprintf("%ld of %d", n, cJSON_GetArraySize(a));
	o = cJSON_CreateString(s);
	free(s);
	return o;
}

static void
compare(cJSON *list, const char *path, const cJSON *a, const cJSON *b)
{
	const cJSON *other;
	char *key;

	if (!cJSON_IsObject(a) || !cJSON_IsObject(b)) {
		if (!a != !b || !cJSON_Compare(a, b, 1))
			differs(list, path, a, b);
		return;
	}
	if (strcmp(path, "suite.tasks") == 0) {
		cJSON *x = unlike(a, b), *y = unlike(b, a);

		if (!cJSON_Compare(a, b, 1))
			differs(list, path, x, y);
		cJSON_Delete(x);
		cJSON_Delete(y);
		return;
	}
	json_each (v, a) {
		key = xasprintf("%s%s%s", path, *path ? "." : "", v->string);
		if (strcmp(key, "start") != 0 && strcmp(key, "run.run") != 0)
			compare(list, key, v, json_get(b, v->string));
		free(key);
	}
	json_each (w, b) {
		other = json_get(a, w->string);
		key = xasprintf("%s%s%s", path, *path ? "." : "", w->string);
		if (!other)
			compare(list, key, NULL, w);
		free(key);
	}
}

cJSON *
manifest_diff(const cJSON *first, const cJSON *second)
{
	cJSON *list = cJSON_CreateArray();

	if (first && second)
		compare(list, "", first, second);
	return list;
}
