#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "goals.h"
#include "manifest.h"
#include "runread.h"
#include "why.h"

static void
copy(cJSON *to, const cJSON *from, const char *key)
{
	const cJSON *v = json_get(from, key);

	if (v)
		json_set(to, key, cJSON_Duplicate(v, 1));
}

/* what the report says of a run comes from its records where they say it */
static void
facts(cJSON *manifest, const cJSON *record)
{
	const cJSON *run = json_get(record, "run");

	if (!json_get(manifest, "engine_facts"))
		copy(manifest, run, "engine_facts");
	if (!json_get(manifest, "machine"))
		copy(manifest, run, "machine");
	if (!json_get(manifest, "emulated"))
		copy(manifest, run, "emulated");
	if (!json_get(manifest, "compiler")) {
		copy(manifest, json_get(record, "build"), "compiler");
		copy(manifest, json_get(record, "build"), "flags");
	}
	if (!json_get(manifest, "answered_by"))
		copy(manifest, json_get(record, "response"), "answered_by");
}

static int
numberof(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash ? atoi(slash + 1) : 0;
}

/* what the loop decided lies in a file of its own */
static void
decided(cJSON *a, const char *dir)
{
	char *path = xasprintf("%s/agent.json", dir);
	struct json_place here = json_saveplace();
	cJSON *record;

	if (access(path, R_OK) == 0) {
		record = json_readfile(path);
		copy(a, json_get(record, "agent"), "parent");
		copy(a, json_get(record, "agent"), "why");
		cJSON_Delete(record);
	}
	json_restoreplace(here);
	free(path);
}

static void
because(cJSON *a, const cJSON *record)
{
	char *line = why_line(record, NULL);

	if (line && *line)
		json_set(a, "because", cJSON_CreateString(line));
	free(line);
}

static cJSON *
attempt(const cJSON *record, const char *dir)
{
	static const char *const keys[] = {"status", "class", "evidence",
	    "compiled", "correct", "speedup", "low", "high", "heldout",
	    "emulated", "track"};
	const cJSON *verdict = json_get(record, "verdict");
	cJSON *a = cJSON_CreateObject();
	size_t i;

	json_set(a, "attempt", cJSON_CreateNumber(numberof(dir)));
	json_set(a, "dir", cJSON_CreateString(dir));
	copy(a, json_get(record, "request"), "role");
	decided(a, dir);
	because(a, record);
	if (json_get(record, "skipped"))
		json_set(a, "status", cJSON_CreateString("stopped"));
	for (i = 0; verdict && i < LEN(keys); i++)
		copy(a, verdict, keys[i]);
	json_set(a, "cost", cJSON_CreateNumber(summary_cost(record)));
	copy(a, json_get(record, "run"), "roofline");
	copy(a, json_get(record, "task"), "macs");
	copy(a, json_get(record, "task"), "bytes");
	return a;
}

static void
take(struct run *r, const cJSON *record, const char *file)
{
	const char *name =
	    json_stringor(json_object(record, "task"), "name", "task");
	cJSON *list = json_get(r->attempts, name);
	char *dir = xstrdup(file), *slash = strrchr(dir, '/');

	if (slash)
		*slash = '\0';
	if (!list) {
		list = cJSON_CreateArray();
		cJSON_AddItemToObject(r->attempts, name, list);
	}
	cJSON_AddItemToArray(list, attempt(record, dir));
	if (json_get(record, "verdict")) {
		summary_add(&r->figures, record, file);
		facts(r->manifest, record);
	}
	free(dir);
}

static void
takefile(struct run *r, const char *path, time_t *last)
{
	struct jsonin in = {.fp = fopen(path, "re"), .name = path};
	struct stat st;
	cJSON *record;

	if (!in.fp) {
		if (errno != ENOENT)
			err(EX_UNAVAILABLE, "%s", path);
		return; /* not done yet */
	}
	if (fstat(fileno(in.fp), &st) == 0 && st.st_mtime > *last)
		*last = st.st_mtime;
	while ((record = json_readrecord(&in))) {
		take(r, record, path);
		cJSON_Delete(record);
	}
	json_end(&in);
	fclose(in.fp);
}

static cJSON *
manifest(const char *dir)
{
	char *path = xasprintf("%s/run.json", dir);
	cJSON *m = json_readfile(path), *made = manifest_read(dir);

	if (made) {
		cJSON_DeleteItemFromObjectCaseSensitive(made, "run");
		cJSON_DeleteItemFromObjectCaseSensitive(
		    json_get(made, "suite"), "tasks");
		json_set(m, "made", made);
	}
	free(path);
	return m;
}

void
run_read(struct run *r, const char *dir)
{
	const char *slash = strrchr(dir, '/');
	struct goals g = {0};
	time_t last = 0;
	char when[40];
	struct tm tm;
	size_t i;
	cJSON *m;

	goals_add(&g, dir);
	*r = (struct run){.dir = xstrdup(dir),
	    .name = xstrdup(slash ? slash + 1 : dir),
	    .manifest = manifest(dir),
	    .attempts = cJSON_CreateObject()};
	for (i = 0; i < g.n; i++)
		takefile(r, g.name[i], &last);
	if (!r->figures.attempts)
		errx(EX_UNAVAILABLE, "%s: nothing done yet", dir);
	strftime(
	    when, sizeof(when), "%Y-%m-%d %H:%M UTC", gmtime_r(&last, &tm));
	json_set(r->manifest, "when", cJSON_CreateString(when));
	m = summary_json(&r->figures);
	r->summary = cJSON_DetachItemFromObjectCaseSensitive(m, "summary");
	cJSON_Delete(m);
	r->tasks = r->figures.tasks;
	goals_free(&g);
}

/* the members that a run is told by */
static const char *const told[] = {"manifest", "summary", "tasks", "attempts"};

void
run_tell(FILE *fp, const struct run *r)
{
	cJSON *const parts[] = {r->manifest, r->summary, r->tasks, r->attempts};
	cJSON *o = cJSON_CreateObject();
	size_t i;

	for (i = 0; i < LEN(told); i++)
		cJSON_AddItemReferenceToObject(o, told[i], parts[i]);
	json_write(fp, o);
	cJSON_Delete(o);
}

int
run_hear(struct run *r, const char *dir, struct jsonin *in)
{
	cJSON *o = json_read(in), *parts[LEN(told)];
	const char *slash = strrchr(dir, '/');
	size_t i;

	if (!o)
		return -1;
	for (i = 0; i < LEN(told); i++)
		parts[i] = cJSON_DetachItemFromObjectCaseSensitive(o, told[i]);
	*r = (struct run){.dir = xstrdup(dir),
	    .name = xstrdup(slash ? slash + 1 : dir),
	    .manifest = parts[0],
	    .summary = parts[1],
	    .tasks = parts[2],
	    .attempts = parts[3]};
	cJSON_Delete(o);
	return 0;
}

void
run_readfile(struct run **runs, size_t *n, const char *path)
{
	cJSON *file = json_readfile(path);
	const cJSON *list =
	    json_array(json_object(file, "leaderboard"), "runs");
	struct run *r;

	json_each (item, list) {
		*runs = xreallocarray(*runs, *n + 1, sizeof(**runs));
		r = &(*runs)[(*n)++];
		*r = (struct run){.dir = xstrdup(path),
		    .foreign = 1,
		    .manifest =
			cJSON_Duplicate(json_object(item, "manifest"), 1),
		    .name = xstrdup(json_string(item, "run")),
		    .summary = cJSON_Duplicate(json_object(item, "summary"), 1),
		    .tasks = cJSON_Duplicate(json_object(item, "tasks"), 1)};
	}
	cJSON_Delete(file);
}

/* counts without the paths of this machine */
static cJSON *
counts(const cJSON *tasks)
{
	cJSON *copied = cJSON_Duplicate(tasks, 1);

	json_each (t, copied)
		cJSON_DeleteItemFromObjectCaseSensitive(t, "best");
	return copied;
}

cJSON *
run_leaderboard(const struct run *runs, size_t n)
{
	cJSON *out = cJSON_CreateObject(), *list = cJSON_CreateArray(), *o;
	size_t i;

	json_set(out, "leaderboard", cJSON_CreateObject());
	for (i = 0; i < n; i++) {
		o = cJSON_CreateObject();
		json_set(o, "run", cJSON_CreateString(runs[i].name));
		json_set(o, "manifest", cJSON_Duplicate(runs[i].manifest, 1));
		json_set(o, "summary", cJSON_Duplicate(runs[i].summary, 1));
		json_set(o, "tasks", counts(runs[i].tasks));
		cJSON_AddItemToArray(list, o);
	}
	json_set(json_get(out, "leaderboard"), "runs", list);
	return out;
}

const cJSON *
run_attempts(const struct run *r, const char *task)
{
	return json_get(r->attempts, task);
}

cJSON *
run_stage(const cJSON *attempt, const char *name)
{
	char *path = xasprintf("%s/%s.json", json_string(attempt, "dir"), name);
	cJSON *j = access(path, R_OK) == 0 ? json_readfile(path) : NULL;

	free(path);
	return j;
}
