#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"
#include "map.h"
#include "slot.h"
#include "used.h"

#define CONCURRENCY 64 /* of a model that states none, as model.c has it */

/* what a chain has used */
struct line {
	long long when; /* its last record's time of change, ns */
	double build, device, model;
	long calls;
	long long pico;
	char where[128]; /* the device */
};

static int
parse(const char *s, struct line *l)
{
	return sscanf(s, "%lld %lf %lf %lf %ld %lld %127s", &l->when, &l->build,
		   &l->device, &l->model, &l->calls, &l->pico, l->where) == 7;
}

static void
answer(struct line *l, const cJSON *a)
{
	const char *cost = json_stringor(a, "cost", "0");
	int64_t pico = money_parse(cost);

	l->calls++;
	l->model += json_numberor(a, "seconds", 0);
	l->pico += pico > 0 ? pico : 0;
}

static void
plans(struct line *l, const char *goal)
{
	const char *slash = strrchr(goal, '/');
	char *path = xasprintf(
	    "%.*s/replan.json", (int)(slash ? slash - goal : 0), goal);
	cJSON *record = access(path, R_OK) == 0 ? json_readfile(path) : NULL;

	json_each (p, json_get(record, "planning"))
		answer(l, p);
	cJSON_Delete(record);
	free(path);
}

static void
readchain(struct line *l, const char *goal)
{
	cJSON *r = json_readfile(goal);
	const cJSON *run = json_get(r, "run");
	const char *device = json_stringor(json_get(run, "machine"), "member",
	    json_stringor(run, "device", "?"));

	l->build = json_numberor(json_get(r, "build"), "seconds", 0);
	l->device = json_numberor(
	    run, "alone_seconds", json_numberor(run, "seconds", 0));
	if (json_get(r, "response"))
		answer(l, json_get(r, "response"));
	plans(l, goal);
	snprintf(l->where, sizeof(l->where), "%s",
	    *device && !strpbrk(device, " \t\n") ? device : "?");
	cJSON_Delete(r);
}

static void
add(struct used *u, const struct line *l)
{
	double before = json_numberor(u->devices, l->where, 0);

	u->build += l->build;
	u->model += l->model;
	u->calls += l->calls;
	u->pico += l->pico;
	if (l->device > 0)
		json_set(u->devices, l->where,
		    cJSON_CreateNumber(before + l->device));
}

/* "LINE GOAL" of each chain that was read before, by goal */
static void
recall(struct map *m, struct buf *b, const char *path)
{
	char *p, *nl, *goal;

	if (buf_readfile(b, path, (size_t)1 << 28) < 0)
		return;
	for (p = b->data; p && (nl = strchr(p, '\n')); p = nl + 1) {
		*nl = '\0';
		goal = strrchr(p, ' ');
		if (!goal)
			continue;
		*goal++ = '\0';
		*map_at(m, goal) = p;
	}
}

static void
chain(
    struct used *u, struct buf *out, const struct map *known, const char *goal)
{
	const char *old = map_get(known, goal);
	struct line l = {0};
	struct stat st;
	long long when;

	if (stat(goal, &st) < 0 || st.st_size == 0)
		return;
	when = (long long)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	if (!old || !parse(old, &l) || l.when != when) {
		l = (struct line){.when = when};
		readchain(&l, goal);
	}
	buf_addf(out, "%lld %.6f %.6f %.6f %ld %lld %s %s\n", l.when, l.build,
	    l.device, l.model, l.calls, l.pico, l.where, goal);
	add(u, &l);
}

static void
resource(struct used *u, double seconds, char *name)
{
	if (seconds > u->longest) {
		free(u->what);
		u->longest = seconds;
		u->what = name;
	} else {
		free(name);
	}
}

/* seconds that the model's limits make of these questions */
static double
asking(const struct used *u, const char *dir)
{
	char *path = xasprintf("%s/model.json", dir);
	cJSON *m = access(path, R_OK) == 0 ? json_readfile(path) : NULL;
	const cJSON *limits = json_get(m, "limits");
	double width = json_numberor(limits, "concurrency", CONCURRENCY);
	double pace = json_numberor(limits, "requests_per_minute", 0);
	double s = u->model / (width < 1 ? 1 : width);

	if (pace > 0)
		s = fmax(s, (double)u->calls * 60 / pace);
	cJSON_Delete(m);
	free(path);
	return s;
}

void
used_read(struct used *u, const char *dir, const struct goals *goals)
{
	char *path = xasprintf("%s/used", dir);
	struct buf old = {0}, new = {0};
	struct map known = {0};
	size_t i;

	*u = (struct used){.devices = cJSON_CreateObject()};
	recall(&known, &old, path);
	for (i = 0; i < goals->n; i++)
		chain(u, &new, &known, goals->name[i]);
	/* it only saves time: who may not write reads again */
	if (new.len && writefile(path, new.data, new.len, 1) < 0)
		errno = 0;
	resource(u,
	    u->build / slot_builds(json_get(u->devices, "host") != NULL),
	    xstrdup("builds"));
	json_each (d, u->devices)
		resource(u, d->valuedouble, xasprintf("device %s", d->string));
	resource(u, asking(u, dir), xstrdup("model"));
	map_free(&known);
	buf_free(&old);
	buf_free(&new);
	free(path);
}

void
used_free(struct used *u)
{
	cJSON_Delete(u->devices);
	free(u->what);
	*u = (struct used){0};
}
