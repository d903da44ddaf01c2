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
#include "goals.h"
#include "manifest.h"
#include "stage.h"

#define FORMAT 1

/* a run */
static struct {
	const char *suite, *engine, *device, *model, *method, *name, *seed;
	const char *settings; /* more options of devrun */
	const char *no;	      /* tools that moka does without */
	const char *moka;     /* more options of moka */
	const char *version;  /* of the suite */
	int devicegiven, newseeds;
	long long count;      /* attempts of moka, samples of sample */
	const char *recorded; /* the directory of the run that is replayed */
	char *dir;	      /* results/NAME */
	cJSON *tasks;	      /* name -> hash */
	char **chains;	      /* TASK/ATTEMPT, of all tasks */
	size_t nchains;
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
attempts(void)
{
	return strcmp(run.method, "single") == 0 ? 1 : run.count;
}

static int
ismoka(void)
{
	return !run.recorded && strcmp(run.method, "moka") == 0;
}

static void
addchain(char *name)
{
	run.chains =
	    xreallocarray(run.chains, run.nchains + 1, sizeof(*run.chains));
	run.chains[run.nchains++] = name;
}

static cJSON *
hashof(const cJSON *record)
{
	char *text = json_print(record), hex[65];

	sha256hex(text, strlen(text), hex);
	free(text);
	return cJSON_CreateString(hex);
}

/* job.json of each attempt: the task, and which attempt it is */
static void
jobs(const struct task *t)
{
	char *path = rootpath("tasks/%s/%s.json", t->category, t->name);
	cJSON *record = json_readfile(path), *job, *task;
	char *out, *chain;
	long long i;

	task = json_object(record, "task");
	if (strcmp(json_string(task, "name"), t->name) != 0)
		errx(EX_DATAERR, "%s: its name is '%s'", path,
		    json_string(task, "name"));
	json_set(run.tasks, t->name, hashof(record));
	for (i = 1; i <= attempts(); i++) {
		job = cJSON_CreateObject();
		json_set(job, "attempt",
		    cJSON_CreateNumber(ismoka() ? (double)i : 1));
		json_set(job, "sample",
		    cJSON_CreateNumber(ismoka() ? 0 : (double)(i - 1)));
		json_set(record, "job", job);
		chain = xasprintf("%s/%lld", t->name, i);
		out = xasprintf("%s/%s/job.json", run.dir, chain);
		putjson(out, record);
		addchain(chain);
		free(out);
	}
	cJSON_Delete(record);
	free(path);
}

/* a configuration file of the run: what the costly stages depend on */
static cJSON *
snapshot(const char *file, const char *what, const char *dir, const char *name)
{
	cJSON *json = stage_config(what, dir, name);
	char *path = xasprintf("%s/%s", run.dir, file);

	putjson(path, json);
	free(path);
	return json;
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
	if (ismoka())
		put(path, &b);
	buf_free(&b);
	free(path);
}

/* run.json, what the run is; and what it is made with */
static void
manifest(const struct tasks *t, struct manifest *made)
{
	char *path = xasprintf("%s/run.json", run.dir);
	cJSON *m = cJSON_CreateObject();

	json_set(m, "run", cJSON_CreateString(run.name));
	json_set(m, "suite", cJSON_CreateString(run.suite));
	json_set(m, "suite_version", cJSON_CreateString(run.version));
	json_set(m, "tasks", cJSON_CreateNumber((double)t->n));
	json_set(m, "engine", cJSON_CreateString(run.engine));
	json_set(m, "device", cJSON_CreateString(run.device));
	json_set(m, "model", cJSON_CreateString(run.model));
	json_set(m, "method", cJSON_CreateString(run.method));
	json_set(m, "count", cJSON_CreateNumber((double)attempts()));
	json_set(m, "seed", cJSON_CreateString(run.seed));
	json_set(m, "devrun", cJSON_CreateString(run.settings));
	if (strcmp(run.method, "moka") == 0) {
		json_set(m, "no", cJSON_CreateString(run.no));
		json_set(m, "moka", cJSON_CreateString(run.moka));
	}
	if (run.recorded)
		json_set(m, "replay_of", cJSON_CreateString(run.recorded));
	putjson(path, m);
	made->run = m;
	made->tasks = run.tasks;
	manifest_write(run.dir, made);
	cJSON_Delete(m);
	free(path);
}

/* an attempt begins when the one before it is judged and what it left is read
 */
static void
follows(struct buf *b, const struct tasks *t)
{
	long long k;
	size_t i;

	for (i = 0; i < t->n; i++)
		for (k = 2; k <= attempts(); k++)
			buf_addf(b,
			    "%s/%s/%lld/agent.json: %s/%s/%lld/score.json "
			    "%s/%s/%lld/context.json %s/%s/%lld/inspect.json\n",
			    run.dir, t->v[i].name, k, run.dir, t->v[i].name,
			    k - 1, run.dir, t->v[i].name, k - 1, run.dir,
			    t->v[i].name, k - 1);
}

/* lists are one line each: make's time is linear in lines, not in words */
static void
makefile(const struct tasks *t)
{
	char *path = xasprintf("%s/run.mk", run.dir);
	struct buf b = {0};
	size_t i;

	/* override: what a user gives on make's command line was for plan */
	buf_addf(&b,
	    "# made by plan; the rules are in mk/graph.mk\n"
	    "override RUN := %s\noverride ENGINE := %s\n"
	    "override DEVICE := %s\noverride MODEL := %s\n"
	    "override METHOD := %s\noverride COUNT := %lld\n"
	    "override SEED := %s\noverride DEVRUN := %s\n"
	    "override TASKS :=",
	    run.dir, run.engine, run.device, run.recorded ? "" : run.model,
	    run.recorded ? "replay" : run.method, attempts(), run.seed,
	    run.settings);
	for (i = 0; i < t->n; i++)
		buf_addf(&b, " %s", t->v[i].name);
	buf_adds(&b, "\nCHAINS :=");
	for (i = 0; i < run.nchains; i++)
		buf_addf(&b, " %s/%s", run.dir, run.chains[i]);
	buf_addf(&b,
	    "\noverride NO := %s\noverride MOKA := %s\ninclude mk/graph.mk\n",
	    ismoka() ? run.no : "", ismoka() ? run.moka : "");
	if (ismoka())
		follows(&b, t);
	put(path, &b);
	buf_free(&b);
	free(path);
}

static void
goals(void)
{
	char *path = xasprintf("%s/goals", run.dir);
	struct buf b = {0};
	size_t i;

	for (i = 0; i < run.nchains; i++)
		buf_addf(&b, "%s/%s/score.json\n", run.dir, run.chains[i]);
	put(path, &b);
	buf_free(&b);
	free(path);
}

/* the files that the costly stages depend on, and the lists of what is made */
static void
common(const struct tasks *t, struct manifest *made)
{
	made->device =
	    snapshot("device.json", "device", "mk/devices", run.device);
	made->engine =
	    snapshot("engine.json", "engine", "mk/engines", run.engine);
	settings();
	manifest(t, made);
	goals();
	makefile(t);
	puts(run.dir);
}

static void
plan(char **names)
{
	struct manifest made = {0};
	struct tasks t = {0};
	cJSON *s;
	size_t i;

	if (*names)
		namedtasks(&t, names);
	else
		suitetasks(&t);
	if (!t.n)
		errx(EX_DATAERR, "suite '%s' has no tasks", run.suite);
	s = suite(run.suite);
	run.version = xstrdup(json_stringor(s, "version", ""));
	engine_load(run.engine);
	made.model = snapshot("model.json", "model", "mk/models", run.model);
	for (i = 0; i < t.n; i++)
		jobs(&t.v[i]);
	common(&t, &made);
	cJSON_Delete(s);
}

/* the options that give devrun the inputs of the recorded measurement */
static void
inputs(const char *chain)
{
	char *path = xasprintf("%s/%s/devrun.json", run.recorded, chain);
	cJSON *record = access(path, R_OK) == 0 ? json_readfile(path) : NULL;
	const char *seed = json_stringor(json_get(record, "run"), "seed", "");
	struct buf b = {0};

	if (!*run.seed && !run.newseeds && strlen(seed) == 64 &&
	    strspn(seed, "0123456789abcdef") == 64)
		buf_addf(&b, "--seed %s\n", seed);
	free(path);
	path = xasprintf("%s/%s/inputs", run.dir, chain);
	put(path, &b);
	buf_free(&b);
	free(path);
	cJSON_Delete(record);
}

/* take over a recorded answer; 0 if there is none */
static int
answer(struct tasks *t, const char *task, const char *chain)
{
	char *path = xasprintf("%s/%s/llm-call.json", run.recorded, chain);
	cJSON *record = access(path, R_OK) == 0 ? json_readfile(path) : NULL;
	cJSON *only = cJSON_CreateObject();
	int found = json_get(record, "response") != NULL;

	if (found) {
		json_set(only, "task",
		    cJSON_Duplicate(json_object(record, "task"), 1));
		if (strcmp(json_string(json_get(only, "task"), "name"), task))
			errx(EX_DATAERR, "%s: it is not of task '%s'", path,
			    task);
		addtask(t, task,
		    json_stringor(json_get(only, "task"), "category", ""));
		json_set(run.tasks, task, hashof(only));
		free(path);
		path = xasprintf("%s/%s/llm-call.json", run.dir, chain);
		putjson(path, record);
		inputs(chain);
	}
	cJSON_Delete(only);
	cJSON_Delete(record);
	free(path);
	return found;
}

/* the last but one word of TASK/ATTEMPT/score.json, taken off; or NULL */
static char *
lastword(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return NULL;
	*slash = '\0';
	return slash + 1;
}

static void
answers(struct tasks *t)
{
	char *number, *task, *chain;
	struct goals g = {0};
	size_t i, none = 0;

	goals_add(&g, run.recorded);
	for (i = 0; i < g.n; i++) {
		if (!lastword(g.name[i]) || !(number = lastword(g.name[i])) ||
		    !(task = lastword(g.name[i])) || !isword(task) ||
		    !*number || strspn(number, "0123456789") != strlen(number))
			errx(EX_DATAERR, "%s/goals: not the goals of a run",
			    run.recorded);
		chain = xasprintf("%s/%s", task, number);
		if (answer(t, task, chain))
			addchain(chain);
		else
			none++;
	}
	if (!run.nchains)
		errx(EX_UNAVAILABLE, "%s: no answer is recorded", run.recorded);
	if (none)
		warnx("%s: %zu of %zu chains have no recorded answer and are "
		      "left out",
		    run.recorded, none, none + run.nchains);
	goals_free(&g);
}

static const char *
recorded(const cJSON *r, const char *key)
{
	return xstrdup(json_stringor(r, key, ""));
}

/* a name of the recorded run, which may come from anywhere */
static const char *
recordedname(const cJSON *r, const char *key)
{
	const char *s = recorded(r, key);

	if (!isword(s))
		json_bad(json_get(r, key), "%s '%s' is not a name", key, s);
	return s;
}

/* what devrun was told, but nothing that touches its sandbox */
static const char *
recordedsettings(const cJSON *r)
{
	static const char *const known[] = {"-q", "--quick", "-t", "--time",
	    "-n", "--calls", "-j", "--threads", "--untimed"};
	const char *s = recorded(r, "devrun"), *p;
	size_t n, i;

	for (p = s; *(p += strspn(p, " ")); p += n) {
		n = strcspn(p, " ");
		if (strspn(p, "0123456789.") >= n)
			continue;
		for (i = 0; i < LEN(known); i++)
			if (strlen(known[i]) == n && !strncmp(p, known[i], n))
				break;
		if (i == LEN(known))
			errx(EX_DATAERR,
			    "%s: devrun's options '%s' are not taken over; "
			    "give your own (DEVRUN=)",
			    run.recorded, s);
	}
	return s;
}

/* a recorded run once more from its answers, with the tools of today */
static void
replay(void)
{
	char *path = xasprintf("%s/run.json", run.recorded);
	cJSON *r = json_readfile(path);
	struct manifest made = {0};
	struct tasks t = {0};

	run.suite = recorded(r, "suite");
	run.version = recorded(r, "suite_version");
	run.engine = recordedname(r, "engine");
	run.model = recorded(r, "model");
	run.method = recordedname(r, "method");
	run.no = recorded(r, "no");
	run.moka = recorded(r, "moka");
	if (!run.devicegiven)
		run.device = recordedname(r, "device");
	if (!*run.settings)
		run.settings = recordedsettings(r);
	run.count = json_intor(r, "count", 1, 1000, 1);
	free(path);
	path = xasprintf("%s/model.json", run.recorded);
	made.model = json_readfile(path);
	free(path);
	path = xasprintf("%s/model.json", run.dir);
	putjson(path, made.model);
	free(path);
	engine_load(run.engine);
	answers(&t);
	common(&t, &made);
	cJSON_Delete(r);
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
	if (run.recorded) {
		buf_addf(&b, "%s.replay", basename(run.recorded));
		return b.data;
	}
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

/* a seed is 256 bits; the leading noughts may be left out */
static const char *
fullseed(const char *s)
{
	size_t n = strlen(s);

	if (n > 64 || strspn(s, "0123456789abcdef") != n)
		errx(EX_USAGE, "seed '%s': not up to 64 lower-case hex digits",
		    s);
	return xasprintf("%0*d%s", (int)(65 - n), 0, s) + 1;
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: plan [-A moka-options] [-d device] [-e engine] [-k count]\n"
	    "            [-m model] [-M method] [-N tools] [-r run] [-s "
	    "suite]\n"
	    "            [-S seed] [-x devrun-options] [task ...]\n"
	    "       plan -R results/RUN [-d device] [-r run] [-S seed|new]\n"
	    "            [-x devrun-options]\n"
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
	    "  -R, --replay RUN    the recorded answers of that run again\n"
	    "      --version       the version of its format\n"
	    "man plan tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"device", 1, 0, 'd'},
	    {"engine", 1, 0, 'e'}, {"count", 1, 0, 'k'}, {"model", 1, 0, 'm'},
	    {"no", 1, 0, 'N'}, {"moka", 1, 0, 'A'}, {"method", 1, 0, 'M'},
	    {"run", 1, 0, 'r'}, {"suite", 1, 0, 's'}, {"seed", 1, 0, 'S'},
	    {"devrun", 1, 0, 'x'}, {"replay", 1, 0, 'R'}, {"help", 0, 0, 'h'},
	    {"version", 0, 0, 'V'}, {0}};
	int c;

	run.count = 10;
	while ((c = getopt_long(argc, argv, "A:d:e:k:m:M:N:r:R:s:S:x:h",
		    options, NULL)) != -1) {
		switch (c) {
		case 'd':
			run.device = optarg;
			run.devicegiven = 1;
			break;
		case 'e': run.engine = optarg; break;
		case 'k': run.count = numarg("count", optarg, 1, 1000); break;
		case 'm': run.model = optarg; break;
		case 'M': run.method = optarg; break;
		case 'N': run.no = optarg; break;
		case 'A': run.moka = optarg; break;
		case 'r': run.name = optarg; break;
		case 'R': run.recorded = optarg; break;
		case 's': run.suite = optarg; break;
		case 'S': run.seed = optarg; break;
		case 'x': run.settings = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	methodcheck();
	run.newseeds = run.recorded && strcmp(run.seed, "new") == 0;
	if (run.newseeds)
		run.seed = "";
	if (run.recorded && argv[optind])
		usage(EX_USAGE);
	if (*run.seed)
		run.seed = fullseed(run.seed);
	if (!run.name)
		run.name = defaultname(argv[optind] != NULL);
	if (!isword(run.name))
		errx(EX_USAGE, "run '%s': not a name", run.name);
	run.dir = xasprintf("results/%s", run.name);
	run.tasks = cJSON_CreateObject();
	if (chdir(rootdir()) < 0)
		err(EX_UNAVAILABLE, "%s", rootdir());
	if (run.recorded)
		replay();
	else
		plan(argv + optind);
	closeout();
	return EX_OK;
}
