#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fdpass.h"
#include "jail.h"
#include "spawn.h"

#define FILES 6
#define GUARD 63  /* the guard's socket, until its listener is sent */
#define BEYOND 64 /* file numbers from here on are free for the move */
#define ZYGOTE 3  /* a zygote's socket */
#define READS 8192
#define PATIENCE 20000 /* ms until a zygote has started its engine */
#define ADOPTION 5000  /* looks, 100 us apart, for the new parent */

/* what a zygote is told of a runner, beside its files and the guard's socket */
struct order {
	struct spawn s;
	size_t nread; /* bytes of what it may read, each with its NUL */
	char read[READS];
};

static struct {
	pid_t pid; /* 0: there is none */
	int sock;
} zygote;

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

int
runner_enclose(const struct spawn *s)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != s->parent)
		_exit(127);
	setsid();
	runner_first();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (CPU_COUNT(&s->cpus))
		sched_setaffinity(0, sizeof(s->cpus), &s->cpus);
	signal(SIGXFSZ, SIG_IGN);
	if (files(s) < 0 || jail_landlock(s->read, NULL) < 0)
		return -1;
	limits(s);
	jail_listen(GUARD);
	return 0;
}

_Noreturn static void
lost(const char *name)
{
	dprintf(2, "%s: %s\n", name, strerror(errno));
	_exit(127);
}

_Noreturn static void
become(char *const *argv)
{
	static char lang[] = "LC_ALL=C", *const env[] = {lang, NULL};

	execve(argv[0], argv, env);
	lost(argv[0]);
}

/* ---- the zygote, as its supervisor sees it ---- */

/* It may read all and write nothing, and comes after what is measured
   meanwhile: only its runners come first. */
_Noreturn static void
zygotechild(char *const *argv, int sock, pid_t parent)
{
	static const char *const all[] = {"/", NULL};
	static char word[] = "zygote";
	char *words[32] = {NULL};
	int i, null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || null < 0)
		_exit(127);
	setsid();
	limit(RLIMIT_CORE, 0);
	for (i = 0; argv[i] && i < 30; i++)
		words[i] = argv[i];
	words[i] = word;
	if (dup2(sock, BEYOND) < 0)
		_exit(127);
	for (i = 0; i < ZYGOTE; i++)
		dup2(null, i);
	dup2(BEYOND, ZYGOTE);
	syscall(SYS_close_range, ZYGOTE + 1, ~0u, 0);
	if (jail_landlock(all, NULL) < 0)
		_exit(127);
	become(words);
}

void
runner_zygote(char *const *argv)
{
	pid_t parent = getpid();
	int pair[2];

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return;
	zygote.pid = fork();
	if (zygote.pid == 0)
		zygotechild(argv, pair[1], parent);
	close(pair[1]);
	zygote.sock = pair[0];
	if (zygote.pid < 0) {
		zygote.pid = 0;
		close(pair[0]);
	}
}

static void
endzygote(void)
{
	close(zygote.sock);
	kill(zygote.pid, SIGKILL);
	waitpid(zygote.pid, NULL, 0);
	zygote.pid = 0;
}

/* words of the order in one message, its files with them */
static int
sendorder(const struct order *o, const struct spawn *s)
{
	int fds[FILES + 1];

	memcpy(fds, s->files, FILES * sizeof(int));
	fds[FILES] = s->guard;
	return fdpass_send(zygote.sock, o,
	    offsetof(struct order, read) + o->nread, fds, FILES + 1);
}

static int
writeorder(struct order *o, const struct spawn *s)
{
	const char *const *r;
	size_t n;

	o->s = *s;
	o->s.argv = NULL;
	o->s.read = NULL;
	o->nread = 0;
	for (r = s->read; *r; r++) {
		n = strlen(*r) + 1;
		if (n > READS - o->nread)
			return -1;
		memcpy(o->read + o->nread, *r, n);
		o->nread += n;
	}
	return 0;
}

/* a runner forked from the zygote; -1: exec it */
static pid_t
hatched(const struct spawn *s)
{
	static struct order o;
	struct pollfd p = {.fd = zygote.sock, .events = POLLIN};
	pid_t pid = -1;

	if (writeorder(&o, s) < 0)
		return -1;
	if (sendorder(&o, s) == 0 && poll(&p, 1, PATIENCE) == 1 &&
	    recv(zygote.sock, &pid, sizeof(pid), 0) == sizeof(pid) && pid > 0)
		return pid;
	endzygote();
	return -1;
}

pid_t
runner_spawn(const struct spawn *s, int *execs)
{
	pid_t pid;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	*execs = 0;
	if (zygote.pid && (pid = hatched(s)) > 0)
		return pid;
	*execs = 1;
	pid = fork();
	if (pid == 0) {
		if (runner_enclose(s) == 0)
			become(s->argv);
		lost(s->argv[0]);
	}
	return pid;
}

/* ---- the zygote, as it is ---- */

static int
receiveorder(int sock, struct order *o)
{
	static const char *read[READS / 2 + 1];
	size_t at, n = 0;
	int fds[FILES + 1];

	if (fdpass_receive(sock, o, sizeof(*o), fds, FILES + 1) <
	    (ssize_t)offsetof(struct order, read))
		return -1;
	memcpy(o->s.files, fds, sizeof(o->s.files));
	o->s.guard = fds[FILES];
	for (at = 0; at < o->nread; at += strlen(o->read + at) + 1)
		read[n++] = o->read + at;
	read[n] = NULL;
	o->s.read = read;
	return 0;
}

/* a child of our parent, the supervisor, from its first moment on: fork, but
   for whose it is; -1 where the kernel cannot */
static pid_t
beside(void)
{
	struct clone_args args = {
	    .flags = CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID};
	int *tid = NULL; /* where the C library keeps its thread's number */

	if (prctl(PR_GET_TID_ADDRESS, &tid) < 0 || !tid)
		return -1;
	args.child_tid = (uintptr_t)tid;
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* the same by a child of a child that ends at once, so that it becomes the
   supervisor's, its next reaper */
static pid_t
orphan(void)
{
	pid_t middle, pid = -1;
	int told[2];

	if (pipe2(told, O_CLOEXEC) < 0)
		return -1;
	middle = fork();
	if (middle == 0) {
		pid = fork();
		if (pid == 0)
			return 0;
		_exit(write(told[1], &pid, sizeof(pid)) != sizeof(pid));
	}
	close(told[1]);
	if (middle < 0 || waitpid(middle, NULL, 0) != middle ||
	    read(told[0], &pid, sizeof(pid)) != sizeof(pid))
		pid = -1;
	close(told[0]);
	return pid;
}

/* 0 in the runner, in the zygote its pid */
static pid_t
hatch(void)
{
	pid_t pid = beside();

	return pid < 0 ? orphan() : pid;
}

static void
adopted(pid_t parent)
{
	int i;

	for (i = 0; getppid() != parent && i < ADOPTION; i++)
		usleep(100);
}

void
zygote_serve(int sock)
{
	static struct order o;
	pid_t pid;
	int i;

	while (receiveorder(sock, &o) == 0) {
		pid = hatch();
		if (pid == 0) {
			adopted(o.s.parent);
			if (runner_enclose(&o.s) == 0)
				return;
			lost("zygote");
		}
		for (i = 0; i < FILES; i++)
			close(o.s.files[i]);
		close(o.s.guard);
		if (send(sock, &pid, sizeof(pid), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
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

/* kill what was orphaned to us, all but the zygote; returns how many there were
 */
static int
killorphans(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t self = getpid();
	int n = 0;

	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]) &&
		    atoi(e->d_name) != zygote.pid &&
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
