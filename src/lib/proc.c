#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc.h"

static void
limit(int what, uint64_t n)
{
	struct rlimit r = {n, n};

	if (n)
		setrlimit(what, &r);
}

/* a file in memory that holds the input, to be read from its start */
static int
inputfd(const struct proc *p)
{
	int fd;

	if (!p->inputlen)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd = memfd_create("stdin", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	if (writeall(fd, p->input, p->inputlen) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* in the child: never returns */
static _Noreturn void
start(const struct proc *p, pid_t parent, int in, int out, int report)
{
	int saved;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	limit(RLIMIT_AS, p->memory);
	limit(RLIMIT_FSIZE, p->filesize);
	limit(RLIMIT_CPU, p->cpuseconds);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	if (p->background)
		setpriority(PRIO_PROCESS, 0, 19);
	if (p->alone)
		close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
	if (dup2(in, 0) >= 0 && dup2(out, 1) >= 0 && dup2(out, 2) >= 0 &&
	    (!p->dir || chdir(p->dir) == 0))
		execvpe(p->argv[0], (char *const *)p->argv,
		    p->env ? (char *const *)p->env : environ);
	saved = errno;
	(void)!write(report, &saved, sizeof(saved));
	_exit(127);
}

static void
keep(const struct proc *p, struct procresult *r, const char *data, size_t n)
{
	size_t room = p->maxoutput > r->out.len ? p->maxoutput - r->out.len : 0;

	if (n > room) {
		r->cut = 1;
		n = room;
	}
	buf_add(&r->out, data, n);
}

/* read what it prints until it closes stdout or its time is over */
static void
watch(const struct proc *p, struct procresult *r, int fd, uint64_t began)
{
	struct pollfd poll1 = {.fd = fd, .events = POLLIN};
	uint64_t limitns = (uint64_t)(p->seconds * 1e9), now;
	char data[16384];
	ssize_t n;
	int ms = -1;

	for (;;) {
		if (limitns) {
			now = nowns() - began;
			if (now >= limitns) {
				r->timedout = 1;
				return;
			}
			ms = (int)((limitns - now) / 1000000) + 1;
		}
		if (poll(&poll1, 1, ms) <= 0)
			continue;
		n = read(fd, data, sizeof(data));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		keep(p, r, data, (size_t)n);
	}
}

int
proc_run(const struct proc *p, struct procresult *r)
{
	uint64_t began = nowns();
	int out[2], report[2], in, failed = 0;
	siginfo_t info;
	pid_t pid, parent = getpid();

	*r = (struct procresult){0};
	in = inputfd(p);
	if (in < 0)
		return -1;
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0)
		err(EX_OSERR, "pipe");
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		err(EX_OSERR, "fork");
	if (pid == 0)
		start(p, parent, in, out[1], report[1]);
	setpgid(pid, pid);
	close(in);
	close(out[1]);
	close(report[1]);
	if (read(report[0], &failed, sizeof(failed)) !=
	    (ssize_t)sizeof(failed)) {
		failed = 0;
		watch(p, r, out[0], began);
	}
	close(report[0]);
	close(out[0]);
	/* the leader may outlive its stdout: give it what time is left */
	while (!r->timedout && waitid(P_PID, (id_t)pid, &info,
				   WEXITED | WNOWAIT | WNOHANG) == 0) {
		if (info.si_pid == pid)
			break;
		if (p->seconds > 0 &&
		    (double)(nowns() - began) / 1e9 > p->seconds)
			r->timedout = 1;
		else
			poll(NULL, 0, 1);
		info.si_pid = 0;
	}
	kill(-pid, SIGKILL);
	while (waitpid(pid, &r->status, 0) < 0 && errno == EINTR)
		;
	r->seconds = (double)(nowns() - began) / 1e9;
	errno = failed;
	return failed ? -1 : 0;
}

const char *
proc_status(int status)
{
	static char text[80];

	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(
		    text, sizeof(text), "exit status %d", WEXITSTATUS(status));
	return text;
}
