#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec.h"

static char **
vector(const cJSON *command)
{
	char **argv =
	    xcalloc((size_t)cJSON_GetArraySize(command) + 1, sizeof(*argv));
	size_t n = 0;

	json_each (word, command)
		argv[n++] = word->valuestring;
	return argv;
}

static _Noreturn void
child(char **argv, int in, int out, int report)
{
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(in, 0);
	dup2(out, 1);
	execvp(argv[0], argv);
	(void)!write(report, &errno, sizeof(errno));
	_exit(127);
}

int
exec_start(struct execution *x, const cJSON *command, const char *input,
    double seconds, size_t max)
{
	int in[2], out[2], report[2], error = 0;
	char **argv = vector(command);

	*x =
	    (struct execution){.input = input, .max = max, .in = -1, .out = -1};
	x->inputlen = strlen(input);
	x->deadline = nowns() + (uint64_t)(seconds * 1e9);
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 ||
	    pipe2(report, O_CLOEXEC) < 0)
		err(EX_OSERR, "pipe");
	x->pid = fork();
	if (x->pid < 0)
		err(EX_OSERR, "fork");
	if (x->pid == 0)
		child(argv, in[0], out[1], report[1]);
	setpgid(x->pid, x->pid);
	free(argv);
	close(in[0]);
	close(out[1]);
	close(report[1]);
	x->in = in[1];
	x->out = out[0];
	fcntl(x->in, F_SETFL, O_NONBLOCK);
	fcntl(x->out, F_SETFL, O_NONBLOCK);
	if (read(report[0], &error, sizeof(error)) != sizeof(error))
		error = 0;
	close(report[0]);
	if (error) {
		exec_kill(x);
		errno = error;
		return -1;
	}
	return 0;
}

unsigned
exec_fds(const struct execution *x, struct pollfd *fds)
{
	unsigned n = 0;

	if (x->in >= 0)
		fds[n++] = (struct pollfd){.fd = x->in, .events = POLLOUT};
	if (x->out >= 0)
		fds[n++] = (struct pollfd){.fd = x->out, .events = POLLIN};
	return n;
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
feed(struct execution *x)
{
	ssize_t n;

	while (x->in >= 0) {
		if (x->sent == x->inputlen) {
			shut(&x->in);
			return;
		}
		n = write(x->in, x->input + x->sent, x->inputlen - x->sent);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			shut(&x->in);
		else
			x->sent += (size_t)n;
	}
}

/* 1 at the end of what it writes */
static int
drain(struct execution *x)
{
	ssize_t n;

	for (;;) {
		char *p = buf_room(&x->output, 65536);

		n = read(x->out, p, 65536);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0)
			return 1;
		x->output.len += (size_t)n;
		if (x->output.len > x->max) {
			x->toolong = 1;
			return 1;
		}
	}
}

void
exec_kill(struct execution *x)
{
	if (x->pid <= 0)
		return;
	kill(-x->pid, SIGKILL);
	kill(x->pid, SIGKILL);
	while (waitpid(x->pid, &x->status, 0) < 0 && errno == EINTR)
		;
	x->pid = 0;
	shut(&x->in);
	shut(&x->out);
}

int
exec_turn(struct execution *x)
{
	feed(x);
	x->timedout = nowns() >= x->deadline;
	if (x->timedout) {
		exec_kill(x);
		return 1;
	}
	if (x->out >= 0 && !drain(x))
		return 0;
	shut(&x->out);
	if (!x->toolong && waitpid(x->pid, &x->status, WNOHANG) == 0)
		return 0;
	if (x->toolong) {
		exec_kill(x);
		return 1;
	}
	shut(&x->in);
	kill(-x->pid, SIGKILL);
	x->pid = 0;
	return 1;
}
