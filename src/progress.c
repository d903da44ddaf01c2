/*
 * progress: run a command that works on runs, alone, and say how far it is.
 *
 * A run's goals are files; what exists is done.  On a terminal a line says how
 * many of how many and how long it will take; elsewhere nothing is printed.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "goals.h"
#include "util.h"

/* the files that are waited for */
struct waited {
	struct goals goals;
	char *done; /* a byte each */
	size_t ndone, began;
};

static pid_t child;

static void
forward(int sig)
{
	if (child > 0)
		kill(child, sig);
}

static void
count(struct waited *w)
{
	size_t i;

	for (i = 0; i < w->goals.n; i++) {
		if (!w->done[i] && access(w->goals.name[i], F_OK) == 0) {
			w->done[i] = 1;
			w->ndone++;
		}
	}
}

static void
duration(char *s, size_t n, double seconds)
{
	long t = (long)(seconds + 0.5);

	if (t >= 3600)
		snprintf(s, n, "%ldh%02ldm", t / 3600, t / 60 % 60);
	else if (t >= 60)
		snprintf(s, n, "%ldm%02lds", t / 60, t % 60);
	else
		snprintf(s, n, "%lds", t);
}

static void
show(const struct waited *w, uint64_t start)
{
	double elapsed = (double)(nowns() - start) / 1e9;
	size_t fresh = w->ndone - w->began;
	char past[32], left[40] = "";

	duration(past, sizeof(past), elapsed);
	if (fresh && w->ndone < w->goals.n) {
		duration(left, sizeof(left),
		    elapsed / (double)fresh * (double)(w->goals.n - w->ndone));
		fprintf(stderr, "\r\033[K%zu of %zu done, %s, about %s left",
		    w->ndone, w->goals.n, past, left);
	} else {
		fprintf(stderr, "\r\033[K%zu of %zu done, %s", w->ndone,
		    w->goals.n, past);
	}
}

/* held until this program and its command have ended */
static void
lock(const char *run)
{
	char *path = xasprintf("%s/lock", run);
	int fd = open(path, O_RDWR | O_CREAT, 0666);

	if (fd < 0)
		err(EX_IOERR, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		warnx("another make is at work on '%s'; waiting for it", run);
		while (flock(fd, LOCK_EX) < 0)
			if (errno != EINTR)
				err(EX_IOERR, "%s", path);
	}
	free(path);
}

static int
watch(struct waited *w)
{
	int terminal = isatty(2), status;
	uint64_t start = nowns();
	pid_t pid;

	count(w);
	w->began = w->ndone;
	while ((pid = waitpid(child, &status, terminal ? WNOHANG : 0)) == 0 ||
	       (pid < 0 && errno == EINTR)) {
		count(w);
		show(w, start);
		poll(NULL, 0, 250);
	}
	if (terminal)
		fprintf(stderr, "\r\033[K");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: progress run ... -- command [argument ...]\n"
	    "Locks runs (directories that plan made), runs the command, and\n"
	    "shows on a terminal how many of their goals exist.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	struct waited w = {0};
	int i, rc;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		usage(EX_OK);
	if (argc > 1 && argv[1][0] == '-')
		warnx("no such option: '%s'", argv[1]);
	if (argc < 4 || argv[1][0] == '-')
		usage(EX_USAGE);
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		lock(argv[i]);
		goals_add(&w.goals, argv[i]);
	}
	if (i + 1 >= argc)
		usage(EX_USAGE);
	w.done = xcalloc(w.goals.n, 1);
	signal(SIGINT, forward);
	signal(SIGTERM, forward);
	signal(SIGHUP, forward);
	child = fork();
	if (child < 0)
		err(EX_OSERR, "fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		execvp(argv[i + 1], argv + i + 1);
		err(EX_UNAVAILABLE, "%s", argv[i + 1]);
	}
	rc = watch(&w);
	goals_free(&w.goals);
	free(w.done);
	return rc;
}
