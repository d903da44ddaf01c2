/*
 * supervise: owns the clock, the inputs and the outputs of a measurement.
 *
 * Trusted, on the device, of libc alone.  Reads a job and then rounds from
 * stdin, writes each round's result to stdout; man supervise has the form.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "control.h"
#include "dtype.h"
#include "gen.h"
#include "jail.h"
#include "spawn.h"

#define FORMAT 1
#define ARMS 4
#define ALIGN 64
#define PINGS 64
#define WINDOW 5	    /* calls whose median must be flat */
#define FLAT 0.02	    /* how much it may change and be flat */
#define WARMID (1ull << 62) /* warm-up calls are numbered from here */
#define LOGSIZE (64 << 10)
#define LOOK 256 /* turns of waiting between looks at the runner */

struct tensor {
	uint32_t index; /* place among the task's inputs or outputs */
	struct gen *gen;
	char *start, *data;	/* its pages, and its bytes in them */
	size_t at, room, bytes; /* at: of its pages in the file */
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
	int nreads;
	uint64_t hangns, memory;
	int pin;
	int controlfd, inputfd, outputfd, logfd, sealed;
	struct control *control;
	char *inputs, *outputs;
	size_t insize, outsize;
	cpu_set_t allowed, ours, theirs;
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
	const struct arm *arm;
	long number;
	uint8_t key[32];
	long calls;
	uint64_t warmns, maxwarmns;
	int cold;
	long *samples;
	long nsamples;
	long limit; /* address space in MiB, 0: the job's */
} ask;

/* what comes of it */
static struct {
	pid_t pid;
	int reaped, wait;   /* wait: status as of waitpid */
	const char *status; /* NULL: well so far */
	const char *reason;
	const char *phase;
	long call, warm;
	uint64_t *ns, *load, *fetch; /* of each timed call */
	uint64_t pings[PINGS];
	uint64_t spawnns, setupns, warmns, loadns, fetchns, runcpu, cpu, wall;
	uint64_t probe[2];
	long freq[2];
	long switches, threads;
	struct rusage usage;
	struct guard *guard;
	int guarded, nevents;
	struct guard_event events[GUARD_EVENTS];
} now;

static uint32_t words[256], wordat = 256, lastbell;

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

	if (clock_getcpuclockid(now.pid, &id) == 0)
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
	if (!now.status) {
		now.status = status;
		now.reason = reason;
	}
	return -1;
}

/* the runner's state while we wait for it: 0 it lives and has time */
static int
look(uint64_t deadline)
{
	int st;

	if (waitpid(now.pid, &st, WNOHANG) == now.pid) {
		now.reaped = 1;
		now.wait = st;
		return fail("crashed", "the runner ended");
	}
	if (clockns() > deadline)
		return fail("hung", "no answer in time");
	return 0;
}

static void
ring(enum bell what)
{
	struct control *c = job.control;

	lastbell = ((lastbell & ~(uint32_t)BELL_MASK) + 8 +
		       (word() & ~(uint32_t)0x80000007)) |
		   what;
	now.phase = phases[what];
	__atomic_store_n(&c->bell, lastbell, __ATOMIC_SEQ_CST);
	control_wake(&c->bell, &c->bellsleeper);
}

static int
await(void)
{
	struct control *c = job.control;
	uint64_t deadline = 0;
	uint32_t ack;
	unsigned turns = 0;

	while ((ack = __atomic_load_n(&c->ack, __ATOMIC_ACQUIRE)) != lastbell) {
		if (c->spin)
			control_pause();
		else
			control_sleep(&c->ack, ack, &c->acksleeper, 20);
		if (c->spin && ++turns % LOOK)
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
	if (await() < 0)
		return -1;
	*ns = clockns() - start;
	return 0;
}

static void
fillall(uint64_t call)
{
	struct tensor *t;
	int i;

	for (i = 0; i < job.nin; i++) {
		t = &job.t[i];
		gen_fill(t->gen, ask.key, call, t->index, t->data,
		    t->bytes / dtype_size(t->gen->dtype));
	}
	for (; i < job.nin + job.nout; i++) {
		t = &job.t[i];
		gen_poison(ask.key, call, t->index, t->data, t->bytes);
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
static uint8_t canary[ALIGN];

static void
canaries(void)
{
	struct tensor *t;
	size_t i;

	for (i = 0; i < ALIGN; i++)
		canary[i] = (uint8_t)word();
	for (t = job.t + job.nin; t < job.t + job.nin + job.nout; t++)
		for (i = 0; i < t->room; i++)
			t->start[i] = (char)canary[i % ALIGN];
}

static int
intact(const struct tensor *t)
{
	size_t i, front = (size_t)(t->data - t->start);

	for (i = 0; i < front; i += ALIGN)
		if (memcmp(t->start + i, canary, ALIGN) != 0)
			return 0;
	for (i = front + t->bytes; i < t->room; i++)
		if ((uint8_t)t->start[i] != canary[i % ALIGN])
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

	kill(now.pid, SIGSTOP);
	while (waitpid(now.pid, &st, WUNTRACED) < 0)
		if (errno != EINTR)
			return fail("protocol", "the runner is not ours");
	if (WIFSTOPPED(st))
		return 0;
	now.reaped = 1;
	now.wait = st;
	return fail("crashed", "the runner ended");
}

static void
resume(void)
{
	kill(now.pid, SIGCONT);
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
		printf("{\"sample\":%ld,\"round\":%ld,\"output\":%u,"
		       "\"bytes\":%zu}\n",
		    call, ask.number, t->index, t->bytes);
		fwrite(t->data, 1, t->bytes, stdout);
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
		memcpy(copy + n, t[i].data, t[i].bytes);
	return copy;
}

static int
settled(const char *copy)
{
	struct tensor *t = job.t + job.nin;
	int i;

	for (i = 0; i < job.nout; copy += t[i++].bytes)
		if (memcmp(copy, t[i].data, t[i].bytes) != 0)
			return fail("deferred",
			    "an output changed after the call was answered");
	return 0;
}

static int
finish(long call, int keep)
{
	char *copy = NULL;
	uint64_t ns;
	int rc = 0;

	if (keep && halt() < 0)
		return -1;
	if (keep && job.direct)
		copy = snapshot();
	if (keep)
		resume();
	if (bell(BELL_FETCH, &ns) < 0 || (keep && halt() < 0)) {
		free(copy);
		return -1;
	}
	now.fetchns = ns;
	if (copy)
		rc = settled(copy);
	free(copy);
	if (keep) {
		emit(call);
		resume();
	}
	return rc < 0 ? -1 : lookcanaries();
}

/* one call; number is what its inputs are made from */
static int
call(uint64_t number, int keep, uint64_t *ns)
{
	uint64_t load, cpu;
	int i;

	fillall(number);
	if (bell(BELL_LOAD, &load) < 0)
		return -1;
	now.loadns = load;
	for (i = 0; ask.cold && i < job.nin + job.nout; i++)
		evict(job.t[i].data, job.t[i].bytes);
	cpu = cputime();
	if (bell(BELL_RUN, ns) < 0)
		return -1;
	now.runcpu += cputime() - cpu;
	return finish((long)number, keep);
}

static int
increasing(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
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
warmup(void)
{
	uint64_t start = clockns(), last[2 * WINDOW], ns;

	for (;;) {
		now.call = -1 - now.warm;
		if (call(WARMID + (uint64_t)now.warm, 0, &ns) < 0)
			return -1;
		last[now.warm++ % (2 * WINDOW)] = ns;
		now.warmns = clockns() - start;
		if (now.warm >= 2 && (now.warmns > ask.maxwarmns ||
					 (now.warmns > ask.warmns &&
					     (flat(last, now.warm) ||
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

	snprintf(path, sizeof(path), "/proc/%d/status", (int)now.pid);
	return numberin(path, key);
}

static void
layout(void)
{
	struct control *c = job.control;
	int i;

	memset(c, 0, sizeof(*c));
	c->magic = CONTROL_MAGIC;
	c->threads = job.threads;
	c->nin = job.nin;
	c->nout = job.nout;
	c->spin = CPU_COUNT(&job.allowed) > job.threads;
	c->warm = !ask.cold;
	snprintf(c->model, sizeof(c->model), "%s", ask.arm->model);
	snprintf(c->candidate, sizeof(c->candidate), "%s",
	    ask.arm->candidate ? ask.arm->candidate : "");
	for (i = 0; i < job.nin + job.nout; i++)
		c->io[i] = shapes[i];
	lastbell = 0;
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
	const char *slash = strrchr(ask.arm->runner, '/');
	size_t i, n = 0;

	for (i = 0; i < sizeof(system) / sizeof(*system); i++)
		list[n++] = system[i];
	snprintf(pattern, sizeof(pattern), "%.*s/../../ort/lib/*/*",
	    slash ? (int)(slash - ask.arm->runner) : 1,
	    slash ? ask.arm->runner : ".");
	globfree(&found);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (i = 0; i < found.gl_pathc && n < 32; i++)
			list[n++] = found.gl_pathv[i];
	for (i = 0; i < (size_t)job.nreads; i++)
		list[n++] = job.reads[i];
	list[n++] = ask.arm->runner;
	list[n++] = ask.arm->model;
	list[n++] = ask.arm->candidate;
	list[n] = NULL;
	return list;
}

/* the guard answers for system calls until the runner is gone */
static void
startguard(int sock)
{
	now.guard =
	    guard_start(sock, job.threads - 1, (double)job.hangns / 1e9);
	now.guarded = now.guard != NULL;
	close(sock);
}

static void
endguard(void)
{
	if (!now.guard)
		return;
	now.nevents = guard_events(now.guard, now.events);
	guard_stop(now.guard);
	now.guard = NULL;
	if (now.nevents && ask.arm->candidate) {
		now.status = "hack";
		now.reason = "a system call that kernels have no use for";
	}
}

static int
startrunner(void)
{
	static int null = -1;
	int guard[2];
	char *argv[] = {ask.arm->runner, NULL};
	struct spawn s = {.argv = argv,
	    .memory = ask.limit ? (uint64_t)ask.limit << 20 : job.memory,
	    .filesize = LOGSIZE,
	    .cpuseconds = (unsigned)(job.hangns / 1000000000 * 20 + 60)};

	if (null < 0)
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (ftruncate(job.logfd, 0) < 0)
		err(EX_OSERR, "ftruncate");
	s.files[0] = null;
	s.files[1] = s.files[2] = job.logfd;
	s.files[CONTROL_FD] = job.controlfd;
	s.files[INPUT_FD] = job.inputfd;
	s.files[OUTPUT_FD] = job.outputfd;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, guard) < 0)
		err(EX_OSERR, "socketpair");
	s.guard = guard[1];
	s.read = readable();
	if (job.cpu >= 0)
		s.cpus = job.theirs;
	now.pid = runner_spawn(&s);
	if (now.pid < 0)
		err(EX_OSERR, "fork");
	close(guard[1]);
	startguard(guard[0]);
	return 0;
}

static int
timed(void)
{
	long i;

	for (i = 0; i < ask.calls; i++) {
		now.call = i;
		if (call((uint64_t)i, sampled(i), &now.ns[i]) < 0)
			return -1;
		now.load[i] = now.loadns;
		now.fetch[i] = now.fetchns;
	}
	now.call = -1;
	return 0;
}

static int
measure(void)
{
	uint64_t start = clockns(), ns, cpu;
	long before;
	int i;

	ring(BELL_PING);
	if (await() < 0)
		return -1;
	now.spawnns = clockns() - start;
	if (bell(BELL_SETUP, &now.setupns) < 0)
		return -1;
	if (now.guard)
		guard_seal(now.guard);
	for (i = 0; i < PINGS; i++)
		if (bell(BELL_PING, &now.pings[i]) < 0)
			return -1;
	if (warmup() < 0)
		return -1;
	now.runcpu = 0;
	before = status("nonvoluntary_ctxt_switches:");
	cpu = cputime();
	start = clockns();
	if (timed() < 0)
		return -1;
	now.wall = clockns() - start;
	now.cpu = cputime() - cpu;
	now.threads = status("Threads:");
	now.switches = status("nonvoluntary_ctxt_switches:") - before;
	bell(BELL_QUIT, &ns);
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
	ssize_t n = pread(job.logfd, text, sizeof(text), 0);

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
	if (!now.status)
		return;
	printf(",\"reason\":\"%s\",\"phase\":\"%s\",\"call\":%ld", now.reason,
	    now.phase, now.call);
	if (!now.reaped || strcmp(now.status, "crashed") != 0)
		return;
	if (WIFSIGNALED(now.wait))
		printf(",\"signal\":%d", WTERMSIG(now.wait));
	else
		printf(",\"exit\":%d", WEXITSTATUS(now.wait));
}

static uint64_t
middle(uint64_t *v, long n)
{
	qsort(v, (size_t)n, sizeof(*v), increasing);
	return n ? v[n / 2] : 0;
}

static void
putguard(void)
{
	const struct guard_event *e = now.events;

	printf(",\"guarded\":%s", now.guarded ? "true" : "false");
	if (!now.nevents)
		return;
	printf(",\"refused\":[");
	for (; e < now.events + now.nevents; e++) {
		printf("%s{\"call\":\"%s\",\"sealed\":%s,\"count\":%ld,"
		       "\"detail\":",
		    e > now.events ? "," : "", e->name,
		    e->sealed ? "true" : "false", e->count);
		putstring(e->detail, strlen(e->detail));
		putchar('}');
	}
	putchar(']');
}

static void
report(void)
{
	long n = now.status ? now.call < 0 ? 0 : now.call : ask.calls;

	printf("{\"round\":%ld,\"arm\":\"%s\",\"status\":\"%s\"", ask.number,
	    ask.arm->name, now.status ? now.status : "ok");
	putend();
	printf(",\"spawn_ns\":%" PRIu64 ",\"setup_ns\":%" PRIu64
	       ",\"warm\":%ld,\"warm_ns\":%" PRIu64 ",\"wall_ns\":%" PRIu64
	       ",\"cpu_ns\":%" PRIu64 ",\"run_cpu_ns\":%" PRIu64
	       ",\"load_ns\":%" PRIu64 ",\"fetch_ns\":%" PRIu64,
	    now.spawnns, now.setupns, now.warm, now.warmns, now.wall, now.cpu,
	    now.runcpu, middle(now.load, n), middle(now.fetch, n));
	printf(",\"threads\":%ld,\"switches\":%ld,\"cpu\":%d,\"cold\":%d,"
	       "\"nice\":%d",
	    now.threads, now.switches, job.cpu, ask.cold,
	    getpriority(PRIO_PROCESS, 0));
	if (now.freq[0] > 0)
		printf(",\"freq_khz\":[%ld,%ld]", now.freq[0], now.freq[1]);
	putlist("probe_ns", now.probe, 2);
	printf(",\"bell_ns\":%" PRIu64, middle(now.pings, PINGS));
	printf(",\"memory_kb\":%ld", now.usage.ru_maxrss);
	putguard();
	putlist("ns", now.ns, n);
	putlog();
	printf("}\n");
	if (fflush(stdout) != 0)
		err(EX_IOERR, "stdout");
}

static void
doround(void)
{
	memset(&now, 0, sizeof(now));
	now.phase = phases[0];
	now.call = -1;
	now.ns = calloc(3 * (size_t)ask.calls, sizeof(*now.ns));
	if (!now.ns)
		err(EX_OSERR, "calloc");
	now.load = now.ns + ask.calls;
	now.fetch = now.load + ask.calls;
	layout();
	canaries();
	now.freq[0] = frequency();
	now.probe[0] = probe();
	startrunner();
	measure();
	runner_end(now.pid, now.reaped, &now.wait);
	endguard();
	getrusage(RUSAGE_CHILDREN, &now.usage);
	now.probe[1] = probe();
	now.freq[1] = frequency();
	report();
	free(now.ns);
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

static void
locate(int first, int n, char *base)
{
	struct tensor *t;
	int i;

	for (i = first; i < first + n; i++) {
		t = &job.t[i];
		t->data = base + shapes[i].offset;
		t->start = base + t->at;
	}
}

/* us on the first processor allowed, the runner on the last ones */
static void
processors(void)
{
	int i, left = job.threads;

	sched_getaffinity(0, sizeof(job.allowed), &job.allowed);
	if (!job.pin)
		return;
	for (i = CPU_SETSIZE - 1; i >= 0 && left; i--)
		if (CPU_ISSET(i, &job.allowed)) {
			CPU_SET(i, &job.theirs);
			job.cpu = i;
			left--;
		}
	for (i = 0; i < CPU_SETSIZE && !CPU_ISSET(i, &job.allowed); i++)
		;
	CPU_SET(i, &job.ours);
	if (sched_setaffinity(0, sizeof(job.ours), &job.ours) < 0)
		job.cpu = -1;
}

static void
prepare(void)
{
	job.insize = place(0, job.nin);
	job.outsize = place(job.nin, job.nout);
	job.control = (struct control *)share(
	    "control", sizeof(*job.control), &job.controlfd);
	job.inputs = share("input", job.insize, &job.inputfd);
	job.outputs = share("output", job.outsize, &job.outputfd);
	seal();
	locate(0, job.nin, job.inputs);
	locate(job.nin, job.nout, job.outputs);
	job.logfd = memfd_create("log", MFD_CLOEXEC);
	if (job.logfd < 0 || fcntl(job.logfd, F_SETFL, O_APPEND) < 0)
		err(EX_OSERR, "memfd");
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

/* round NUMBER ARM KEY CALLS SAMPLES WARM-MS MAXWARM-MS COLD */
static void
roundline(char *line)
{
	const char *name;
	int i;

	ask.number = (long)number(&line, "no number", 0, 1 << 30);
	name = take(&line, "no arm");
	for (i = 0; i < job.narms && strcmp(job.arms[i].name, name) != 0; i++)
		;
	if (i == job.narms)
		bad("no such arm");
	ask.arm = &job.arms[i];
	key(take(&line, "no key"));
	ask.calls = (long)number(&line, "bad calls", 1, 1 << 24);
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
	setpriority(PRIO_PROCESS, 0, -20); /* where we may; runners inherit */
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
