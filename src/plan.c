/*
 * plan: a run's settings become its makefile and job files.
 *
 * Each file is rewritten only when its bytes change, so that make's times tell
 * what is stale.  The rules are mk/graph.mk's; here are only names and lists.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "stage.h"

#define FORMAT 1

/* a run */
static struct {
	const char *suite, *engine, *device, *model, *method, *name, *seed;
	const char *settings; /* more options of devrun */
	const char *no;	      /* tools that moka does without */
	const char *moka;     /* more options of moka */
	long long count;      /* attempts of moka, samples of sample */
	char *dir;	      /* results/NAME */
} run = {.suite = "first",
    .engine = "ort",
    .device = "host",
    .model = "oracle",
    .method = "single",
    .seed = "",
    .settings = "",
    .no = "",
    .moka = ""};

/* a task of the run */
struct task {
	char *name, *category;
};

struct tasks {
	struct task *v;
	size_t n;
};

static int
isword(const char *s)
{
	return *s && *s != '.' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789"
			 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-.+") == strlen(s);
}

static void
addtask(struct tasks *t, const char *name, const char *category)
{
	size_t i;

	if (!isword(name) ||
	    strspn(category, "abcdefghijklmnopqrstuvwxyz0123456789_-/") !=
		strlen(category) ||
	    *category == '/')
		errx(EX_DATAERR, "task '%s/%s': a name of other characters",
		    category, name);
	for (i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0)
			return;
	t->v = xreallocarray(t->v, t->n + 1, sizeof(*t->v));
	t->v[t->n++] = (struct task){xstrdup(name), xstrdup(category)};
}

static cJSON *
suite(const char *name)
{
	cJSON *s = stage_config("suite", "tasks", name);

	json_array(s, "tasks");
	return s;
}

static void
suitetasks(struct tasks *t)
{
	cJSON *s = suite(run.suite);

	json_each (e, json_get(s, "tasks")) {
		addtask(t, json_string(e, "name"), json_string(e, "category"));
	}
	cJSON_Delete(s);
}

/* tasks by name, taken from the suite asked for and from core */
static void
namedtasks(struct tasks *t, char **names)
{
	cJSON *from = suite(run.suite), *found;
	struct buf all = {0};

	for (; *names; names++) {
		found = NULL;
		all.len = 0;
		json_each (e, json_get(from, "tasks")) {
			buf_addf(&all, "%s%s", all.len ? ", " : "",
			    json_string(e, "name"));
			if (strcmp(json_string(e, "name"), *names) == 0)
				found = e;
		}
		if (!found)
			errx(EX_UNAVAILABLE,
			    "no task '%s' in suite '%s'; there "
			    "are: %s",
			    *names, run.suite, all.len ? all.data : "none");
		addtask(t, *names, json_string(found, "category"));
	}
	buf_free(&all);
	cJSON_Delete(from);
}

static int
put(const char *path, struct buf *b)
{
	int rc = writefile(path, b->data ? b->data : "", b->len, 1);

	if (rc < 0)
		err(EX_IOERR, "%s", path);
	b->len = 0;
	return rc;
}

static void
putjson(const char *path, const cJSON *json)
{
	struct buf b = {0};
	char *text = json_print(json);

	buf_addf(&b, "%s\n", text);
	put(path, &b);
	buf_free(&b);
	free(text);
}

static long long
chains(void)
{
	return strcmp(run.method, "single") == 0 ? 1 : run.count;
}

/* job.json of each attempt: the task, and which attempt it is */
static void
jobs(const struct task *t)
{
	char *path = rootpath("tasks/%s/%s.json", t->category, t->name);
	cJSON *record = json_readfile(path), *job, *task;
	int moka = strcmp(run.method, "moka") == 0;
	long long i;
	char *out;

	task = json_object(record, "task");
	if (strcmp(json_string(task, "name"), t->name) != 0)
		errx(EX_DATAERR, "%s: its name is '%s'", path,
		    json_string(task, "name"));
	for (i = 1; i <= chains(); i++) {
		job = cJSON_CreateObject();
		json_set(
		    job, "attempt", cJSON_CreateNumber(moka ? (double)i : 1));
		json_set(job, "sample",
		    cJSON_CreateNumber(moka ? 0 : (double)(i - 1)));
		json_set(record, "job", job);
		out = xasprintf("%s/%s/%lld/job.json", run.dir, t->name, i);
		putjson(out, record);
		free(out);
	}
	cJSON_Delete(record);
	free(path);
}

/* a configuration file of the run: what the costly stages depend on */
static void
snapshot(const char *file, const char *what, const char *dir, const char *name)
{
	cJSON *json = stage_config(what, dir, name);
	char *path = xasprintf("%s/%s", run.dir, file);

	putjson(path, json);
	cJSON_Delete(json);
	free(path);
}

static void
settings(void)
{
	struct buf b = {0};
	char *path = xasprintf("%s/settings", run.dir);

	buf_addf(&b, "engine %s\ndevice %s\nseed %s\noptions %s\n", run.engine,
	    run.device, run.seed, run.settings);
	put(path, &b);
	free(path);
	path = xasprintf("%s/moka", run.dir);
	buf_addf(&b, "no %s\noptions %s\n", run.no, run.moka);
	if (strcmp(run.method, "moka") == 0)
		put(path, &b);
	buf_free(&b);
	free(path);
}

static void
manifest(const struct tasks *t)
{
	char *path = xasprintf("%s/run.json", run.dir);
	cJSON *m = cJSON_CreateObject(), *s = suite(run.suite);

	json_set(m, "run", cJSON_CreateString(run.name));
	json_set(m, "suite", cJSON_CreateString(run.suite));
	json_set(m, "suite_version",
	    cJSON_CreateString(json_stringor(s, "version", "")));
	json_set(m, "tasks", cJSON_CreateNumber((double)t->n));
	json_set(m, "engine", cJSON_CreateString(run.engine));
	json_set(m, "device", cJSON_CreateString(run.device));
	json_set(m, "model", cJSON_CreateString(run.model));
	json_set(m, "method", cJSON_CreateString(run.method));
	json_set(m, "count", cJSON_CreateNumber((double)chains()));
	json_set(m, "seed", cJSON_CreateString(run.seed));
	if (strcmp(run.method, "moka") == 0) {
		json_set(m, "no", cJSON_CreateString(run.no));
		json_set(m, "moka", cJSON_CreateString(run.moka));
	}
	putjson(path, m);
	cJSON_Delete(m);
	cJSON_Delete(s);
	free(path);
}

/* an attempt begins when the one before it is judged and its errors are read */
static void
follows(struct buf *b, const struct tasks *t)
{
	long long k;
	size_t i;

	for (i = 0; i < t->n; i++)
		for (k = 2; k <= chains(); k++)
			buf_addf(b,
			    "%s/%s/%lld/agent.json: %s/%s/%lld/score.json "
			    "%s/%s/%lld/context.json\n",
			    run.dir, t->v[i].name, k, run.dir, t->v[i].name,
			    k - 1, run.dir, t->v[i].name, k - 1);
}

/* lists are one line each: make's time is linear in lines, not in words */
static void
makefile(const struct tasks *t)
{
	char *path = xasprintf("%s/run.mk", run.dir);
	struct buf b = {0};
	long long k;
	size_t i;

	/* override: what a user gives on make's command line was for plan */
	buf_addf(&b,
	    "# made by plan; the rules are in mk/graph.mk\n"
	    "override RUN := %s\noverride ENGINE := %s\n"
	    "override DEVICE := %s\noverride MODEL := %s\n"
	    "override METHOD := %s\noverride COUNT := %lld\n"
	    "override SEED := %s\noverride DEVRUN := %s\n"
	    "override TASKS :=",
	    run.dir, run.engine, run.device, run.model, run.method, chains(),
	    run.seed, run.settings);
	for (i = 0; i < t->n; i++)
		buf_addf(&b, " %s", t->v[i].name);
	buf_adds(&b, "\nCHAINS :=");
	for (i = 0; i < t->n; i++)
		for (k = 1; k <= chains(); k++)
			buf_addf(&b, " %s/%s/%lld", run.dir, t->v[i].name, k);
	buf_addf(&b,
	    "\noverride NO := %s\noverride MOKA := %s\ninclude mk/graph.mk\n",
	    run.no, run.moka);
	if (strcmp(run.method, "moka") == 0)
		follows(&b, t);
	put(path, &b);
	buf_free(&b);
	free(path);
}

static void
goals(const struct tasks *t)
{
	char *path = xasprintf("%s/goals", run.dir);
	struct buf b = {0};
	long long k;
	size_t i;

	for (i = 0; i < t->n; i++)
		for (k = 1; k <= chains(); k++)
			buf_addf(&b, "%s/%s/%lld/score.json\n", run.dir,
			    t->v[i].name, k);
	put(path, &b);
	buf_free(&b);
	free(path);
}

static void
plan(char **names)
{
	struct tasks t = {0};
	size_t i;

	if (chdir(rootdir()) < 0)
		err(EX_UNAVAILABLE, "%s", rootdir());
	if (*names)
		namedtasks(&t, names);
	else
		suitetasks(&t);
	if (!t.n)
		errx(EX_DATAERR, "suite '%s' has no tasks", run.suite);
	engine_load(run.engine);
	snapshot("model.json", "model", "mk/models", run.model);
	snapshot("device.json", "device", "mk/devices", run.device);
	snapshot("engine.json", "engine", "mk/engines", run.engine);
	settings();
	for (i = 0; i < t.n; i++)
		jobs(&t.v[i]);
	manifest(&t);
	goals(&t);
	makefile(&t);
	puts(run.dir);
}

/* the run's name, when none is given, says what it is */
static char *
defaultname(int named)
{
	const char *model = strrchr(run.model, '/');
	struct buf b = {0};
	size_t n;

	model = model ? model + 1 : run.model;
	n = strlen(model);
	if (n > 5 && strcmp(model + n - 5, ".json") == 0)
		n -= 5;
	buf_addf(&b, "%s.%s.%s.%.*s.%s", named ? "some" : run.suite, run.engine,
	    run.device, (int)n, model, run.method);
	if (strcmp(run.method, "single") != 0)
		buf_addf(&b, "%lld", run.count);
	if (*run.no)
		buf_adds(&b, ".no");
	for (n = 0; run.no[n]; n++)
		buf_addf(&b, "%s%c", n == 0 ? "-" : "",
		    strchr(" ,", run.no[n]) ? '-' : run.no[n]);
	return b.data;
}

static void
methodcheck(void)
{
	static const char *const methods[] = {"single", "sample", "moka"};
	size_t i;

	for (i = 0; i < LEN(methods); i++)
		if (strcmp(run.method, methods[i]) == 0)
			return;
	errx(EX_UNAVAILABLE, "no method '%s'; there are: moka, sample, single",
	    run.method);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: plan [-A moka-options] [-d device] [-e engine] [-k count]\n"
	    "            [-m model] [-M method] [-N tools] [-r run] [-s "
	    "suite]\n"
	    "            [-S seed] [-x devrun-options] [task ...]\n"
	    "Writes results/RUN: makefile, goals and job files of a run.\n"
	    "  -s, --suite NAME    a file of tasks/ (default: first)\n"
	    "  -e, --engine NAME   a file of mk/engines (default: ort)\n"
	    "  -d, --device NAME   a file of mk/devices (default: host)\n"
	    "  -m, --model NAME    a file of mk/models (default: oracle)\n"
	    "  -M, --method NAME   single, sample or moka (default: single)\n"
	    "  -k, --count N       answers of sample, attempts of moka\n"
	    "  -N, --no TOOLS      that moka does without\n"
	    "  -A, --moka OPTS     passed on to moka\n"
	    "  -S, --seed HEX      of inputs; default: a secret one per task\n"
	    "  -x, --devrun OPTS   passed on to devrun\n"
	    "  -r, --run NAME      default: SUITE.ENGINE.DEVICE.MODEL.METHOD\n"
	    "      --version       the version of its format\n"
	    "man plan tells more.\n");
	exit(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"device", 1, 0, 'd'},
	    {"engine", 1, 0, 'e'}, {"count", 1, 0, 'k'}, {"model", 1, 0, 'm'},
	    {"no", 1, 0, 'N'}, {"moka", 1, 0, 'A'}, {"method", 1, 0, 'M'},
	    {"run", 1, 0, 'r'}, {"suite", 1, 0, 's'}, {"seed", 1, 0, 'S'},
	    {"devrun", 1, 0, 'x'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'},
	    {0}};
	int c;

	run.count = 10;
	while ((c = getopt_long(argc, argv, "A:d:e:k:m:M:N:r:s:S:x:h", options,
		    NULL)) != -1) {
		switch (c) {
		case 'd': run.device = optarg; break;
		case 'e': run.engine = optarg; break;
		case 'k': run.count = numarg("count", optarg, 1, 1000); break;
		case 'm': run.model = optarg; break;
		case 'M': run.method = optarg; break;
		case 'N': run.no = optarg; break;
		case 'A': run.moka = optarg; break;
		case 'r': run.name = optarg; break;
		case 's': run.suite = optarg; break;
		case 'S': run.seed = optarg; break;
		case 'x': run.settings = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	methodcheck();
	if (strspn(run.seed, "0123456789abcdef") != strlen(run.seed))
		errx(EX_USAGE, "seed '%s': not lower-case hex", run.seed);
	if (!run.name)
		run.name = defaultname(argv[optind] != NULL);
	if (!isword(run.name))
		errx(EX_USAGE, "run '%s': not a name", run.name);
	run.dir = xasprintf("results/%s", run.name);
	plan(argv + optind);
	closeout();
	return EX_OK;
}
