#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jail.h"
#include "spawn.h"

#define FILES 6
#define GUARD 63  /* the guard's socket, until exec */
#define BEYOND 64 /* file numbers from here on are free for the move */

static void
limit(int what, uint64_t n)
{
	struct rlimit r = {n, n};

	setrlimit(what, &r);
}

static void
limits(const struct spawn *s)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_FSIZE, s->filesize);
	if (s->memory)
		limit(s->emulated ? RLIMIT_DATA : RLIMIT_AS, s->memory);
	if (s->cpuseconds)
		limit(RLIMIT_CPU, s->cpuseconds);
}

static int
files(const struct spawn *s)
{
	int i;

	for (i = 0; i < FILES; i++)
		if (dup3(s->files[i], BEYOND + i, O_CLOEXEC) < 0)
			return -1;
	if (dup3(s->guard, GUARD, O_CLOEXEC) < 0)
		return -1;
	for (i = 0; i < FILES; i++)
		if (dup2(BEYOND + i, i) < 0)
			return -1;
	for (i = 0; i < FILES; i++)
		close(BEYOND + i);
	for (i = FILES; i < GUARD; i++)
		close(i);
	return (int)syscall(SYS_close_range, GUARD + 1, ~0u, 0);
}

void
runner_first(void)
{
	int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);

	setpriority(PRIO_PROCESS, 0, -20);
	if (fd < 0)
		return;
	if (write(fd, "-20", 3) < 0)
		errno = 0;
	close(fd);
}

_Noreturn static void
child(const struct spawn *s, pid_t parent)
{
	static char lang[] = "LC_ALL=C", *const env[] = {lang, NULL};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	setsid();
	runner_first();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (CPU_COUNT(&s->cpus))
		sched_setaffinity(0, sizeof(s->cpus), &s->cpus);
	signal(SIGXFSZ, SIG_IGN);
	if (files(s) == 0 && jail_landlock(s->read, NULL) >= 0) {
		limits(s);
		jail_listen(GUARD);
		execve(s->argv[0], s->argv, env);
	}
	dprintf(2, "%s: %s\n", s->argv[0], strerror(errno));
	_exit(127);
}

pid_t
runner_spawn(const struct spawn *s)
{
	pid_t parent = getpid(), pid;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0)
		child(s, parent);
	return pid;
}

/* parent of a process; 0 if it cannot be told */
static pid_t
parentof(const char *pid)
{
	char path[64], line[512], *p;
	FILE *fp;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	if (!(fp = fopen(path, "re")))
		return 0;
	if (fgets(line, sizeof(line), fp) && (p = strrchr(line, ')')))
		sscanf(p + 1, " %*c %d", &parent);
	fclose(fp);
	return parent;
}

/* kill what was orphaned to us; returns how many there were */
static int
killorphans(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t self = getpid();
	int n = 0;

	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]) &&
		    parentof(e->d_name) == self) {
			kill(atoi(e->d_name), SIGKILL);
			n++;
		}
	if (d)
		closedir(d);
	return n;
}

void
runner_end(pid_t pid, int reaped, int *status)
{
	int st;
	pid_t p;

	kill(-pid, SIGKILL);
	if (!reaped) {
		kill(pid, SIGKILL);
		while ((p = waitpid(pid, &st, 0)) < 0 && errno == EINTR)
			;
		if (p == pid && status)
			*status = st;
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	while (waitpid(-1, NULL, WNOHANG) == 0 && killorphans())
		waitpid(-1, NULL, 0);
}
