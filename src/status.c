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

#include "json.h"

#define RECENT 600 /* seconds: what was done in them tells the pace */

/* the stages of a chain, in order; an absent file is passed over */
static const char *const stages[] = {"job", "agent", "debugger-prompt",
    "debugger", "prompt", "llm-call", "unpack", "xcompile", "err-extract",
    "devrun", "score"};

enum { NSTAGES = LEN(stages), DONE = NSTAGES - 1 };

/* what is counted of a run */
struct run {
	const char *dir;
	long chains, done, recent;
	long at[NSTAGES];   /* chains whose last file is this stage's */
	time_t first, last; /* when the first and the last were done */
	int busy;	    /* a make holds the run's lock */
};

static int json;

static int
stagefile(const char *dir, const char *stage, struct stat *st)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.json", dir, stage);
	return stat(path, st) == 0;
}

static void
countchain(struct run *r, char *goal, time_t now)
{
	char *slash = strrchr(goal, '/');
	struct stat st;
	int i;

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
	*slash = '\0';
	for (i = DONE - 1; i > 0 && !stagefile(goal, stages[i], &st); i--)
		;
	r->at[i]++;
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
	char *path = xasprintf("%s/goals", dir), *p, *nl;
	struct buf b = {0};
	time_t now = time(NULL);

	*r = (struct run){.dir = dir, .busy = locked(dir)};
	if (buf_readfile(&b, path, (size_t)1 << 30) < 0)
		err(EX_UNAVAILABLE, "%s (make sweep makes it)", path);
	for (p = b.data; p && (nl = strchr(p, '\n')); p = nl + 1) {
		*nl = '\0';
		countchain(r, p, now);
	}
	buf_free(&b);
	free(path);
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
	int i;

	json_set(o, "run", cJSON_CreateString(r->dir));
	json_set(o, "chains", cJSON_CreateNumber((double)r->chains));
	json_set(o, "done", cJSON_CreateNumber((double)r->done));
	json_set(o, "running", cJSON_CreateBool(r->busy));
	if (left(r) >= 0)
		json_set(
		    o, "left_seconds", cJSON_CreateNumber((double)left(r)));
	for (i = 0; i < NSTAGES; i++)
		if (r->at[i])
			json_set(at, stages[i],
			    cJSON_CreateNumber((double)r->at[i]));
	json_set(o, "at", at);
	json_write(stdout, o);
	cJSON_Delete(o);
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
	for (i = 0; i < DONE; i++)
		if (r->at[i])
			printf("  %ld %s %s\n", r->at[i],
			    r->busy ? "have come to" : "stopped after",
			    stages[i]);
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
	exit(rc);
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
