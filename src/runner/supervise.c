/*
 * supervise: owns the clock, the inputs and the outputs of a measurement.
 *
 * Trusted, on the device, of libc alone.  Reads a job and then rounds from
 * stdin, writes each round's result to stdout; man supervise has the form.
 */
#include <dirent.h>
#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "control.h"
#include "dtype.h"
#include "gen.h"
#include "jail.h"
#include "spawn.h"

#define FORMAT 1
#define ARMS 4
#define SIDES 2 /* arms in one round */
#define ALIGN 64
#define PINGS 64
#define WINDOW 5	    /* calls whose median must be flat */
#define FLAT 0.02	    /* how much it may change and be flat */
#define WARMID (1ull << 62) /* warm-up calls are numbered from here */
#define LOGSIZE (64 << 10)
#define PLACES 16     /* looked at in each output after each call */
#define WAYBACK 50000 /* ns that a runner needs from its answer to its wait */
#define HALTNS 5000   /* and so many that it costs it to be halted once more */
#define WAITS 4000    /* looks at it before it is given up */
#define WORDS 100000  /* us for a runner that hangs to say where */
#define COUNTERS 4
#define BACKS 64     /* ways back from an answer that are looked at... */
#define LEASTBACKS 5 /* ...so many of them at least... */
#define BACKNS 1000  /* ...and so much more than a bell's is too long */
#define PEEKS 8	     /* one call in so many is looked at while it loads */
#define PEEKNS 20000 /* into its load, until that is known */
#define AMBUSHES 8   /* one in so many short calls is halted as it ends, */
#define FRAMES 256   /* bytes of stack of the runner's own loop */
#define SHORT 300000 /* of which a moment is a part that counts, in ns */
#define LOOK 256     /* turns of waiting between looks at the runner */

struct tensor {
	uint32_t index; /* place among the task's inputs or outputs */
	struct gen *gen;
	size_t at, room; /* its pages in the file */
	size_t bytes;
};

struct arm {
	char name[64];
	char *runner, *model, *candidate;
};

/* the job: what is the same for all rounds */
static struct {
	struct tensor t[CONTROL_IO]; /* inputs first */
	int nin, nout, threads, direct;
	struct arm arms[ARMS];
	int narms;
	char *reads[16]; /* what runners may read besides */
	char *via[17];	 /* what runs the runner: a loader's or... */
	int emulated;	 /* ...an emulator's words */
	int nreads;
	uint64_t hangns, memory;
	int pin;
	int spin; /* there is a processor for each side */
	int inputfd, sealed;
	char *inputs;
	cpu_set_t allowed, wanted, ours, theirs; /* wanted: none, or these */
	int cpu; /* the runner's first, -1 if it is not pinned */
} job = {.threads = 1,
    .direct = 1,
    .hangns = 10000000000,
    .memory = 8ull << 30,
    .pin = 1,
    .cpu = -1};

/* the tensors as the runner is told of them */
static struct control_io shapes[CONTROL_IO];

/* the round asked for */
static struct {
	const struct arm *arms[SIDES];
	int narms;
	long number;
	uint8_t key[32];
	long turns, calls; /* of each arm, and timed calls in a turn */
	uint64_t warmns, maxwarmns;
	int cold;
	long *samples;
	long nsamples;
} ask;

/* an arm in the round: its files, which last, and what becomes of it */
struct side {
	int controlfd, outputfd, logfd;
	struct control *control;
	char *outputs;
	uint8_t canary[ALIGN];
	struct result {
		const struct arm *arm;
		uint32_t bell; /* the last one rung */
		pid_t pid;
		int reaped, wait;   /* wait: status as of waitpid */
		const char *status; /* NULL: well so far */
		const char *reason;
		const char *phase;
		long call, warm, warmed; /* warm calls: all, the warm-up's */
		uint64_t *ns, *load, *fetch; /* of each timed call */
		uint64_t *disturbed;	     /* 1: somebody else had the cpu */
		int delayfd, wasdisturbed;
		uint64_t idle, idleend; /* where its waiting code lies */
		uint64_t text, textend; /* and all of its own */
		uint64_t stack;		/* its stack pointer there */
		uint64_t ping;		/* its bell, before a candidate came */
		uint64_t usualload;	/* of a call that was not looked at */
		uint64_t aim; /* ns into a call when half of them end */
		int ambushed; /* how long it took is not known */
		long looks,
		    astray; /* at it after answers; not where it waits */
		long done;  /* how many there are */
		uint64_t pings[PINGS];
		uint64_t back[BACKS]; /* from an answer to that of a ping */
		long nback;	      /* how many there were */
		uint64_t startns, spawnns, setupns, warmns, loadns, fetchns,
		    runcpu;
		uint64_t cpu, wall;
		long switches, threads, memory;
		long modes[2]; /* of its floating point, before and after */
		int moved;     /* 1: its processors are not those it got */
		int counterfd[COUNTERS], countererror;
		struct guard *guard;
		int guarded, nevents, assisted;
		int death; /* signal of an emulated program, or 0 */
		char refused[192];
		struct guard_event events[GUARD_EVENTS];
	} r;
};

static struct side sides[SIDES], *now = sides;
static uint64_t probes[2];
static long freqs[2];

/* what the processor counts, where it does and lets us read it */
static const struct {
	const char *name;
	uint64_t config;
} counters[COUNTERS] = {{"cycles", PERF_COUNT_HW_CPU_CYCLES},
    {"instructions", PERF_COUNT_HW_INSTRUCTIONS},
    {"cache misses", PERF_COUNT_HW_CACHE_MISSES},
    {"branch misses", PERF_COUNT_HW_BRANCH_MISSES}};

static uint32_t words[256], wordat = 256;

static const char *const phases[] = {
    "", "start", "setup", "load", "run", "fetch", "quit"};

static uint64_t
clockns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* CPU time of all threads of the runner */
static uint64_t
cputime(void)
{
	struct timespec t = {0};
	clockid_t id;

	if (clock_getcpuclockid(now->r.pid, &id) == 0)
		clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* unpredictable words of our own */
static uint32_t
word(void)
{
	static uint8_t key[32];
	static uint32_t group;

	if (wordat == 256) {
		if (group == 0 && getrandom(key, sizeof(key), 0) != 32)
			err(EX_OSERR, "getrandom");
		gen_group(key, group++, 0, 0, words);
		wordat = 0;
	}
	return words[wordat++];
}

static int
fail(const char *status, const char *reason)
{
	if (!now->r.status) {
		now->r.status = status;
		now->r.reason = reason;
	}
	return -1;
}

/* a runner that hangs says where, in its log */
static void
askwhere(void)
{
	syscall(SYS_tgkill, now->r.pid, now->r.pid, CONTROL_WHERE);
	usleep(WORDS);
}

/* the runner's state while we wait for it: 0 it lives and has time */
static int
look(uint64_t deadline)
{
	int st;

	if (!now->r.reaped && waitpid(now->r.pid, &st, WNOHANG) == now->r.pid) {
		now->r.reaped = 1;
		now->r.wait = st;
		/* its last answer may have come meanwhile */
		if (__atomic_load_n(&now->control->ack, __ATOMIC_ACQUIRE) ==
		    now->r.bell)
			return 0;
	}
	if (now->r.reaped)
		return fail("crashed", "the runner ended");
	if (clockns() <= deadline)
		return 0;
	askwhere();
	return fail("hung", "no answer in time");
}

static void
ring(enum bell what)
{
	struct control *c = now->control;

	now->r.bell = ((now->r.bell & ~(uint32_t)BELL_MASK) + 8 +
			  (word() & ~(uint32_t)0x80000007)) |
		      what;
	now->r.phase = phases[what];
	__atomic_store_n(&c->bell, now->r.bell, __ATOMIC_SEQ_CST);
	control_wake(&c->bell, &c->bellsleeper);
}

/* what takes milliseconds is not spun for: others may have our processor */
static int
await(int spin)
{
	struct control *c = now->control;
	uint64_t deadline = 0;
	uint32_t ack;
	unsigned turns = 0;

	while (
	    (ack = __atomic_load_n(&c->ack, __ATOMIC_ACQUIRE)) != now->r.bell) {
		if (spin)
			control_pause();
		else
			control_sleep(&c->ack, ack, &c->acksleeper, 20);
		if (spin && ++turns % LOOK)
			continue;
		if (!deadline)
			deadline = clockns() + job.hangns;
		if (look(deadline) < 0)
			return -1;
	}
	return c->failed ? fail("refused", "the engine said no") : 0;
}

static int
bell(enum bell what, uint64_t *ns)
{
	uint64_t start = clockns();

	ring(what);
	if (await(job.spin && what != BELL_SETUP) < 0)
		return -1;
	*ns = clockns() - start;
	return 0;
}

/* a tensor's pages, and its bytes in them */
static char *
pagesof(const struct tensor *t)
{
	return (t < job.t + job.nin ? job.inputs : now->outputs) + t->at;
}

static char *
dataof(const struct tensor *t)
{
	return pagesof(t) + t->room - ((t->bytes + ALIGN - 1) & -(size_t)ALIGN);
}

static void
fillall(uint64_t call)
{
	struct tensor *t;
	int i;

	for (i = 0; i < job.nin; i++) {
		t = &job.t[i];
		gen_fill(t->gen, ask.key, call, t->index, dataof(t),
		    t->bytes / dtype_size(t->gen->dtype));
	}
	for (; i < job.nin + job.nout; i++) {
		t = &job.t[i];
		gen_poison(ask.key, call, t->index, dataof(t), t->bytes);
	}
}

/* out of all caches, where a user's program can do that */
static void
evict(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i += ALIGN) {
#if defined(__x86_64__)
		__builtin_ia32_clflush(p + i);
#elif defined(__aarch64__)
		__asm__ volatile("dc civac, %0" ::"r"(p + i) : "memory");
#else
		(void)p;
#endif
	}
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* the bytes around the outputs: written before a round, looked at after each
   call */
static void
canaries(void)
{
	struct tensor *t;
	size_t i;

	for (i = 0; i < ALIGN; i++)
		now->canary[i] = (uint8_t)word();
	for (t = job.t + job.nin; t < job.t + job.nin + job.nout; t++)
		for (i = 0; i < t->room; i++)
			pagesof(t)[i] = (char)now->canary[i % ALIGN];
}

static int
intact(const struct tensor *t)
{
	size_t i, front = (size_t)(dataof(t) - pagesof(t));

	for (i = 0; i < front; i += ALIGN)
		if (memcmp(pagesof(t) + i, now->canary, ALIGN) != 0)
			return 0;
	for (i = front + t->bytes; i < t->room; i++)
		if ((uint8_t)pagesof(t)[i] != now->canary[i % ALIGN])
			return 0;
	return 1;
}

static int
lookcanaries(void)
{
	struct tensor *t;

	for (t = job.t + job.nin; t < job.t + job.nin + job.nout; t++)
		if (!intact(t))
			return fail("wrote-outside",
			    "bytes beside an output were written");
	return 0;
}

/* stop the runner: all its threads stand when this returns 0 */
static int
halt(void)
{
	int st;

	kill(-now->r.pid, SIGSTOP);
	while (waitpid(now->r.pid, &st, WUNTRACED) < 0)
		if (errno != EINTR)
			return fail("protocol", "the runner is not ours");
	if (WIFSTOPPED(st))
		return 0;
	now->r.reaped = 1;
	now->r.wait = st;
	return fail("crashed", "the runner ended");
}

/* nanoseconds that the runner's main thread has run; 0 if that is not told */
static uint64_t
ranfor(void)
{
	char text[64];
	ssize_t n = pread(now->r.delayfd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return strtoull(text, NULL, 10);
}

/* where the main thread of a runner that stands is */
struct stand {
	uint64_t pc, sp;
	int asleep; /* on a futex */
};

/* 0: the system does not tell */
static int
standing(struct stand *s)
{
	char path[64], text[256] = "", *word;
	FILE *fp;
	int known;
	long nr;
	unsigned long op;

	*s = (struct stand){0};
	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)now->r.pid);
	fp = fopen(path, "re");
	known = fp && fgets(text, sizeof(text), fp) != NULL;
	if (fp)
		fclose(fp);
	word = strrchr(text, ' ');
	if (!known || !word)
		return known;
	s->pc = strtoull(word, NULL, 16);
	*word = '\0';
	word = strrchr(text, ' ');
	s->sp = word ? strtoull(word, NULL, 16) : 0;
	s->asleep = sscanf(text, "%ld %*x %lx", &nr, &op) == 2 &&
		    (nr == SYS_futex || nr == SYS_restart_syscall) &&
		    op == FUTEX_WAIT;
	return 1;
}

/* of a runner that stands: does its main thread wait for the next bell, in the
   code of waiting and with the stack as it was before the candidate came?
   Where the system does not tell, yes. */
static int
waits(void)
{
	struct stand s;

	if (job.emulated || !now->r.idle || !standing(&s))
		return 1;
	if (job.spin ? s.pc < now->r.idle || s.pc >= now->r.idleend : !s.asleep)
		return 0;
	if (!now->r.stack)
		now->r.stack = s.sp;
	return s.sp == now->r.stack;
}

/* of one that does not: is it in its own code, where nobody called it but
   itself, so on its way? */
static int
homeward(void)
{
	struct stand s;

	return standing(&s) && s.pc >= now->r.text && s.pc < now->r.textend &&
	       s.sp + FRAMES > now->r.stack && s.sp < now->r.stack + FRAMES;
}

/* how a runner that stands rounds and treats denormals, -1 where that is not
   told */
static long
modes(void)
{
#if defined(__x86_64__)
	struct user_fpregs_struct regs;
#elif defined(__aarch64__)
	struct user_fpsimd_struct regs;
#endif
	struct iovec to = {&regs, sizeof(regs)};
	int st, tries;
	long v = -1;

	if (job.emulated || ptrace(PTRACE_SEIZE, now->r.pid, NULL, NULL) < 0)
		return -1;
	for (tries = 0; tries < WAITS; tries++) {
		if (waitpid(now->r.pid, &st, WNOHANG | __WALL) == now->r.pid)
			break;
		usleep(20);
	}
	if (ptrace(PTRACE_GETREGSET, now->r.pid, NT_PRFPREG, &to) == 0)
#if defined(__x86_64__)
		v = regs.mxcsr & 0xffc0; /* less what happened so far */
#elif defined(__aarch64__)
		v = regs.fpcr;
#endif
	ptrace(PTRACE_DETACH, now->r.pid, NULL, NULL);
	return v;
}

/* of a runner that stands: is it where it was put? */
static int
moved(void)
{
	cpu_set_t set;

	return job.cpu >= 0 &&
	       sched_getaffinity(now->r.pid, sizeof(set), &set) == 0 &&
	       !CPU_EQUAL(&set, &job.theirs);
}

/* of a runner that stands while inputs are loaded, for which the engine has
   nothing to do: it is in its own code, and nobody else's */
static int
loads(void)
{
	struct stand s;

	if (!standing(&s) || !s.pc ||
	    (s.pc >= now->r.text && s.pc < now->r.textend))
		return 0;
	return fail("deferred", "the runner was at work before it was called");
}

static void
resume(void)
{
	kill(-now->r.pid, SIGCONT);
}

static int
sampled(long call)
{
	long i;

	for (i = 0; i < ask.nsamples; i++)
		if (ask.samples[i] == call)
			return 1;
	return 0;
}

static void
emit(long call)
{
	struct tensor *t = job.t + job.nin;
	int i;

	for (i = 0; i < job.nout; i++, t++) {
		printf("{\"sample\":%ld,\"round\":%ld,\"arm\":\"%s\","
		       "\"output\":%u,\"bytes\":%zu}\n",
		    call, ask.number, now->r.arm->name, t->index, t->bytes);
		fwrite(dataof(t), 1, t->bytes, stdout);
		putchar('\n');
	}
}

/* between the timed bell and fetch: where outputs are final by then, they must
   be the same after it */
static char *
snapshot(void)
{
	struct tensor *t = job.t + job.nin;
	size_t n = 0;
	char *copy;
	int i;

	for (i = 0; i < job.nout; i++)
		n += t[i].bytes;
	copy = malloc(n + 1);
	if (!copy)
		err(EX_OSERR, "malloc");
	for (n = 0, i = 0; i < job.nout; n += t[i++].bytes)
		memcpy(copy + n, dataof(&t[i]), t[i].bytes);
	return copy;
}

static int
settled(const char *copy)
{
	struct tensor *t = job.t + job.nin;
	int i;

	for (i = 0; i < job.nout; copy += t[i++].bytes)
		if (memcmp(copy, dataof(&t[i]), t[i].bytes) != 0)
			return fail("deferred",
			    "an output changed after the call was answered");
	return 0;
}

/* after every timed call: do a few places, first and last among them, still
   hold the pattern from before it?  Eight bytes do not by accident. */
static int
written(uint64_t number)
{
	const struct tensor *t = job.t + job.nin;
	size_t n, at;
	int i, j;

	for (i = 0; i < job.nout; i++, t++) {
		n = t->bytes / 8;
		for (j = 0; n && j < PLACES; j++) {
			at = j == 0   ? 0
			     : j == 1 ? n - 1
				      : (size_t)(((uint64_t)word() * n) >> 32);
			if (gen_poisoned(ask.key, number, t->index,
				dataof(t) + 8 * at, 8 * at, 8))
				return fail("unwritten",
				    "a part of an output was not written");
		}
	}
	return 0;
}

/* of a runner that stands after its answer: it may be on its way back to where
   it waits, for a moment of its own time, however long the machine keeps it
   from running */
static int
idle(void)
{
	uint64_t start = ranfor();
	int tries;

	now->r.looks++;
	for (tries = 0; !waits(); tries++) {
		now->r.astray += tries == 0 && job.spin && !homeward();
		if (tries == WAITS ||
		    ranfor() > start + WAYBACK + (uint64_t)tries * HALTNS)
			return fail("late",
			    "the runner was at work after it had answered");
		resume();
		usleep(tries < 8 ? 20 : 500);
		if (halt() < 0)
			return -1;
	}
	return 0;
}

static int
finish(uint64_t call, int keep, int stands)
{
	char *copy = NULL;
	uint64_t ns;
	int rc = 0;

	if (keep && job.direct)
		copy = snapshot();
	if (stands && idle() < 0) {
		free(copy);
		return -1;
	}
	if (stands)
		resume();
	if (bell(BELL_FETCH, &ns) < 0 || (keep && halt() < 0)) {
		free(copy);
		return -1;
	}
	now->r.fetchns = ns;
	if (copy)
		rc = settled(copy);
	free(copy);
	if (keep) {
		emit((long)call);
		resume();
	}
	/* what the judge sees, it judges better */
	if (rc < 0 || (!keep && call < WARMID && written(call) < 0))
		return -1;
	return lookcanaries();
}

/* grows when the runner waited for a processor or we lost ours */
static uint64_t
delay(void)
{
	struct rusage u;
	char text[64];
	ssize_t n = pread(now->r.delayfd, text, sizeof(text) - 1, 0);
	char *p;

	getrusage(RUSAGE_SELF, &u);
	text[n > 0 ? n : 0] = '\0';
	p = strchr(text, ' ');
	return (p ? strtoull(p, NULL, 10) : 0) + (uint64_t)u.ru_nivcsw;
}

/* of the runner and its threads, in user space, standing still for now */
static void
opencounters(void)
{
	struct perf_event_attr a = {.type = PERF_TYPE_HARDWARE,
	    .size = sizeof(a),
	    .disabled = 1,
	    .inherit = 1,
	    .exclude_kernel = 1,
	    .exclude_hv = 1};
	int i;

	for (i = 0; i < COUNTERS; i++) {
		a.config = counters[i].config;
		now->r.counterfd[i] = (int)syscall(SYS_perf_event_open, &a,
		    now->r.pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
		if (now->r.counterfd[i] < 0 && !now->r.countererror)
			now->r.countererror = errno;
	}
}

static void
countrun(unsigned long what)
{
	int i;

	for (i = 0; i < COUNTERS; i++)
		if (now->r.counterfd[i] >= 0)
			ioctl(now->r.counterfd[i], what, 0);
}

/* a call that nobody can tell from others, in a place of which the engine has
   no use: is the candidate there? */
static int
peeked(void)
{
	return job.direct && job.spin && !job.emulated && now->r.text &&
	       word() % PEEKS == 0;
}

/* the inputs are there; with a look at the runner at some moment, before which
   it has stood or, lest it learn from that, has not */
static int
loadcall(int peek)
{
	uint64_t start, usual, until;
	int stands = word() & 1;

	if (!peek) {
		if (bell(BELL_LOAD, &now->r.loadns) < 0)
			return -1;
		now->r.usualload = now->r.loadns;
		return 0;
	}
	usual = now->r.usualload ? now->r.usualload : PEEKNS;
	until = (uint64_t)(word() * (double)usual * 0x1p-32);
	if (stands && halt() < 0)
		return -1;
	ring(BELL_LOAD);
	if (stands)
		resume();
	start = clockns();
	while (clockns() - start < until)
		control_pause();
	if (halt() < 0 || loads() < 0)
		return -1;
	resume();
	if (await(1) < 0)
		return -1;
	now->r.loadns = clockns() - start;
	return 0;
}

/* The call that counts.  It ends when the runner answers once more, which costs
   it nothing but the bell: what it does between its answer and its wait is the
   call's too.  Or it is made to stand at once, to be looked at. */
static int
timed(int stand, uint64_t *ns)
{
	uint64_t start = clockns(), all;

	ring(BELL_RUN);
	if (await(job.spin) < 0)
		return -1;
	*ns = clockns() - start;
	if (stand)
		return halt();
	if (!job.spin)
		return 0;
	ring(BELL_PING);
	now->r.phase = phases[BELL_RUN];
	if (await(1) < 0)
		return -1;
	all = clockns() - start;
	now->r.back[now->r.nback++ % BACKS] = all - *ns;
	*ns = all > now->r.ping ? all - now->r.ping : 1;
	return 0;
}

static int
hasanswered(void)
{
	return __atomic_load_n(&now->control->ack, __ATOMIC_ACQUIRE) ==
	       now->r.bell;
}

/* A call that is halted just about when it ends.  Who has answered by then must
   be where it waits; a halt that the answer brings about comes too late for who
   needs less time than the halt.  1: it has, and stands. */
static int
ambush(uint64_t *ns)
{
	uint64_t step = now->r.aim / 64 + 200, start = clockns(), until;
	int early;

	until = now->r.aim + (uint64_t)(word() * 0x1p-32 * (double)step);
	ring(BELL_RUN);
	while (clockns() - start < until)
		control_pause();
	*ns = clockns() - start;
	now->r.ambushed = 1;
	if (halt() < 0)
		return -1;
	early = !hasanswered();
	now->r.aim += early ? step : -(now->r.aim < step ? now->r.aim : step);
	if (!early)
		return 1;
	resume();
	return await(1);
}

/* how a call is to be looked at */
enum look { UNSEEN, STOPPED, AMBUSHED };

static enum look
lookat(int keep, int peek)
{
	if (keep || peek)
		return STOPPED;
	return job.spin && !job.emulated && !ask.cold && now->r.idle &&
		       now->r.aim && now->r.aim < SHORT &&
		       word() % AMBUSHES == 0
		   ? AMBUSHED
		   : UNSEEN;
}

/* 1: the runner stands after its answer */
static int
counted(enum look how, uint64_t *ns)
{
	now->r.ambushed = 0;
	if (how == AMBUSHED)
		return ambush(ns);
	if (timed(how == STOPPED, ns) < 0)
		return -1;
	if (!now->r.aim || *ns < now->r.aim / 2)
		now->r.aim = *ns;
	return how == STOPPED;
}

/* one call; number is what its inputs are made from */
static int
call(uint64_t number, int keep, uint64_t *ns)
{
	uint64_t cpu, waited;
	int i, stands, peek = peeked();

	fillall(number);
	if (loadcall(peek) < 0)
		return -1;
	for (i = 0; ask.cold && i < job.nin + job.nout; i++)
		evict(dataof(&job.t[i]), job.t[i].bytes);
	cpu = cputime();
	waited = delay();
	if (number < WARMID)
		countrun(PERF_EVENT_IOC_ENABLE);
	stands = counted(lookat(keep, peek), ns);
	if (stands < 0)
		return -1;
	if (number < WARMID)
		countrun(PERF_EVENT_IOC_DISABLE);
	/* where we share a processor with it each of us waits for the other */
	now->r.wasdisturbed =
	    now->r.ambushed || (job.spin && delay() != waited);
	now->r.runcpu += cputime() - cpu;
	return finish(number, keep, stands);
}

static int
increasing(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t
middle(uint64_t *v, long n)
{
	qsort(v, (size_t)n, sizeof(*v), increasing);
	return n ? v[n / 2] : 0;
}

static double
median(const uint64_t *v, int n)
{
	uint64_t s[WINDOW];

	memcpy(s, v, (size_t)n * sizeof(*s));
	qsort(s, (size_t)n, sizeof(*s), increasing);
	return n % 2 ? (double)s[n / 2] : (double)(s[n / 2 - 1] + s[n / 2]) / 2;
}

static int
flat(const uint64_t *last, long n)
{
	uint64_t a[WINDOW], b[WINDOW];
	double x, y;
	int i;

	if (n < 2 * WINDOW)
		return 0;
	for (i = 0; i < WINDOW; i++) {
		a[i] = last[(n - 2 * WINDOW + i) % (2 * WINDOW)];
		b[i] = last[(n - WINDOW + i) % (2 * WINDOW)];
	}
	x = median(a, WINDOW);
	y = median(b, WINDOW);
	return y >= x * (1 - FLAT) && y <= x * (1 + FLAT);
}

static int
warmcall(uint64_t *ns)
{
	now->r.call = -1;
	return call(WARMID + (uint64_t)now->r.warm++, 0, ns);
}

static int
warmup(void)
{
	uint64_t start = clockns(), last[2 * WINDOW], ns;

	for (;;) {
		if (warmcall(&ns) < 0)
			return -1;
		last[(now->r.warm - 1) % (2 * WINDOW)] = ns;
		now->r.warmns = clockns() - start;
		now->r.warmed = now->r.warm;
		if (now->r.warm >= 2 && (now->r.warmns > ask.maxwarmns ||
					    (now->r.warmns > ask.warmns &&
						(flat(last, now->r.warm) ||
						    ns * WINDOW > ask.warmns))))
			return 0;
	}
}

/* the time of a fixed piece of work on the runner's processor */
static uint64_t
probe(void)
{
	uint64_t best = UINT64_MAX, start, ns;
	volatile uint64_t sink;
	uint64_t x = 88172645463325252u;
	int i, j;

	if (job.cpu >= 0)
		sched_setaffinity(0, sizeof(job.theirs), &job.theirs);
	for (i = 0; i < 3; i++) {
		start = clockns();
		for (j = 0; j < 20000; j++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
		}
		sink = x;
		ns = clockns() - start;
		best = ns < best ? ns : best;
	}
	(void)sink;
	if (job.cpu >= 0)
		sched_setaffinity(0, sizeof(job.ours), &job.ours);
	return best;
}

static long
numberin(const char *path, const char *key)
{
	char line[256];
	long v = -1;
	FILE *fp = fopen(path, "re");

	while (fp && v < 0 && fgets(line, sizeof(line), fp))
		if (strncmp(line, key, strlen(key)) == 0)
			v = atol(line + strlen(key));
	if (fp)
		fclose(fp);
	return v;
}

static long
frequency(void)
{
	char path[128];

	snprintf(path, sizeof(path),
	    "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq",
	    job.cpu < 0 ? 0 : job.cpu);
	return numberin(path, "");
}

static long
status(const char *key)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)now->r.pid);
	return numberin(path, key);
}

static void
layout(void)
{
	struct control *c = now->control;
	int i;

	memset(c, 0, sizeof(*c));
	c->magic = CONTROL_MAGIC;
	c->threads = job.threads;
	c->nin = job.nin;
	c->nout = job.nout;
	c->spin = job.spin;
	c->warm = !ask.cold;
	snprintf(c->model, sizeof(c->model), "%s", now->r.arm->model);
	snprintf(c->candidate, sizeof(c->candidate), "%s",
	    now->r.arm->candidate ? now->r.arm->candidate : "");
	for (i = 0; i < job.nin + job.nout; i++)
		c->io[i] = shapes[i];
	now->r.bell = 0;
}

/* what the runner may read: itself, its libraries, its model and candidate */
static const char *const *
readable(void)
{
	static const char *const system[] = {"/usr/lib", "/usr/lib64", "/lib",
	    "/lib64", "/system/lib64", "/apex", "/etc/ld.so.cache",
	    "/sys/devices/system/cpu", "/sys/devices/system/node",
	    "/proc/cpuinfo", "/proc/meminfo", "/proc/self/auxv"};
	static const char *list[64];
	static glob_t found;
	char pattern[PATH_MAX + 32];
	const char *slash = strrchr(now->r.arm->runner, '/');
	size_t i, n = 0;

	/* what /sys says of this machine's processors is not for a program that
	   runs on an emulated one */
	for (i = 0; i < sizeof(system) / sizeof(*system); i++)
		if (!job.emulated || strncmp(system[i], "/sys/", 5) != 0)
			list[n++] = system[i];
	snprintf(pattern, sizeof(pattern), "%.*s/../../ort/lib/*/*",
	    slash ? (int)(slash - now->r.arm->runner) : 1,
	    slash ? now->r.arm->runner : ".");
	globfree(&found);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (i = 0; i < found.gl_pathc && n < 32; i++)
			list[n++] = found.gl_pathv[i];
	for (i = 0; i < (size_t)job.nreads; i++)
		list[n++] = job.reads[i];
	list[n++] = now->r.arm->runner;
	list[n++] = now->r.arm->model;
	list[n++] = now->r.arm->candidate;
	list[n] = NULL;
	return list;
}

/* the guard answers for system calls until the runner is gone */
static void
startguard(int sock, int execs)
{
	/* an emulator has a thread of its own */
	now->r.guard =
	    guard_start(sock, job.threads - (job.threads == 1 && !job.emulated),
		execs, (double)job.hangns / 1e9);
	now->r.guarded = now->r.guard != NULL;
	close(sock);
}

/* the signal that an emulated program died of, for which its emulator wants the
   default, or 0 */
static int
deathof(const struct guard_event *e)
{
	const unsigned long fatal = 1ul << SIGSEGV | 1ul << SIGBUS |
				    1ul << SIGILL | 1ul << SIGFPE |
				    1ul << SIGABRT | 1ul << SIGTRAP;
	unsigned long sig;

	if (!job.via[0] || strcmp(e->name, "rt_sigaction") != 0 ||
	    sscanf(e->detail, "%lx", &sig) != 1 || sig >= 64)
		return 0;
	return fatal >> sig & 1 ? (int)sig : 0;
}

/* what the runner itself tells of the candidate comes as a path that cannot be
   opened; all else is a system call that was refused */
static void
weigh(void)
{
	static const char operator[] = "engine-operator ";
	const struct guard_event *e = now->r.events;

	for (; e < now->r.events + now->r.nevents; e++) {
		if (!strncmp(e->detail, operator, sizeof(operator) - 1)) {
			now->r.assisted = 1;
			continue;
		}
		now->r.death = deathof(e);
		if (now->r.death) {
			now->r.status = "crashed";
			now->r.reason = "the emulated program died";
			return;
		}
		snprintf(now->r.refused, sizeof(now->r.refused),
		    "system call %s (%s) was refused", e->name, e->detail);
		now->r.status = "hack";
		now->r.reason = now->r.refused;
		return;
	}
}

static void
endguard(void)
{
	if (!now->r.guard)
		return;
	now->r.nevents = guard_events(now->r.guard, now->r.events);
	guard_stop(now->r.guard);
	now->r.guard = NULL;
	if (now->r.arm->candidate)
		weigh();
}

static void
command(char **argv, const struct arm *arm)
{
	int n;

	for (n = 0; job.via[n]; n++)
		argv[n] = job.via[n];
	argv[n] = arm->runner;
	argv[n + 1] = NULL;
}

static int
startrunner(const cpu_set_t *cpus)
{
	static int null = -1;
	int guard[2], execs;
	char *argv[sizeof(job.via) / sizeof(*job.via) + 1];
	struct spawn s = {.argv = argv,
	    .parent = getpid(),
	    .memory = job.memory,
	    .emulated = job.via[0] != NULL,
	    .filesize = LOGSIZE,
	    .cpuseconds = (unsigned)(job.hangns / 1000000000 * 20 + 60)};

	command(argv, now->r.arm);
	if (null < 0)
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (ftruncate(now->logfd, 0) < 0)
		err(EX_OSERR, "ftruncate");
	s.files[0] = null;
	s.files[1] = s.files[2] = now->logfd;
	s.files[CONTROL_FD] = now->controlfd;
	s.files[INPUT_FD] = job.inputfd;
	s.files[OUTPUT_FD] = now->outputfd;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, guard) < 0)
		err(EX_OSERR, "socketpair");
	s.guard = guard[1];
	s.read = readable();
	if (job.cpu >= 0)
		s.cpus = *cpus;
	now->r.pid = runner_spawn(&s, &execs);
	if (now->r.pid < 0)
		err(EX_OSERR, "fork");
	close(guard[1]);
	startguard(guard[0], execs);
	return 0;
}

/* a turn of the arm: a call to come into the caches, then those that count */
static int
turn(long number)
{
	uint64_t start = clockns(), ns, cpu = cputime();
	long i, n;

	if (ask.turns > 1 && warmcall(&ns) < 0)
		return -1;
	for (i = 0; i < ask.calls; i++) {
		n = number * ask.calls + i;
		now->r.call = n;
		if (call((uint64_t)n, sampled(n), &now->r.ns[n]) < 0)
			return -1;
		now->r.load[n] = now->r.loadns;
		now->r.fetch[n] = now->r.fetchns;
		now->r.disturbed[n] = (uint64_t)now->r.wasdisturbed;
		now->r.done = n + 1;
	}
	now->r.call = -1;
	now->r.wall += clockns() - start;
	now->r.cpu += cputime() - cpu;
	return 0;
}

/* a process that starts its engine, on its processor or, beside another one, on
   ours, which waits */
static void
launch(int beside)
{
	char path[64];

	now->r.startns = clockns();
	canaries();
	startrunner(beside ? &job.ours : &job.theirs);
	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)now->r.pid);
	now->r.delayfd = open(path, O_RDONLY | O_CLOEXEC);
	opencounters();
	ring(BELL_PING);
}

/* the runner and its threads go where they belong */
static void
gather(void)
{
	char path[64];
	struct dirent *e;
	DIR *dir;

	if (job.cpu < 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)now->r.pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			sched_setaffinity(
			    atoi(e->d_name), sizeof(job.theirs), &job.theirs);
	if (dir)
		closedir(dir);
}

/* the engine has started; its runner stands */
static int
greet(void)
{
	if (await(0) < 0)
		return -1;
	now->r.spawnns = clockns() - now->r.startns;
	if (halt() < 0)
		return -1;
	gather();
	return 0;
}

/* from a runner that stands, of an engine that has started, to one that is
   warm */
static int
begin(void)
{
	int i;

	resume();
	/* more of them, spun for: then it has nobody to wake on its way back,
	   and no candidate is there yet */
	for (i = 0; i < PINGS; i++)
		if (bell(BELL_PING, &now->r.pings[i]) < 0)
			return -1;
	now->r.ping = middle(now->r.pings, PINGS);
	now->r.idle = now->control->idle;
	now->r.idleend = now->control->idleend;
	now->r.text = now->control->text;
	now->r.textend = now->control->textend;
	if (now->r.guard)
		guard_keep(now->r.guard, now->r.text, now->r.textend);
	if (halt() < 0 || idle() < 0)
		return -1;
	now->r.modes[0] = modes();
	resume();
	if (bell(BELL_SETUP, &now->r.setupns) < 0)
		return -1;
	if (now->r.guard)
		guard_seal(now->r.guard);
	for (i = 0; i < PINGS; i++)
		if (bell(BELL_PING, &now->r.pings[i]) < 0)
			return -1;
	if (warmup() < 0)
		return -1;
	now->r.runcpu = 0;
	now->r.switches = status("nonvoluntary_ctxt_switches:");
	return 0;
}

/* the way from its answers back to where it waits: the half of them that took
   longer than this, 0 where there were too few */
static uint64_t
wayback(void)
{
	long n = now->r.nback < BACKS ? now->r.nback : BACKS;

	return n < LEASTBACKS ? 0 : middle(now->r.back, n);
}

/* who is at work after most answers does not answer to them */
static int
answered(void)
{
	if (wayback() <= 3 * now->r.ping + BACKNS)
		return 0;
	now->r.phase = phases[BELL_RUN];
	return fail(
	    "late", "the runner was at work after it had answered most calls");
}

static void
quit(void)
{
	uint64_t ns;

	now->r.threads = status("Threads:");
	now->r.switches =
	    status("nonvoluntary_ctxt_switches:") - now->r.switches;
	now->r.memory = status("VmHWM:");
	if (halt() == 0) {
		now->r.modes[1] = modes();
		now->r.moved = moved();
		resume();
	}
	if (bell(BELL_QUIT, &ns) < 0 && now->r.reaped)
		now->r.status = NULL; /* it may be gone before we look */
}

/* the arms in turn: who waits stands still */
static int
measure(void)
{
	int i, first = (int)(ask.number % ask.narms), many = ask.narms > 1;
	long t;

	for (i = 0; i < ask.narms; i++) {
		now = &sides[(first + i) % ask.narms];
		launch(i);
	}
	for (i = 0; i < ask.narms; i++) {
		now = &sides[(first + i) % ask.narms];
		if (greet() < 0)
			return -1;
	}
	for (i = 0; i < ask.narms; i++) {
		now = &sides[(first + i) % ask.narms];
		if (begin() < 0 || (many && halt() < 0))
			return -1;
	}
	for (t = 0; t < ask.turns; t++)
		for (i = 0; i < ask.narms; i++) {
			now = &sides[(first + t + i) % ask.narms];
			if (many)
				resume();
			if (turn(t) < 0 || (many && halt() < 0))
				return -1;
		}
	for (i = 0; i < ask.narms; i++) {
		now = &sides[i];
		if (many)
			resume();
		if (answered() < 0)
			return -1;
		quit();
	}
	return 0;
}

static void
putstring(const char *s, size_t n)
{
	size_t i;
	unsigned char c;

	putchar('"');
	for (i = 0; i < n; i++) {
		c = (unsigned char)s[i];
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c == '\n')
			printf("\\n");
		else if (c == '\t')
			printf("\\t");
		else if (c < 0x20 || c >= 0x7f)
			putchar('?');
		else
			putchar(c);
	}
	putchar('"');
}

static void
putlog(void)
{
	static char text[LOGSIZE];
	ssize_t n = pread(now->logfd, text, sizeof(text), 0);

	if (n <= 0)
		return;
	printf(",\"log\":");
	putstring(text, (size_t)n);
}

static void
putlist(const char *key, const uint64_t *v, long n)
{
	long i;

	printf(",\"%s\":[", key);
	for (i = 0; i < n; i++)
		printf("%s%" PRIu64, i ? "," : "", v[i]);
	putchar(']');
}

static void
putend(void)
{
	if (!now->r.status)
		return;
	printf(",\"reason\":");
	putstring(now->r.reason, strlen(now->r.reason));
	printf(",\"phase\":\"%s\",\"call\":%ld", now->r.phase, now->r.call);
	if (strcmp(now->r.status, "crashed") != 0)
		return;
	if (now->r.death)
		printf(",\"signal\":%d", now->r.death);
	else if (!now->r.reaped)
		return;
	else if (WIFSIGNALED(now->r.wait))
		printf(",\"signal\":%d", WTERMSIG(now->r.wait));
	else
		printf(",\"exit\":%d", WEXITSTATUS(now->r.wait));
}

static void
putguard(void)
{
	const struct guard_event *e = now->r.events;

	printf(",\"guarded\":%s", now->r.guarded ? "true" : "false");
	if (now->r.assisted)
		printf(",\"assisted\":true");
	if (!now->r.nevents)
		return;
	printf(",\"refused\":[");
	for (; e < now->r.events + now->r.nevents; e++) {
		printf("%s{\"call\":\"%s\",\"sealed\":%s,\"count\":%ld,"
		       "\"detail\":",
		    e > now->r.events ? "," : "", e->name,
		    e->sealed ? "true" : "false", e->count);
		putstring(e->detail, strlen(e->detail));
		putchar('}');
	}
	putchar(']');
}

/* of each counter the mean of the timed calls, or why there is none */
static void
putcounters(void)
{
	const char *sep = "{";
	uint64_t v;
	int i;

	if (!now->r.done)
		return;
	printf(",\"counters\":");
	for (i = 0; i < COUNTERS; i++) {
		if (now->r.counterfd[i] < 0 ||
		    read(now->r.counterfd[i], &v, sizeof(v)) != sizeof(v))
			continue;
		printf("%s\"%s\":%" PRIu64, sep, counters[i].name,
		    v / (uint64_t)now->r.done);
		sep = ",";
	}
	if (*sep == ',')
		putchar('}');
	else
		printf("\"none here: perf_event_open: %s\"",
		    strerror(now->r.countererror));
}

/* a quarter of them are less: noise only adds */
static uint64_t
quarter(uint64_t *v, long n)
{
	qsort(v, (size_t)n, sizeof(*v), increasing);
	return n ? v[n / 4] : 0;
}

static void
report(void)
{
	long n = now->r.done;

	printf("{\"round\":%ld,\"arm\":\"%s\",\"status\":\"%s\"", ask.number,
	    now->r.arm->name, now->r.status ? now->r.status : "ok");
	putend();
	printf(",\"spawn_ns\":%" PRIu64 ",\"setup_ns\":%" PRIu64
	       ",\"warm\":%ld,\"warm_ns\":%" PRIu64 ",\"wall_ns\":%" PRIu64
	       ",\"cpu_ns\":%" PRIu64 ",\"run_cpu_ns\":%" PRIu64
	       ",\"load_ns\":%" PRIu64 ",\"fetch_ns\":%" PRIu64,
	    now->r.spawnns, now->r.setupns, now->r.warmed, now->r.warmns,
	    now->r.wall, now->r.cpu, now->r.runcpu, quarter(now->r.load, n),
	    quarter(now->r.fetch, n));
	printf(",\"threads\":%ld,\"switches\":%ld,\"cpu\":%d,\"cold\":%d,"
	       "\"nice\":%d",
	    now->r.threads, now->r.switches, job.cpu, ask.cold,
	    getpriority(PRIO_PROCESS, 0));
	if (now->r.modes[0] >= 0)
		printf(",\"fp_modes\":[%ld,%ld]", now->r.modes[0],
		    now->r.modes[1]);
	if (now->r.moved)
		printf(",\"moved\":true");
	if (freqs[0] > 0)
		printf(",\"freq_khz\":[%ld,%ld]", freqs[0], freqs[1]);
	putlist("probe_ns", probes, 2);
	printf(",\"bell_ns\":%" PRIu64 ",\"back_ns\":%" PRIu64
	       ",\"looks\":%ld,\"astray\":%ld",
	    middle(now->r.pings, PINGS), wayback(), now->r.looks,
	    now->r.astray);
	printf(",\"memory_kb\":%ld,\"calls\":%ld", now->r.memory, ask.calls);
	putguard();
	putcounters();
	putlist("ns", now->r.ns, n);
	putlist("disturbed", now->r.disturbed, n);
	putlog();
	printf("}\n");
	if (fflush(stdout) != 0)
		err(EX_IOERR, "stdout");
}

static void
closecounters(void)
{
	int i;

	for (i = 0; i < COUNTERS; i++)
		if (now->r.counterfd[i] >= 0)
			close(now->r.counterfd[i]);
}

static void
reset(struct side *side, const struct arm *arm)
{
	size_t n = (size_t)(ask.calls * ask.turns);

	now = side;
	memset(&now->r, 0, sizeof(now->r));
	now->r.arm = arm;
	now->r.phase = phases[0];
	now->r.call = -1;
	now->r.delayfd = -1;
	now->r.modes[0] = now->r.modes[1] = -1;
	memset(now->r.counterfd, -1, sizeof(now->r.counterfd));
	now->r.ns = calloc(4 * n, sizeof(*now->r.ns));
	if (!now->r.ns)
		err(EX_OSERR, "calloc");
	now->r.load = now->r.ns + n;
	now->r.fetch = now->r.load + n;
	now->r.disturbed = now->r.fetch + n;
	layout();
}

static void
end(struct side *side)
{
	now = side;
	if (now->r.pid)
		runner_end(now->r.pid, now->r.reaped, &now->r.wait);
	if (now->r.delayfd >= 0)
		close(now->r.delayfd);
	endguard();
	if (!now->r.setupns)
		fail("stopped", "the other arm ended first");
}

static void
doround(void)
{
	int i;

	for (i = 0; i < ask.narms; i++)
		reset(&sides[i], ask.arms[i]);
	freqs[0] = frequency();
	probes[0] = probe();
	measure();
	for (i = 0; i < ask.narms; i++)
		end(&sides[i]);
	probes[1] = probe();
	freqs[1] = frequency();
	for (i = 0; i < ask.narms; i++) {
		now = &sides[i];
		report();
		closecounters();
		free(now->r.ns);
	}
}

/* files and processors, once the job is known */

static char *
share(const char *name, size_t n, int *fd)
{
	char *p;

	*fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (*fd < 0 || ftruncate(*fd, (off_t)n) < 0)
		err(EX_OSERR, "memfd of %zu bytes", n);
	p = mmap(
	    NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, *fd, 0);
	if (p == MAP_FAILED)
		err(EX_OSERR, "mmap of %zu bytes", n);
	return p;
}

/* the runner gets a descriptor that cannot write, of a file that nobody else
   can map to write */
static void
seal(void)
{
	char path[64];
	int fd;

	job.sealed = fcntl(job.inputfd, F_ADD_SEALS,
			 F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW |
			     F_SEAL_SEAL) == 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", job.inputfd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	close(job.inputfd);
	job.inputfd = fd;
}

static size_t
place(int first, int n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), at = 0, wide;
	struct tensor *t;
	int i;

	for (i = first; i < first + n; i++) {
		t = &job.t[i];
		wide = (t->bytes + ALIGN - 1) & -(size_t)ALIGN;
		t->room = (wide + page - 1) & -page;
		t->room = t->room ? t->room : page;
		t->at = at;
		shapes[i].offset = at + t->room - wide;
		at += t->room;
	}
	return at ? at : page;
}

/* how strong a processor is beside the others; 0 where nobody says */
static long
strength(int cpu)
{
	static const char *const files[] = {
	    "cpu_capacity", "cpufreq/cpuinfo_max_freq"};
	char path[96];
	long n = 0;
	size_t i;

	for (i = 0; i < 2 && n <= 0; i++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/%s",
		    cpu, files[i]);
		n = numberin(path, "");
	}
	return n > 0 ? n : 0;
}

/* of those that may be the runner's and are not yet, the strongest, the last
   where they are equal; -1 if there is none */
static int
strongest(void)
{
	long most = -1, n;
	int i, best = -1;

	for (i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &job.allowed) || CPU_ISSET(i, &job.theirs) ||
		    (CPU_COUNT(&job.wanted) && !CPU_ISSET(i, &job.wanted)))
			continue;
		n = strength(i);
		if (n >= most) {
			most = n;
			best = i;
		}
	}
	return best;
}

/* us on the first processor that is left, the runner on the strongest; or both
   where the system has them, which then wait asleep */
static void
processors(void)
{
	int i, left;

	sched_getaffinity(0, sizeof(job.allowed), &job.allowed);
	job.spin = job.pin && CPU_COUNT(&job.allowed) > job.threads;
	if (!job.pin)
		return;
	for (left = job.threads; left && (i = strongest()) >= 0; left--) {
		CPU_SET(i, &job.theirs);
		job.cpu = i;
	}
	for (i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &job.allowed) &&
		    (!CPU_ISSET(i, &job.theirs) || !job.spin))
			break;
	CPU_SET(i, &job.ours);
	if (sched_setaffinity(0, sizeof(job.ours), &job.ours) < 0)
		job.cpu = -1;
}

/* a runner that serves the native arm, too, holds no candidate: its engine can
   be started for all rounds at once */
static void
startzygote(void)
{
	char *argv[sizeof(job.via) / sizeof(*job.via) + 1];
	int i;

	for (i = 0; i < job.narms; i++)
		if (strcmp(job.arms[i].runner, job.arms[0].runner) != 0)
			return;
	if (job.emulated || job.narms < 2)
		return;
	command(argv, job.arms);
	runner_zygote(argv);
}

static void
prepare(void)
{
	size_t in = place(0, job.nin), out = place(job.nin, job.nout);

	startzygote();
	job.inputs = share("input", in, &job.inputfd);
	seal();
	for (now = sides; now < sides + SIDES; now++) {
		now->control = (struct control *)share(
		    "control", sizeof(*now->control), &now->controlfd);
		now->outputs = share("output", out, &now->outputfd);
		now->logfd = memfd_create("log", MFD_CLOEXEC);
		if (now->logfd < 0 || fcntl(now->logfd, F_SETFL, O_APPEND) < 0)
			err(EX_OSERR, "memfd");
	}
	now = sides;
	processors();
	printf("{\"supervise\":%d,\"sealed\":%s,\"landlock\":%d,\"cpus\":%d,"
	       "\"cpu\":%d}\n",
	    FORMAT, job.sealed ? "true" : "false", jail_landlockversion(),
	    CPU_COUNT(&job.allowed), job.cpu);
	if (fflush(stdout) != 0)
		err(EX_IOERR, "stdout");
}

/* reading the job */

static long lineno;

_Noreturn static void
bad(const char *why)
{
	errx(EX_DATAERR, "stdin: line %ld: %s", lineno, why);
}

/* the next word of the line, or an error that says what is missing */
static char *
take(char **line, const char *what)
{
	char *w;

	*line += strspn(*line, " ");
	w = *line;
	*line += strcspn(*line, " ");
	if (w == *line)
		bad(what);
	if (**line)
		*(*line)++ = '\0';
	return w;
}

static long long
number(char **line, const char *what, long long lo, long long hi)
{
	char *w = take(line, what), *end;
	long long v;

	errno = 0;
	v = strtoll(w, &end, 10);
	if (errno || *end || v < lo || v > hi)
		bad(what);
	return v;
}

/* %XX for what is no letter or digit */
static void
decode(char *dst, size_t room, const char *s)
{
	unsigned v;
	size_t n = 0;

	for (; *s; s++) {
		if (n + 1 >= room)
			bad("a name that is too long");
		if (*s != '%') {
			dst[n++] = *s;
			continue;
		}
		if (sscanf(s + 1, "%2x", &v) != 1 || !v)
			bad("a bad %XX");
		dst[n++] = (char)v;
		s += 2;
	}
	dst[n] = '\0';
}

static void
shape(struct control_io *c, char *w)
{
	uint64_t count = 1;
	char *end;

	c->bytes = dtype_size(c->dtype);
	for (; *w && strcmp(w, "-") != 0; w = end + (*end == ',')) {
		if (c->rank == IO_RANK)
			bad("too many dims");
		errno = 0;
		c->dims[c->rank] = strtoll(w, &end, 10);
		if (end == w || (*end && *end != ',') || errno ||
		    c->dims[c->rank] < 0)
			bad("bad dims");
		if (__builtin_mul_overflow(
			count, (uint64_t)c->dims[c->rank++], &count) ||
		    count > 1ull << 36)
			bad("a tensor that is too large");
	}
	c->bytes *= count;
}

static void
tensor(char *line, int out)
{
	int i = job.nin + job.nout;
	struct control_io *c = &shapes[i];
	struct tensor *t = &job.t[i];
	const char *text;

	if (i == CONTROL_IO)
		bad("too many tensors");
	t->index = (uint32_t)number(&line, "no index", 0, 1 << 20);
	decode(c->name, sizeof(c->name), take(&line, "no name"));
	c->dtype = dtype_number(take(&line, "no dtype"));
	if (!dtype_size(c->dtype))
		bad("a dtype that cannot be shared");
	shape(c, take(&line, "no dims"));
	t->bytes = (size_t)c->bytes;
	text = line;
	if (!out &&
	    (!(t->gen = gen_scan(&text)) || *text || t->gen->dtype != c->dtype))
		bad("not a generator of this dtype");
	if (!out && job.nout)
		bad("an input after an output");
	job.nout += out;
	job.nin += !out;
}

static char **
armfield(char *key)
{
	struct arm *a = &job.arms[job.narms - 1];

	if (!job.narms)
		bad("no arm yet");
	return *key == 'r'   ? &a->runner
	       : *key == 'm' ? &a->model
			     : &a->candidate;
}

static void
arm(char *line)
{
	if (job.narms == ARMS)
		bad("too many arms");
	decode(job.arms[job.narms].name, sizeof(job.arms[0].name),
	    take(&line, "no name"));
	job.narms++;
}

static void
path(char *key, const char *text)
{
	char **field = armfield(key);

	if (!*text || strlen(text) >= PATH_MAX)
		bad("no path");
	*field = strdup(text);
}

static void
addread(const char *text)
{
	if (!*text || job.nreads == 16)
		bad("no path, or too many");
	job.reads[job.nreads++] = strdup(text);
}

static void
addvia(const char *word)
{
	size_t n = 0;

	while (job.via[n])
		n++;
	if (!*word || n + 1 == sizeof(job.via) / sizeof(*job.via))
		bad("no word, or too many");
	job.via[n] = strdup(word);
}

/* processors for the runner: "4-7,2" */
static void
wanted(char *text)
{
	char *end;
	long from, to;

	for (; *text; text = end + (*end == ',')) {
		from = to = strtol(text, &end, 10);
		if (end > text && *end == '-')
			to = strtol(end + 1, &end, 10);
		if (end == text || (*end && *end != ',') || from < 0 ||
		    to < from || to >= CPU_SETSIZE)
			bad("not processors");
		for (; from <= to; from++)
			CPU_SET(from, &job.wanted);
	}
}

/* one line of the job; 0 at its end */
static int
jobline(char *key, char *line)
{
	if (strcmp(key, "in") == 0)
		tensor(line, 0);
	else if (strcmp(key, "out") == 0)
		tensor(line, 1);
	else if (strcmp(key, "arm") == 0)
		arm(line);
	else if (strcmp(key, "runner") == 0 || strcmp(key, "model") == 0 ||
		 strcmp(key, "candidate") == 0)
		path(key, line);
	else if (strcmp(key, "read") == 0)
		addread(line);
	else if (strcmp(key, "via") == 0)
		addvia(line);
	else if (strcmp(key, "emulated") == 0)
		job.emulated = (int)number(&line, "bad number", 0, 1);
	else if (strcmp(key, "cpus") == 0)
		wanted(line);
	else if (strcmp(key, "threads") == 0)
		job.threads = (int)number(&line, "bad number", 1, 1024);
	else if (strcmp(key, "direct") == 0)
		job.direct = (int)number(&line, "bad number", 0, 1);
	else if (strcmp(key, "pin") == 0)
		job.pin = (int)number(&line, "bad number", 0, 1);
	else if (strcmp(key, "hang-ms") == 0)
		job.hangns = 1000000u *
			     (uint64_t)number(&line, "bad number", 1, 1 << 30);
	else if (strcmp(key, "memory-mb") == 0)
		job.memory = (uint64_t)number(&line, "bad number", 0, 1 << 30)
			     << 20;
	else if (strcmp(key, "go") == 0)
		return 0;
	else
		bad("unknown key");
	return 1;
}

static void
complete(void)
{
	int i;

	if (!job.narms)
		bad("no arm");
	for (i = 0; i < job.narms; i++)
		if (!job.arms[i].runner || !job.arms[i].model)
			bad("an arm without runner or model");
}

static void
key(const char *hex)
{
	unsigned v;
	int i;

	if (strlen(hex) != 64)
		bad("key is not 64 hex digits");
	for (i = 0; i < 32; i++) {
		if (sscanf(hex + 2 * i, "%2x", &v) != 1)
			bad("key is not 64 hex digits");
		ask.key[i] = (uint8_t)v;
	}
}

static void
samples(char *w)
{
	char *end;

	ask.nsamples = 0;
	for (; *w && strcmp(w, "-") != 0; w = end + (*end == ',')) {
		ask.samples = reallocarray(ask.samples,
		    (size_t)ask.nsamples + 1, sizeof(*ask.samples));
		if (!ask.samples)
			err(EX_OSERR, "reallocarray");
		ask.samples[ask.nsamples++] = strtol(w, &end, 10);
		if (end == w || (*end && *end != ','))
			bad("bad samples");
	}
}

/* the arms of a round, "native,candidate" */
static void
arms(char *w)
{
	char *next;
	int i;

	for (ask.narms = 0; w; w = next) {
		next = strchr(w, ',');
		if (next)
			*next++ = '\0';
		for (i = 0; i < job.narms; i++)
			if (strcmp(job.arms[i].name, w) == 0)
				break;
		if (i == job.narms || ask.narms == SIDES)
			bad("no such arm, or too many");
		ask.arms[ask.narms++] = &job.arms[i];
	}
}

/* candidate PATH: from now on it is this one, of the same model */
static void
candidateline(char *path)
{
	struct arm *a = &job.arms[job.narms - 1];

	if (!a->candidate || !*path || strlen(path) >= PATH_MAX)
		bad("no candidate to exchange, or no path");
	free(a->candidate);
	a->candidate = strdup(path);
}

/* round NUMBER ARMS KEY TURNS CALLS SAMPLES WARM-MS MAXWARM-MS COLD */
static void
roundline(char *line)
{
	ask.number = (long)number(&line, "no number", 0, 1 << 30);
	arms(take(&line, "no arm"));
	key(take(&line, "no key"));
	ask.turns = (long)number(&line, "bad turns", 1, 1 << 16);
	ask.calls = (long)number(&line, "bad calls", 1, 1 << 16);
	samples(take(&line, "no samples"));
	ask.warmns = 1000000u * (uint64_t)number(&line, "bad warm", 0, 1 << 30);
	ask.maxwarmns =
	    1000000u * (uint64_t)number(&line, "bad warm", 0, 1 << 30);
	ask.cold = (int)number(&line, "bad cold", 0, 1);
	doround();
}

int
main(int argc, char **argv)
{
	char *line = NULL, *p, *word0;
	size_t cap = 0;
	ssize_t n;
	int inrounds = 0;

	(void)argv;
	if (argc != 1) {
		fprintf(stderr, "usage: supervise <job\n");
		return EX_USAGE;
	}
	prctl(PR_SET_DUMPABLE, 0);
	runner_first();
	signal(SIGPIPE, SIG_IGN);
	while ((n = getline(&line, &cap, stdin)) > 0) {
		lineno++;
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		p = line;
		if (!*p || *p == '#')
			continue;
		word0 = take(&p, "no key");
		if (inrounds && strcmp(word0, "round") == 0) {
			roundline(p);
		} else if (inrounds && strcmp(word0, "candidate") == 0) {
			candidateline(p);
		} else if (inrounds) {
			bad("not a round");
		} else if (!jobline(word0, p)) {
			complete();
			prepare();
			inrounds = 1;
		}
	}
	return EX_OK;
}
