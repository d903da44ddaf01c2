#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "fdpass.h"
#include "jail.h"

#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "jail: no seccomp filter for this architecture"
#endif

#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1
#endif
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

#define NR(x)                                                                  \
	{                                                                      \
#x, __NR_##x                                                   \
	}

struct nr {
	const char *name;
	int nr;
};

/* what a kernel that only computes may always do */
static const struct nr always[] = {
    NR(read),
    NR(write),
    NR(writev),
    NR(pread64),
    NR(close),
    NR(lseek),
    NR(fstat),
    NR(munmap),
    NR(brk),
    NR(madvise),
    NR(futex),
    NR(rt_sigprocmask),
    NR(rt_sigreturn),
    NR(sigaltstack),
    NR(sched_yield),
    NR(sched_getaffinity),
    NR(nanosleep),
    NR(clock_nanosleep),
    NR(clock_gettime),
    NR(clock_getres),
    NR(gettimeofday),
    NR(getrandom),
    NR(getpid),
    NR(gettid),
    NR(exit),
    NR(exit_group),
    NR(restart_syscall),
    NR(set_robust_list),
    NR(set_tid_address),
    NR(getcpu),
    NR(membarrier),
    NR(getuid),
    NR(geteuid),
    NR(getgid),
    NR(getegid),
    NR(getrusage),
    NR(sysinfo),
    NR(uname),
    NR(sendmsg),
    NR(rseq),
#ifdef __NR_arch_prctl
    NR(arch_prctl),
#endif
#ifdef __NR_time
    NR(time),
#endif
#ifdef __NR_poll
    NR(poll),
#endif
#ifdef __NR_getrlimit
    NR(getrlimit),
#endif
};

/* what an engine may do while it is set up */
static const struct nr setup[] = {
    NR(newfstatat),
    NR(statx),
    NR(faccessat),
    NR(readlinkat),
    NR(getcwd),
    NR(getdents64),
    NR(rt_sigaction),
    NR(fcntl),
    NR(dup),
    NR(statfs),
    NR(fstatfs),
    NR(mlock),
    NR(fadvise64),
    NR(readv),
#ifdef __NR_stat
    NR(stat),
    NR(lstat),
    NR(access),
    NR(readlink),
#endif
};

/* what a compiler has no use for */
static const struct nr never[] = {
    NR(socket),
    NR(socketpair),
    NR(connect),
    NR(bind),
    NR(listen),
    NR(ptrace),
    NR(process_vm_readv),
    NR(process_vm_writev),
    NR(userfaultfd),
    NR(bpf),
    NR(perf_event_open),
    NR(keyctl),
    NR(add_key),
    NR(request_key),
    NR(mount),
    NR(umount2),
    NR(pivot_root),
    NR(chroot),
    NR(unshare),
    NR(setns),
    NR(kexec_load),
    NR(init_module),
    NR(finit_module),
    NR(delete_module),
    NR(reboot),
    NR(swapon),
    NR(swapoff),
    NR(acct),
    NR(settimeofday),
    NR(clock_settime),
    NR(clock_adjtime),
    NR(adjtimex),
    NR(sethostname),
    NR(setdomainname),
    NR(quotactl),
    NR(open_by_handle_at),
    NR(name_to_handle_at),
    NR(fanotify_init),
    NR(kcmp),
    NR(memfd_create),
    NR(sched_setscheduler),
    NR(sched_setparam),
    NR(sched_setaffinity),
    NR(setpriority),
#ifdef __NR_sched_setattr
    NR(sched_setattr),
#endif
#ifdef __NR_io_uring_setup
    NR(io_uring_setup),
    NR(io_uring_enter),
    NR(io_uring_register),
#endif
#ifdef __NR_open_tree
    NR(open_tree),
    NR(move_mount),
    NR(fsopen),
    NR(fsconfig),
    NR(fsmount),
#endif
#ifdef __NR_pidfd_getfd
    NR(pidfd_getfd),
#endif
};

/* only their names are needed, for the report */
static const struct nr named[] = {
    NR(openat),
    NR(mmap),
    NR(mremap),
    NR(mprotect),
    NR(clone),
    NR(clone3),
    NR(execve),
    NR(execveat),
    NR(kill),
    NR(tgkill),
    NR(tkill),
    NR(prctl),
    NR(prlimit64),
    NR(ioctl),
    NR(unlinkat),
    NR(renameat),
    NR(mkdirat),
    NR(ftruncate),
    NR(setrlimit),
    NR(memfd_create),
    NR(timer_create),
    NR(setitimer),
    NR(eventfd2),
    NR(pipe2),
    NR(wait4),
    NR(getppid),
    NR(seccomp),
    NR(shmget),
    NR(shmat),
    NR(rt_sigqueueinfo),
    NR(pidfd_open),
    NR(dup3),
    NR(memfd_create),
    NR(setpgid),
    NR(setsid),
    NR(setuid),
#ifdef __NR_open
    NR(open),
    NR(creat),
    NR(fork),
    NR(vfork),
    NR(unlink),
    NR(rename),
    NR(mkdir),
    NR(dup2),
    NR(pipe),
    NR(eventfd),
    NR(alarm),
#endif
};

/* ---- the filters ---- */

struct prog {
	struct sock_filter *f;
	size_t n;
};

static void
emit(struct prog *p, int code, unsigned jt, unsigned jf, uint32_t k)
{
	if (p->n == JAIL_MAX)
		abort();
	p->f[p->n++] =
	    (struct sock_filter){(uint16_t)code, (uint8_t)jt, (uint8_t)jf, k};
}

static void
give(struct prog *p, uint32_t action)
{
	emit(p, BPF_RET | BPF_K, 0, 0, action);
}

static void
load(struct prog *p, size_t offset)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

#define LOW(i) (offsetof(struct seccomp_data, args) + 8 * (i))

static void
onnr(struct prog *p, int nr, uint32_t action)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)nr);
	give(p, action);
}

static void
onall(struct prog *p, const struct nr *list, size_t n, uint32_t action)
{
	for (size_t i = 0; i < n; i++)
		onnr(p, list[i].nr, action);
}

/* for nr: bits of mask in the argument all clear: clear, else set */
static void
onbits(struct prog *p, int nr, int arg, uint32_t mask, uint32_t anyset,
    uint32_t allclear)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (uint32_t)nr);
	load(p, LOW(arg));
	emit(p, BPF_JMP | BPF_JSET | BPF_K, 0, 1, mask);
	give(p, anyset);
	give(p, allclear);
}

/* for nr: low word of the argument is value: same, else other */
static void
onvalue(struct prog *p, int nr, int arg, uint32_t value, uint32_t same,
    uint32_t other)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (uint32_t)nr);
	load(p, LOW(arg));
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
	give(p, same);
	give(p, other);
}

/* anonymous memory without PROT_EXEC is free, all else is asked for */
static void
onmmap(struct prog *p, uint32_t ask)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 6, __NR_mmap);
	load(p, LOW(2));
	emit(p, BPF_JMP | BPF_JSET | BPF_K, 3, 0, PROT_EXEC);
	load(p, LOW(3));
	emit(p, BPF_JMP | BPF_JSET | BPF_K, 0, 1, MAP_ANONYMOUS);
	give(p, SECCOMP_RET_ALLOW);
	give(p, ask);
}

#define ERRNO(e) (SECCOMP_RET_ERRNO | (e))

/* reading limits is free, setting them is not; but an emulator whose program
   crashes forgoes its own core, and is told that it did */
static void
onprlimit(struct prog *p, uint32_t deny)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 9, __NR_prlimit64);
	load(p, LOW(2));
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0);
	load(p, LOW(2) + 4);
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	give(p, SECCOMP_RET_ALLOW);
	load(p, LOW(1));
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, RLIMIT_CORE);
	give(p, ERRNO(0));
	give(p, deny);
}

static void
compilerules(struct prog *p)
{
	uint32_t spaces = CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID |
			  CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
			  CLONE_NEWCGROUP;

	onall(p, never, sizeof never / sizeof *never, ERRNO(EPERM));
	onnr(p, __NR_clone3, ERRNO(ENOSYS));
	onbits(p, __NR_clone, 0, spaces, ERRNO(EPERM), SECCOMP_RET_ALLOW);
	give(p, SECCOMP_RET_ALLOW);
}

/* ask: what is decided by phase; deny: what is never right */
static void
runrules(struct prog *p, uint32_t ask, uint32_t deny)
{
	onall(p, always, sizeof always / sizeof *always, SECCOMP_RET_ALLOW);
	onmmap(p, ask);
	onbits(p, __NR_mremap, 3, MREMAP_FIXED, ask, SECCOMP_RET_ALLOW);
	onbits(p, __NR_mprotect, 2, PROT_EXEC, ask, SECCOMP_RET_ALLOW);
	onnr(p, __NR_clone3, ERRNO(ENOSYS));
	onnr(p, __NR_ioctl, ERRNO(ENOTTY));
	onbits(p, __NR_clone, 0, CLONE_THREAD, ask, deny);
	onvalue(p, __NR_tgkill, 0, (uint32_t)getpid(), SECCOMP_RET_ALLOW, deny);
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, __NR_prctl);
	load(p, LOW(0));
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, PR_SET_NAME);
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, PR_GET_SECCOMP);
	give(p, SECCOMP_RET_ALLOW);
	give(p, deny);
	onprlimit(p, deny);
	onbits(p, __NR_newfstatat, 3, AT_EMPTY_PATH, SECCOMP_RET_ALLOW, ask);
	onbits(p, __NR_openat, 2, O_ACCMODE | O_CREAT | O_TRUNC, deny, ask);
#ifdef __NR_open
	onbits(p, __NR_open, 1, O_ACCMODE | O_CREAT | O_TRUNC, deny, ask);
#endif
	onall(p, setup, sizeof setup / sizeof *setup, ask);
	give(p, deny);
}

size_t
jail_filter(enum jail_kind kind, struct sock_filter prog[JAIL_MAX])
{
	struct prog p = {prog, 0};

	load(&p, offsetof(struct seccomp_data, arch));
	emit(&p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCH);
	give(&p, SECCOMP_RET_KILL_PROCESS);
	load(&p, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	emit(&p, BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0x40000000);
	give(&p, ERRNO(ENOSYS));
#endif
	switch (kind) {
	case JAIL_COMPILE: compilerules(&p); break;
	case JAIL_NOTIFY:
		runrules(&p, SECCOMP_RET_USER_NOTIF, SECCOMP_RET_USER_NOTIF);
		break;
	case JAIL_SETUP: runrules(&p, SECCOMP_RET_ALLOW, ERRNO(EPERM)); break;
	case JAIL_SEALED: runrules(&p, ERRNO(EPERM), ERRNO(EPERM)); break;
	}
	return p.n;
}

static int
install(enum jail_kind kind, unsigned flags)
{
	struct sock_filter f[JAIL_MAX];
	struct sock_fprog prog = {.filter = f};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	prog.len = (unsigned short)jail_filter(kind, f);
	return (int)syscall(
	    __NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

int
jail_seccomp(enum jail_kind kind)
{
	return install(kind, SECCOMP_FILTER_FLAG_TSYNC) == 0 ? 0 : -1;
}

/* a process of one thread needs no TSYNC, which older kernels do not combine
   with a listener */
int
jail_listen(int sock)
{
	int rc, fd = install(JAIL_NOTIFY, SECCOMP_FILTER_FLAG_NEW_LISTENER);

	rc = fd < 0 ? -1 : fdpass_send(sock, "g", 1, &fd, 1);
	close(sock);
	if (fd >= 0)
		close(fd);
	return rc;
}

int
jail_late(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0 &&
	       jail_seccomp(JAIL_SETUP) == 0;
}

void
jail_mark(void)
{
	syscall(__NR_getppid);
}

void
jail_tell(const char *text)
{
	syscall(__NR_openat, -1, text, O_WRONLY, 0);
}

/* ---- Landlock ---- */

int
jail_landlockversion(void)
{
	long v = syscall(__NR_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return v < 0 ? 0 : (int)v;
}

static int
allow(int rules, const char *path, uint64_t access, uint64_t fileaccess)
{
	struct landlock_path_beneath_attr at = {.allowed_access = access};
	struct stat st;
	long rc;

	at.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (at.parent_fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(at.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		at.allowed_access &= fileaccess;
	rc = syscall(
	    __NR_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &at, 0);
	close(at.parent_fd);
	return (int)rc;
}

/* bits of the file-system rights that each version of Landlock knows */
static uint64_t
handled(int version)
{
	uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (version >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		all |= 1ULL << 14; /* truncate */
	return all;
}

int
jail_landlock(const char *const *ro, const char *const *rw)
{
	const uint64_t see = LANDLOCK_ACCESS_FS_READ_FILE |
			     LANDLOCK_ACCESS_FS_READ_DIR |
			     LANDLOCK_ACCESS_FS_EXECUTE;
	const uint64_t file = LANDLOCK_ACCESS_FS_READ_FILE |
			      LANDLOCK_ACCESS_FS_EXECUTE |
			      LANDLOCK_ACCESS_FS_WRITE_FILE | 1ULL << 14;
	/* fields by size: file system, network (version 4), scopes (6) */
	uint64_t attr[3] = {0, 3, 3};
	int rules, rc = 0, version = jail_landlockversion();

	if (version == 0)
		return 0;
	attr[0] = handled(version);
	rules = (int)syscall(__NR_landlock_create_ruleset, attr,
	    version >= 6   ? 24
	    : version >= 4 ? 16
			   : 8,
	    0);
	if (rules < 0)
		return -1;
	for (; ro && *ro && rc == 0; ro++)
		rc = allow(rules, *ro, see, file);
	for (; rw && *rw && rc == 0; rw++)
		rc = allow(rules, *rw, attr[0], file & attr[0]);
	if (rc == 0)
		rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (rc == 0)
		rc = (int)syscall(__NR_landlock_restrict_self, rules, 0);
	close(rules);
	return rc == 0 ? version : -1;
}

/* ---- descriptors ---- */

static int
listed(const int *list, int fd)
{
	for (; list && *list >= 0; list++)
		if (*list == fd)
			return 1;
	return 0;
}

void
jail_close(const int *keep)
{
	int top = 2;

	for (const int *k = keep; k && *k >= 0; k++)
		if (*k > top)
			top = *k;
	for (int fd = 3; fd <= top; fd++)
		if (!listed(keep, fd))
			close(fd);
	if (syscall(__NR_close_range, (unsigned)top + 1, ~0U, 0) == 0)
		return;
	for (int fd = top + 1; fd < 65536; fd++)
		close(fd);
}

/* ---- the guard ---- */

struct guard {
	pthread_t thread;
	pthread_mutex_t lock;
	int fd, stop[2];
	int sealed, threads;
	int execs, marked; /* execve that may come, the one jail_mark */
	uint64_t text, textend;
	int n;
	struct guard_event ev[GUARD_EVENTS];
};

static void
nrname(int nr, char *name, size_t size)
{
	static const struct {
		const struct nr *list;
		size_t n;
	} all[] = {
	    {always, sizeof always / sizeof *always},
	    {setup, sizeof setup / sizeof *setup},
	    {never, sizeof never / sizeof *never},
	    {named, sizeof named / sizeof *named},
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		for (size_t j = 0; j < all[i].n; j++)
			if (all[i].list[j].nr == nr) {
				snprintf(name, size, "%s", all[i].list[j].name);
				return;
			}
	snprintf(name, size, "syscall_%d", nr);
}

static int
argpath(const struct seccomp_notif *q)
{
	switch (q->data.nr) {
	case __NR_openat:
	case __NR_newfstatat:
	case __NR_statx:
	case __NR_faccessat:
	case __NR_readlinkat:
	case __NR_unlinkat:
	case __NR_mkdirat: return 1;
	case __NR_execve:
#ifdef __NR_open
	case __NR_open:
	case __NR_stat:
	case __NR_lstat:
	case __NR_access:
	case __NR_readlink:
	case __NR_unlink:
	case __NR_mkdir:
#endif
		return 0;
	}
	return -1;
}

static void
describe(const struct seccomp_notif *q, char *text, size_t n)
{
	struct iovec mine = {text, n - 1}, theirs = {NULL, n - 1};
	int arg = argpath(q);
	ssize_t got = -1;

	memset(text, 0, n);
	if (arg >= 0) {
		theirs.iov_base = (void *)(uintptr_t)q->data.args[arg];
		/* not across a page that may not be there */
		theirs.iov_len = 4096 - (q->data.args[arg] & 4095);
		if (theirs.iov_len > n - 1)
			theirs.iov_len = n - 1;
		got = process_vm_readv((pid_t)q->pid, &mine, 1, &theirs, 1, 0);
	}
	if (got <= 0)
		snprintf(text, n, "%#llx, %#llx, %#llx",
		    (unsigned long long)q->data.args[0],
		    (unsigned long long)q->data.args[1],
		    (unsigned long long)q->data.args[2]);
	for (char *s = text; *s; s++)
		if (*s < 32 || *s > 126)
			*s = '?';
}

static void
note(struct guard *g, const struct seccomp_notif *q)
{
	char name[sizeof g->ev->name], detail[sizeof g->ev->detail];
	struct guard_event *e = g->ev, *end = g->ev + g->n;

	nrname(q->data.nr, name, sizeof name);
	describe(q, detail, sizeof detail);
	while (e < end && (e->sealed != g->sealed || strcmp(e->name, name) ||
			      (argpath(q) >= 0 && strcmp(e->detail, detail))))
		e++;
	if (e == g->ev + GUARD_EVENTS)
		return;
	if (e == end) {
		g->n++;
		*e = (struct guard_event){.sealed = g->sealed};
		memcpy(e->name, name, sizeof name);
		memcpy(e->detail, detail, sizeof detail);
	}
	e->count++;
}

static int
isopen(const struct seccomp_notif *q, uint64_t *flags)
{
	*flags = q->data.args[2];
#ifdef __NR_open
	if (q->data.nr == __NR_open)
		*flags = q->data.args[1];
	return q->data.nr == __NR_open || q->data.nr == __NR_openat;
#else
	return q->data.nr == __NR_openat;
#endif
}

/* the C library looks here when a thread first needs memory of its own */
static int
harmless(const struct seccomp_notif *q)
{
	char path[128];

	describe(q, path, sizeof path);
	return !strncmp(path, "/sys/devices/system/cpu", 23) ||
	       !strcmp(path, "/proc/meminfo") || !strcmp(path, "/proc/stat") ||
	       !strcmp(path, "/proc/sys/vm/overcommit_memory");
}

/* code that comes from no file, or takes the place of the runner's: once the
   candidate is there, nobody makes such for its engine */
static int
makescode(const struct guard *g, const struct seccomp_notif *q)
{
	uint64_t at = q->data.args[0], n = q->data.args[1];

	if (!g->marked || !(q->data.args[2] & PROT_EXEC))
		return 0;
	if (q->data.nr == __NR_mprotect)
		return 1;
	return q->data.args[3] & MAP_ANONYMOUS ||
	       (q->data.args[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE) &&
		   at < g->textend && g->text < at + n);
}

static int
granted(struct guard *g, const struct seccomp_notif *q)
{
	uint64_t flags;

	if (isopen(q, &flags)) {
		if (flags & (O_ACCMODE | O_CREAT | O_TRUNC))
			return 0;
		return !g->sealed || harmless(q);
	}
	if (g->sealed)
		return 0;
	if (q->data.nr == __NR_execve)
		return g->execs-- > 0;
	if (q->data.nr == __NR_getppid && !g->marked++) {
		g->n = 0;
		return 1;
	}
	if (q->data.nr == __NR_clone)
		return q->data.args[0] & CLONE_THREAD && g->threads-- > 0;
	if (q->data.nr == __NR_mmap || q->data.nr == __NR_mprotect)
		return !makescode(g, q);
	if (q->data.nr == __NR_newfstatat)
		return 1;
	for (size_t i = 0; i < sizeof setup / sizeof *setup; i++)
		if (setup[i].nr == q->data.nr)
			return 1;
	return 0;
}

static void
answer(struct guard *g)
{
	struct seccomp_notif q;
	struct seccomp_notif_resp r = {0};

	memset(&q, 0, sizeof q);
	if (ioctl(g->fd, SECCOMP_IOCTL_NOTIF_RECV, &q) < 0)
		return;
	r.id = q.id;
	pthread_mutex_lock(&g->lock);
	if (granted(g, &q)) {
		r.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	} else {
		r.error = -EPERM;
		note(g, &q);
	}
	pthread_mutex_unlock(&g->lock);
	ioctl(g->fd, SECCOMP_IOCTL_NOTIF_SEND, &r);
}

static void *
guardloop(void *arg)
{
	struct guard *g = arg;
	struct pollfd p[2] = {
	    {.fd = g->fd, .events = POLLIN}, {.fd = g->stop[0]}};

	p[1].events = POLLIN;
	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (p[1].revents)
			return NULL;
		if (p[0].revents & POLLIN)
			answer(g);
		else if (p[0].revents & (POLLHUP | POLLERR))
			p[0].fd = -1;
	}
}

static int
listener(int sock, double seconds)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	char byte;
	int fd;

	if (poll(&p, 1, (int)(seconds * 1000)) != 1 ||
	    fdpass_receive(sock, &byte, 1, &fd, 1) != 1)
		return -1;
	return fd;
}

struct guard *
guard_start(int sock, int threads, int execs, double seconds)
{
	sigset_t all, old;
	struct guard *g;
	int rc, fd = listener(sock, seconds);

	if (fd < 0)
		return NULL;
	g = calloc(1, sizeof *g);
	if (!g || pipe2(g->stop, O_CLOEXEC) < 0) {
		free(g);
		close(fd);
		return NULL;
	}
	g->fd = fd;
	g->threads = threads;
	g->execs = execs;
	pthread_mutex_init(&g->lock, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&g->thread, NULL, guardloop, g);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc == 0)
		return g;
	close(fd);
	close(g->stop[0]);
	close(g->stop[1]);
	free(g);
	return NULL;
}

static void
setsealed(struct guard *g, int on)
{
	pthread_mutex_lock(&g->lock);
	g->sealed = on;
	pthread_mutex_unlock(&g->lock);
}

void
guard_keep(struct guard *g, uint64_t text, uint64_t textend)
{
	pthread_mutex_lock(&g->lock);
	g->text = text;
	g->textend = textend;
	pthread_mutex_unlock(&g->lock);
}

void
guard_seal(struct guard *g)
{
	setsealed(g, 1);
}

void
guard_open(struct guard *g)
{
	setsealed(g, 0);
}

int
guard_events(struct guard *g, struct guard_event ev[GUARD_EVENTS])
{
	int n;

	pthread_mutex_lock(&g->lock);
	n = g->n;
	memcpy(ev, g->ev, (size_t)n * sizeof *ev);
	pthread_mutex_unlock(&g->lock);
	return n;
}

void
guard_stop(struct guard *g)
{
	if (!g)
		return;
	close(g->stop[1]);
	pthread_join(g->thread, NULL);
	close(g->stop[0]);
	close(g->fd);
	pthread_mutex_destroy(&g->lock);
	free(g);
}
