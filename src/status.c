/*
 * status: where runs stand, read from the files they have made.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "goals.h"
#include "used.h"

#define RECENT 600 /* seconds: what was done in them tells the pace */

/* the stages of a chain, in order; an absent file is passed over */
static const char *const stages[] = {"job", "agent", "plan-prompt", "plan-call",
    "plan", "replan-call", "replan", "prompt", "llm-call", "unpack", "xcompile",
    "devrun", "score"};

enum { NSTAGES = LEN(stages), DONE = NSTAGES - 1 };

/* what is counted of a run */
struct run {
	const char *dir;
	long chains, done, recent;
	long at[NSTAGES];     /* chains whose last file is this stage's */
	long batch;	      /* that wait for a batch */
	long failed[NSTAGES]; /* in which this stage could not do its work */
	int status[NSTAGES];  /* what it said last */
	time_t first, last;   /* when the first and the last were done */
	int busy;	      /* a make holds the run's lock */
	struct used used;
};

static int json;

static int
stagefile(const char *dir, const char *stage, struct stat *st)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.json", dir, stage);
	return stat(path, st) == 0;
}

/* does a stage's note say that it failed?  Counts it then. */
static int
failed(struct run *r, const char *dir, int stage)
{
	char path[4096], word[16] = "";
	int status = 0;
	FILE *fp;

	snprintf(path, sizeof(path), "%s/%s.failed", dir, stages[stage]);
	fp = fopen(path, "re");
	if (!fp)
		return 0;
	if (fscanf(fp, "%d %15s", &status, word) == 2) {
		r->batch++;
	} else {
		r->failed[stage]++;
		r->status[stage] = status;
	}
	fclose(fp);
	return 1;
}

/* a chain that is not done: at which stage it stands, or failed */
static void
countopen(struct run *r, const char *dir)
{
	struct stat st;
	int i, next;

	for (i = DONE - 1; i > 0 && !stagefile(dir, stages[i], &st); i--)
		;
	for (next = i + 1; next <= DONE; next++)
		if (failed(r, dir, next))
			return;
	r->at[i]++;
}

static void
countchain(struct run *r, const char *goal, time_t now)
{
	const char *slash = strrchr(goal, '/');
	struct stat st;
	char *dir;

	r->chains++;
	if (stat(goal, &st) == 0) {
		r->at[DONE]++;
		r->done++;
		r->recent += now - st.st_mtime < RECENT;
		if (!r->first || st.st_mtime < r->first)
			r->first = st.st_mtime;
		if (st.st_mtime > r->last)
			r->last = st.st_mtime;
		return;
	}
	if (!slash)
		return;
	dir = xasprintf("%.*s", (int)(slash - goal), goal);
	countopen(r, dir);
	free(dir);
}

static int
locked(const char *dir)
{
	char *path = xasprintf("%s/lock", dir);
	int fd = open(path, O_RDWR | O_CLOEXEC), busy;

	free(path);
	if (fd < 0)
		return 0;
	busy = flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	close(fd);
	return busy;
}

static void
readrun(struct run *r, const char *dir)
{
	struct goals g = {0};
	time_t now = time(NULL);
	size_t i;

	*r = (struct run){.dir = dir, .busy = locked(dir)};
	goals_add(&g, dir);
	for (i = 0; i < g.n; i++)
		countchain(r, g.name[i], now);
	used_read(&r->used, dir, &g);
	goals_free(&g);
}

/* seconds until all is done at the pace of late, or -1 */
static long
left(const struct run *r)
{
	time_t now = time(NULL);
	long window = now - r->first < RECENT ? (long)(now - r->first) : RECENT;

	if (!r->busy || !r->recent || window <= 0)
		return -1;
	return (r->chains - r->done) * window / r->recent;
}

static void
printjson(const struct run *r)
{
	cJSON *o = cJSON_CreateObject(), *at = cJSON_CreateObject();
	cJSON *failed = cJSON_CreateObject();
	const struct used *u = &r->used;
	char cost[32];
	int i;

	json_set(o, "run", cJSON_CreateString(r->dir));
	json_set(o, "chains", cJSON_CreateNumber((double)r->chains));
	json_set(o, "done", cJSON_CreateNumber((double)r->done));
	json_set(o, "running", cJSON_CreateBool(r->busy));
	if (left(r) >= 0)
		json_set(
		    o, "left_seconds", cJSON_CreateNumber((double)left(r)));
	for (i = 0; i < NSTAGES; i++) {
		if (r->at[i])
			json_set(at, stages[i],
			    cJSON_CreateNumber((double)r->at[i]));
		if (r->failed[i])
			json_set(failed, stages[i],
			    cJSON_CreateNumber((double)r->failed[i]));
	}
	json_set(o, "at", at);
	json_set(o, "failed", failed);
	json_set(o, "waiting_for_batch", cJSON_CreateNumber((double)r->batch));
	money_print(u->pico, cost);
	json_set(o, "cost", cJSON_CreateString(cost));
	json_set(o, "build_seconds", cJSON_CreateNumber(u->build));
	json_set(o, "model_seconds", cJSON_CreateNumber(u->model));
	json_set(o, "device_seconds", cJSON_Duplicate(u->devices, 1));
	if (u->what) {
		json_set(o, "longest", cJSON_CreateString(u->what));
		json_set(o, "longest_seconds", cJSON_CreateNumber(u->longest));
	}
	json_write(stdout, o);
	cJSON_Delete(o);
}

/* which resource the run waits for, and what it has cost */
static void
printused(const struct used *u)
{
	char cost[32];

	money_print(u->pico, cost);
	printf("  longest: %s, %.0f s at work (compilers %.0f s, ", u->what,
	    u->longest, u->build);
	json_each (d, u->devices)
		printf("%s %.0f s, ", d->string, d->valuedouble);
	printf("answers %.0f s)\n", u->model);
	if (u->pico)
		printf("  $%s for %ld answers\n", cost, u->calls);
}

static const char *
meaning(int status)
{
	switch (status) {
	case EX_DATAERR: return "its input is not what it must be";
	case EX_UNAVAILABLE: return "an outside thing is missing";
	case EX_TEMPFAIL: return "later it may succeed";
	case EX_NOPERM: return "the budget is spent";
	default: return "it could not do its work";
	}
}

static void
printrun(const struct run *r)
{
	long eta = left(r);
	int i;

	printf("%s\n  %ld of %ld done", r->dir, r->done, r->chains);
	if (r->done == r->chains)
		printf(", complete");
	else
		printf(", %s", r->busy ? "running" : "not running");
	if (eta >= 0 && r->done < r->chains)
		printf(", about %ldm%02lds left", eta / 60, eta % 60);
	putchar('\n');
	if (r->batch)
		printf("  %ld wait for a batch\n", r->batch);
	for (i = 0; i < NSTAGES; i++)
		if (r->failed[i])
			printf("  %ld failed in %s: %s\n", r->failed[i],
			    stages[i], meaning(r->status[i]));
	for (i = 0; i < DONE; i++)
		if (r->at[i])
			printf("  %ld %s %s\n", r->at[i],
			    r->busy ? "have come to" : "stopped after",
			    stages[i]);
	if (r->used.what)
		printused(&r->used);
}

static void
one(const char *dir)
{
	struct run r;

	readrun(&r, dir);
	if (json)
		printjson(&r);
	else
		printrun(&r);
	used_free(&r.used);
}

/* every run of results/, the latest first is not worth a sort: by name */
static void
every(void)
{
	struct dirent **list;
	int n = scandir("results", &list, NULL, alphasort), i, seen = 0;
	char *dir, *goals;

	for (i = 0; i < n; i++) {
		dir = xasprintf("results/%s", list[i]->d_name);
		goals = xasprintf("%s/goals", dir);
		if (list[i]->d_name[0] != '.' && access(goals, R_OK) == 0) {
			one(dir);
			seen++;
		}
		free(goals);
		free(dir);
	}
	if (!seen)
		warnx("no runs under results/; make sweep makes one");
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: status [-j] [results/RUN ...]\n"
	    "Says where runs stand: done, running, how long it will take.\n"
	    "  -j, --json   as JSON, a line each\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"json", 0, 0, 'j'}, {"help", 0, 0, 'h'}, {0}};
	int c;

	while ((c = getopt_long(argc, argv, "jh", options, NULL)) != -1) {
		switch (c) {
		case 'j': json = 1; break;
		case 'h': usage(EX_OK);
		default: usage(EX_USAGE);
		}
	}
	if (chdir(rootdir()) < 0)
		err(EX_UNAVAILABLE, "%s", rootdir());
	if (!argv[optind])
		every();
	for (; argv[optind]; optind++)
		one(argv[optind]);
	closeout();
	return EX_OK;
}
