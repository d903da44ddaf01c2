#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jail.h"
#include "sandbox.h"
#include "slot.h"

#define MAXARGS 256
#define PROCS 64
#define TRIES 5 /* more of a command that is killed from outside */

static const char *const emptyenv[] = {NULL};
static const char *const compilepaths[] = {"/usr", "/bin", "/lib", "/lib64",
    "/etc/alternatives", "/etc/ld.so.cache", NULL};
static const char *const runpaths[] = {"/usr/lib", "/usr/lib64", "/lib",
    "/lib64", "/etc/ld.so.cache", "/system/lib64", "/apex",
    "/sys/devices/system/cpu", "/sys/devices/system/node", NULL};
static const char *const devices[] = {
    "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", NULL};

struct args {
	const char *const *env;
	const char *v[MAXARGS];
	size_t n;
};

struct plumbing {
	int out[2], err[2];
	int report[2], go[2], filter; /* bubblewrap's */
};

static void
arg(struct args *a, const char *s)
{
	if (a->n >= MAXARGS - 1)
		errx(EX_SOFTWARE, "sandbox: too many arguments at '%s'", s);
	a->v[a->n++] = s;
}

static void
args3(struct args *a, const char *x, const char *y, const char *z)
{
	arg(a, x);
	arg(a, y);
	arg(a, z);
}

static const char *
bwrappath(void)
{
	static const char *const at[] = {
	    "/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"};
	const char *named = getenv("BWRAP");

	if (named)
		return access(named, X_OK) == 0 ? named : NULL;

	for (size_t i = 0; i < LEN(at); i++)
		if (access(at[i], X_OK) == 0)
			return at[i];
	return NULL;
}

/* /bin -> usr/bin stays a link, all else is bound where it is */
static void
bindsystem(struct args *a, const char *path)
{
	char target[64];
	struct stat st;
	ssize_t n;

	if (lstat(path, &st) < 0)
		return;
	n = S_ISLNK(st.st_mode) ? readlink(path, target, sizeof target - 1)
				: -1;
	if (n > 0 && strchr(path + 1, '/') == NULL) {
		target[n] = '\0';
		args3(a, "--symlink", xstrdup(target), path);
	} else {
		args3(a, "--ro-bind", path, path);
	}
}

static void
mounts(struct args *a, const struct sandbox *s)
{
	for (const char *const *p = s->runner ? runpaths : compilepaths; *p;
	     p++)
		bindsystem(a, *p);
	args3(a, "--tmpfs", "/tmp", "--proc");
	arg(a, "/proc");
	for (const char *const *d = devices; *d; d++)
		args3(a, "--dev-bind-try", *d, *d);
	for (const char *const *p = s->ro; p && *p; p++)
		args3(a, "--ro-bind-try", *p, *p);
	if (s->rw)
		args3(a, "--bind", s->rw, s->rw);
	arg(a, "--remount-ro");
	arg(a, "/");
	if (s->cwd || s->rw) {
		arg(a, "--chdir");
		arg(a, s->cwd ? s->cwd : s->rw);
	}
}

/* the filter as bubblewrap reads it: raw instructions in a file */
static int
filterfd(enum jail_kind kind)
{
	struct sock_filter f[JAIL_MAX];
	size_t n = jail_filter(kind, f);
	int fd = (int)syscall(__NR_memfd_create, "filter", 0);

	if (fd < 0 || writeall(fd, f, n * sizeof *f) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		err(EX_OSERR, "sandbox: memfd");
	return fd;
}

/* the command by its path */
static void
command(struct args *a, const struct sandbox *s)
{
	static const char *const dirs[] = {
	    "/usr/local/bin", "/usr/bin", "/bin"};
	const char *name = s->argv[0];
	char *path = NULL;

	for (size_t i = 0; !strchr(name, '/') && i < LEN(dirs); i++) {
		path = xasprintf("%s/%s", dirs[i], s->argv[0]);
		if (access(path, X_OK) == 0)
			name = path;
		else
			free(path);
	}
	arg(a, name);
	for (const char *const *v = s->argv + 1; *v; v++)
		arg(a, *v);
}

static void
bwrapargs(struct args *a, const struct sandbox *s, const struct plumbing *q)
{
	static const char *const fixed[] = {"--unshare-user", "--unshare-pid",
	    "--unshare-net", "--unshare-ipc", "--cap-drop", "ALL",
	    "--new-session"};

	arg(a, bwrappath());
	for (size_t i = 0; i < LEN(fixed); i++)
		arg(a, fixed[i]);
	if (!s->brief)
		arg(a, "--die-with-parent");
	if (s->runner)
		arg(a, "--as-pid-1");
	mounts(a, s);
	arg(a, "--seccomp");
	arg(a, xasprintf("%d", q->filter));
	arg(a, "--json-status-fd");
	arg(a, xasprintf("%d", q->report[1]));
	arg(a, "--block-fd");
	arg(a, xasprintf("%d", q->go[0]));
	arg(a, "--");
	command(a, s);
}

static void
limit(int what, uint64_t soft)
{
	struct rlimit r = {soft, soft};

	setrlimit((__rlimit_resource_t)what, &r);
}

static void
limits(const struct sandbox *s)
{
	double wall = s->wall > 0 ? s->wall : 60;

	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, (uint64_t)(s->cpu ? s->cpu : (long)wall + 2));
	limit(RLIMIT_AS, s->memory ? s->memory : 4ULL << 30);
	limit(RLIMIT_FSIZE, s->fsize == (uint64_t)-1 ? 0
			    : s->fsize		     ? s->fsize
						     : 256ULL << 20);
	limit(RLIMIT_NOFILE, 256);
	limit(RLIMIT_MEMLOCK, 64 << 10);
	limit(RLIMIT_MSGQUEUE, 0);
}

/* processes and threads of this user */
static long
countprocs(void)
{
	struct dirent *d;
	struct stat st;
	char path[300];
	long n = 0;
	DIR *dir = opendir("/proc");

	while (dir && (d = readdir(dir))) {
		if (d->d_name[0] < '0' || d->d_name[0] > '9')
			continue;
		snprintf(path, sizeof path, "/proc/%s/task", d->d_name);
		if (stat(path, &st) == 0 && st.st_uid == getuid())
			n += (long)st.st_nlink - 2;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* counted per user, so that it can only be set once there is a name space of
   our own; bubblewrap holds it until then */
static void
limitprocs(pid_t child, long procs)
{
	struct rlimit r = {(rlim_t)procs, (rlim_t)procs};

	prlimit(child, RLIMIT_NPROC, &r, NULL);
}

static _Noreturn void
fail(const char *what)
{
	dprintf(2, "sandbox: %s: %s\n", what, strerror(errno));
	_exit(127);
}

static void
lockup(const struct sandbox *s)
{
	const char *ro[MAXARGS], *rw[8];
	size_t n = 0, m = 0;

	for (const char *const *p = s->runner ? runpaths : compilepaths; *p;
	     p++)
		ro[n++] = *p;
	for (const char *const *p = s->ro; p && *p && n < MAXARGS - 3; p++)
		ro[n++] = *p;
	ro[n++] = s->argv[0];
	ro[n++] = "/proc/self";
	ro[n] = NULL;
	for (const char *const *d = devices; *d; d++)
		rw[m++] = *d;
	if (s->rw)
		rw[m++] = s->rw;
	rw[m] = NULL;
	if (jail_landlock(ro, rw) < 0)
		fail("landlock");
	if (jail_seccomp(JAIL_COMPILE) < 0)
		fail("seccomp");
}

/* what is measured goes first: lowest priority, and not on the processor, the
   last, that a runner has while it is measured */
static void
standback(void)
{
	cpu_set_t cpus;
	int i = CPU_SETSIZE - 1;

	setpriority(PRIO_PROCESS, 0, 19);
	if (!slot_measured() || sched_getaffinity(0, sizeof(cpus), &cpus) < 0 ||
	    CPU_COUNT(&cpus) < 2)
		return;
	while (!CPU_ISSET(i, &cpus))
		i--;
	CPU_CLR(i, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

static _Noreturn void
become(const struct sandbox *s, enum sandbox_mode mode, struct plumbing *q,
    struct args *a)
{
	int keep[64], n = 0, null = open("/dev/null", O_RDONLY);
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;

	if (null < 0 || dup2(null, 0) < 0 || dup2(q->out[1], 1) < 0 ||
	    dup2(q->err[1], 2) < 0)
		_exit(127);
	for (const int *f = s->fds; f && *f >= 0 && n < 60; f++) {
		fcntl(*f, F_SETFD, 0);
		keep[n++] = *f;
	}
	if (s->brief) { /* a reader of its report: without one bwrap fails */
		fcntl(q->report[0], F_SETFD, 0);
		keep[n++] = q->report[0];
	}
	if (mode == SANDBOX_BWRAP) {
		keep[n++] = q->report[1];
		keep[n++] = q->filter;
		keep[n++] = q->go[0];
		fcntl(q->report[1], F_SETFD, 0);
		fcntl(q->go[0], F_SETFD, 0);
	}
	keep[n] = -1;
	jail_close(keep);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 1; i < NSIG; i++)
		sigaction(i, &dfl, NULL);
	setsid();
	if (!s->brief)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	limits(s);
	if (s->background)
		standback();
	if (mode != SANDBOX_BWRAP) {
		const char *dir = s->cwd ? s->cwd : s->rw ? s->rw : "/";

		if (chdir(dir) < 0)
			fail(dir);
	}
	if (mode != SANDBOX_BWRAP)
		limitprocs(0, countprocs() + (s->procs ? s->procs : PROCS));
	if (mode == SANDBOX_JAIL)
		lockup(s);
	execve(a->v[0], (char *const *)(uintptr_t)a->v,
	    (char *const *)(uintptr_t)a->env);
	fail(a->v[0]);
}

/* ---- what can be had here ---- */

static int
trybwrap(const char **why)
{
	static char text[256];
	const char *truth =
	    access("/bin/true", X_OK) == 0 ? "/bin/true" : "/usr/bin/true";
	struct sandbox s = {.argv = (const char *[]){truth, NULL},
	    .ro = (const char *[]){truth, NULL},
	    .mode = SANDBOX_BWRAP,
	    .wall = 10,
	    .brief = 1};
	struct sandboxed p;
	int ok;

	if (!bwrappath()) {
		*why = "bwrap is not installed (Debian: bubblewrap)";
		return 0;
	}
	sandbox_run(&s, &p);
	ok = p.end == SANDBOX_EXITED && p.status == 0;
	snprintf(text, sizeof text, "%.*s",
	    (int)strcspn(p.err.data ? p.err.data : "", "\n"),
	    p.err.data ? p.err.data : "bwrap failed");
	*why = text;
	sandbox_free(&p);
	return ok;
}

static int
tryjail(const char **why)
{
	pid_t pid;
	int status;

	*why = "the kernel has no seccomp filters";
	pid = fork();
	if (pid == 0)
		_exit(jail_seccomp(JAIL_COMPILE) < 0);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static struct {
	int known, ok, trying;
	const char *why;
} probed[4];

int
sandbox_probe(enum sandbox_mode mode, const char **why)
{
	int m = (int)mode;

	if (mode == SANDBOX_NONE)
		return 1;
	if (mode == SANDBOX_AUTO)
		return sandbox_probe(SANDBOX_BWRAP, why) ||
		       sandbox_probe(SANDBOX_JAIL, why);
	if (!probed[m].known) {
		probed[m].trying = 1;
		probed[m].ok = mode == SANDBOX_BWRAP ? trybwrap(&probed[m].why)
						     : tryjail(&probed[m].why);
		probed[m].known = 1;
		probed[m].trying = 0;
	}
	*why = probed[m].why;
	return probed[m].ok;
}

static enum sandbox_mode
choose(enum sandbox_mode want)
{
	const char *why = "", *other = "";

	if (want == SANDBOX_NONE || probed[want].trying)
		return want;
	if (want != SANDBOX_JAIL && sandbox_probe(SANDBOX_BWRAP, &why))
		return SANDBOX_BWRAP;
	if (want != SANDBOX_BWRAP && sandbox_probe(SANDBOX_JAIL, &other))
		return SANDBOX_JAIL;
	errx(EX_UNAVAILABLE,
	    "no sandbox: %s%s%s; install bubblewrap and permit user "
	    "namespaces, or pass --no-sandbox",
	    why, *why && *other ? "; " : "", other);
}

const char *
sandbox_name(enum sandbox_mode mode)
{
	static const char *const name[] = {
	    "auto", "bubblewrap", "jail", "none"};

	return name[mode];
}

enum sandbox_mode
sandbox_mode(const char *name)
{
	for (int m = SANDBOX_AUTO; m <= SANDBOX_NONE; m++)
		if (!strcmp(name, sandbox_name((enum sandbox_mode)m)))
			return (enum sandbox_mode)m;
	errx(EX_USAGE, "no mode '%s': auto, bubblewrap, jail, none", name);
}

cJSON *
sandbox_json(enum sandbox_mode mode)
{
	cJSON *o = cJSON_CreateObject(), *m = cJSON_CreateArray();
	int landlock = jail_landlockversion();

	cJSON_AddStringToObject(o, "kind", sandbox_name(mode));
	cJSON_AddNumberToObject(o, "landlock", landlock);
	if (mode != SANDBOX_BWRAP) {
		cJSON_AddItemToArray(m, cJSON_CreateString("namespaces"));
		cJSON_AddItemToArray(m, cJSON_CreateString("private /tmp"));
	}
	if (mode == SANDBOX_NONE)
		cJSON_AddItemToArray(m, cJSON_CreateString("seccomp"));
	if (mode == SANDBOX_NONE || (mode == SANDBOX_JAIL && landlock == 0))
		cJSON_AddItemToArray(
		    m, cJSON_CreateString("file-system confinement"));
	if (mode == SANDBOX_NONE || (mode == SANDBOX_JAIL && landlock < 6))
		cJSON_AddItemToArray(
		    m, cJSON_CreateString("signal confinement"));
	if (getuid() == 0)
		cJSON_AddItemToArray(
		    m, cJSON_CreateString("process limit for root"));
	cJSON_AddItemToObject(o, "missing", m);
	return o;
}

const char **
sandbox_words(const char *const *ro, int topology, const char **why)
{
	static const char *const root[] = {"--cap-add", "CAP_SYS_NICE"},
				 *const user[] = {"--unshare-user"},
				 *const fixed[] = {"--unshare-pid",
				     "--unshare-net", "--unshare-ipc",
				     "--die-with-parent", "--new-session"};
	struct sandbox s = {.ro = ro};
	struct args a = {.n = 0};
	const char **words;

	if (!sandbox_probe(SANDBOX_BWRAP, why))
		return NULL;
	arg(&a, bwrappath());
	for (size_t i = 0; i < LEN(fixed); i++)
		arg(&a, fixed[i]);
	args3(&a, "--cap-drop", "ALL", getuid() == 0 ? root[0] : user[0]);
	if (getuid() == 0)
		arg(&a, root[1]);
	if (topology)
		args3(&a, "--ro-bind", "/sys/devices/system",
		    "/sys/devices/system");
	mounts(&a, &s);
	arg(&a, "--");
	words = xcalloc(a.n + 1, sizeof(*words));
	memcpy(words, a.v, a.n * sizeof(*words));
	return words;
}

/* ---- running ---- */

static void
pipes(int fd[2])
{
	if (pipe2(fd, O_CLOEXEC) < 0)
		err(EX_OSERR, "sandbox: pipe");
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
}

/* {"child-pid": N, ...} comes before the command is run */
static void
childpid(struct sandboxed *p)
{
	struct pollfd f = {.fd = p->statusfd, .events = POLLIN};
	char text[256], *at;
	ssize_t n;

	while (!p->report.len || !strchr(p->report.data, '\n')) {
		if (poll(&f, 1, 10000) <= 0)
			return;
		n = read(p->statusfd, text, sizeof text);
		if (n <= 0)
			return;
		buf_add(&p->report, text, (size_t)n);
	}
	at = strstr(p->report.data, "\"child-pid\"");
	if (at && (at = strchr(at, ':')))
		p->child = (pid_t)strtol(at + 1, NULL, 10);
}

/* without a private /tmp, a compiler's temporary files go where it may write */
static const char *const *
environment(const struct sandbox *s, enum sandbox_mode mode)
{
	static char tmp[4096];
	static const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
	    "LC_ALL=C.UTF-8", "HOME=/tmp", tmp, NULL};

	if (s->env)
		return s->env;
	if (s->runner)
		return emptyenv;
	snprintf(tmp, sizeof tmp, "TMPDIR=%s",
	    mode == SANDBOX_JAIL && s->rw ? s->rw : "/tmp");
	return env;
}

/* bubblewrap may be gone already */
static void
go(int fd)
{
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);

	(void)!write(fd, "", 1);
	signal(SIGPIPE, old);
}

static void
spawn(const struct sandbox *s, struct sandboxed *p, enum sandbox_mode mode)
{
	struct plumbing q = {.filter = -1};
	struct args a = {.env = environment(s, mode)};

	memset(p, 0, sizeof *p);
	p->mode = mode;
	pipes(q.out);
	pipes(q.err);
	pipes(q.report);
	pipes(q.go);
	fcntl(q.go[0], F_SETFL, 0);
	if (p->mode == SANDBOX_BWRAP) {
		q.filter = filterfd(JAIL_COMPILE);
		bwrapargs(&a, s, &q);
	} else {
		command(&a, s);
	}
	p->limit = s->output ? s->output : 64 << 10;
	p->start = nowns();
	p->deadline = p->start + (uint64_t)((s->wall > 0 ? s->wall : 60) * 1e9);
	p->pid = p->child = fork();
	if (p->pid < 0)
		err(EX_OSERR, "sandbox: fork");
	if (p->pid == 0)
		become(s, p->mode, &q, &a);
	p->endfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	p->childfd = -1;
	close(q.out[1]);
	close(q.err[1]);
	close(q.report[1]);
	close(q.go[0]);
	if (q.filter >= 0)
		close(q.filter);
	p->outfd = q.out[0];
	p->errfd = q.err[0];
	p->statusfd = q.report[0];
	if (p->mode == SANDBOX_BWRAP) {
		childpid(p);
		if (p->child != p->pid)
			p->childfd = (int)syscall(SYS_pidfd_open, p->child, 0);
		limitprocs(p->child, s->procs ? s->procs : PROCS);
		go(q.go[1]);
	}
	close(q.go[1]);
}

void
sandbox_spawn(const struct sandbox *s, struct sandboxed *p)
{
	spawn(s, p, choose(s->mode));
}

static void
take(struct sandboxed *p, int *fd, struct buf *b, size_t most)
{
	char text[16384];
	size_t room;
	ssize_t n;

	while (*fd >= 0 && (n = read(*fd, text, sizeof text)) != -1) {
		if (n == 0) {
			close(*fd);
			*fd = -1;
			return;
		}
		room = b->len < most ? most - b->len : 0;
		if (room > (size_t)n)
			room = (size_t)n;
		buf_add(b, text, room);
		p->lost += (uint64_t)n - room;
		if (nowns() > p->deadline)
			return;
	}
}

static void
ended(struct sandboxed *p, int status)
{
	char *code;

	take(p, &p->outfd, &p->out, p->limit);
	take(p, &p->errfd, &p->err, p->limit);
	take(p, &p->statusfd, &p->report, 4096);
	p->ns = nowns() - p->start;
	code = strstr(p->report.data ? p->report.data : "", "\"exit-code\"");
	p->status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
	if (p->end == SANDBOX_TIMEOUT)
		return;
	p->end = WIFEXITED(status) ? SANDBOX_EXITED : SANDBOX_SIGNAL;
	if (p->mode != SANDBOX_BWRAP) {
		if (p->end == SANDBOX_EXITED && p->status == 127 &&
		    p->err.len > 9 && !strncmp(p->err.data, "sandbox: ", 9))
			p->end = SANDBOX_FAILED;
	} else if (p->end == SANDBOX_EXITED && !code) {
		p->end = SANDBOX_FAILED;
	} else if (p->end == SANDBOX_EXITED && p->status > 128) {
		p->end = SANDBOX_SIGNAL;
		p->status -= 128;
	}
}

void
sandbox_kill(struct sandboxed *p)
{
	if (p->end != SANDBOX_RUNNING && p->end != SANDBOX_TIMEOUT)
		return;
	kill(p->child, SIGKILL);
	kill(-p->pid, SIGKILL);
	kill(p->pid, SIGKILL);
}

/* the command may leave children that hold our pipes: with its own end, all is
   over, so they are not waited for */
int
sandbox_poll(struct sandboxed *p, int ms)
{
	struct pollfd f[4] = {{.fd = p->outfd, .events = POLLIN},
	    {.fd = p->errfd, .events = POLLIN},
	    {.fd = p->statusfd, .events = POLLIN},
	    {.fd = p->endfd, .events = POLLIN}};
	uint64_t now = nowns();
	int status;

	if (p->pid <= 0)
		return 0;
	if (now >= p->deadline && p->end == SANDBOX_RUNNING) {
		p->end = SANDBOX_TIMEOUT;
		sandbox_kill(p);
	}
	if (ms < 0 || (uint64_t)ms * 1000000 > p->deadline - now)
		ms = now >= p->deadline
			 ? 20
			 : (int)((p->deadline - now) / 1000000) + 1;
	if (p->endfd < 0 && p->outfd < 0 && p->errfd < 0 && p->statusfd < 0 &&
	    ms > 2)
		ms = 2;
	poll(f, 4, ms);
	take(p, &p->outfd, &p->out, p->limit);
	take(p, &p->errfd, &p->err, p->limit);
	take(p, &p->statusfd, &p->report, 4096);
	if (waitpid(p->pid, &status, WNOHANG) != p->pid)
		return 1;
	kill(-p->pid, SIGKILL);
	if (p->childfd >= 0)
		poll(&(struct pollfd){.fd = p->childfd, .events = POLLIN}, 1,
		    10000);
	ended(p, status);
	p->pid = -1;
	return 0;
}

void
sandbox_wait(struct sandboxed *p)
{
	while (sandbox_poll(p, -1))
		;
}

void
sandbox_free(struct sandboxed *p)
{
	if (p->pid > 0) {
		sandbox_kill(p);
		sandbox_wait(p);
	}
	if (p->outfd >= 0)
		close(p->outfd);
	if (p->errfd >= 0)
		close(p->errfd);
	if (p->statusfd >= 0)
		close(p->statusfd);
	if (p->endfd >= 0)
		close(p->endfd);
	if (p->childfd >= 0)
		close(p->childfd);
	buf_free(&p->out);
	buf_free(&p->err);
	buf_free(&p->report);
}

/* bubblewrap is tried at once; only if it fails is the reason looked for */
static void
runonce(const struct sandbox *s, struct sandboxed *p)
{
	if (s->mode > SANDBOX_BWRAP || probed[SANDBOX_BWRAP].known ||
	    probed[SANDBOX_BWRAP].trying || !bwrappath()) {
		sandbox_spawn(s, p);
		sandbox_wait(p);
		return;
	}
	spawn(s, p, SANDBOX_BWRAP);
	sandbox_wait(p);
	if (p->end != SANDBOX_FAILED)
		return;
	if (sandbox_probe(SANDBOX_BWRAP, &(const char *){NULL}))
		return;
	sandbox_free(p);
	sandbox_spawn(s, p);
	sandbox_wait(p);
}

/* the command, what it started (of which compilers and linkers tell), or
   bubblewrap itself */
static int
waskilled(const struct sandboxed *p)
{
	const char *err = p->err.data ? p->err.data : "";

	switch (p->end) {
	case SANDBOX_SIGNAL: return p->status == SIGKILL;
	case SANDBOX_FAILED: return p->status == 128 + SIGKILL;
	case SANDBOX_EXITED:
		return p->status == 128 + SIGKILL ||
		       strstr(err, "Killed signal terminated") ||
		       strstr(err, "Terminated signal terminated") ||
		       strstr(err, "terminated with signal 9");
	default: return 0;
	}
}

void
sandbox_run(const struct sandbox *s, struct sandboxed *p)
{
	double cpu = s->cpu ? (double)s->cpu : DBL_MAX;
	int tries = 0;

	runonce(s, p);
	while (waskilled(p) && (double)p->ns < cpu * 1e9 && tries++ < TRIES) {
		sandbox_free(p);
		runonce(s, p);
	}
}
