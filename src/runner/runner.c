/*
 * The runner's half of the protocol: map what the supervisor laid out, then
 * answer its bells with the engine's hooks.
 */
#include <dlfcn.h>
#include <err.h>
#include <execinfo.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <ucontext.h>

#include "control.h"
#include "jail.h"

#define LINE 64
#define FRAMES 16
#define GUARD ((size_t)1 << 20) /* bytes of no access on both sides */

static struct control *control;
static struct io io[CONTROL_IO];
static size_t page;
static int sealself; /* the kernel lets no supervisor decide */

/* pages of a tensor with pages of no access on both sides */
static void *
mapio(int fd, const struct control_io *c, int prot)
{
	uint64_t first = c->offset & ~(uint64_t)(page - 1);
	size_t n = (size_t)(c->offset - first + c->bytes + page - 1) & -page;
	char *p = mmap(NULL, n + 2 * GUARD, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		err(EX_OSERR, "mmap");
	if (n && mmap(p + GUARD, n, prot, MAP_SHARED | MAP_FIXED | MAP_POPULATE,
		     fd, (off_t)first) == MAP_FAILED)
		err(EX_OSERR, "mmap of %s", c->name);
	return p + GUARD + (c->offset - first);
}

static void
mapall(struct job *job)
{
	const struct control_io *c;
	int i;

	for (i = 0; i < control->nin + control->nout; i++) {
		c = &control->io[i];
		io[i] = (struct io){.name = strdup(c->name),
		    .dtype = c->dtype,
		    .rank = c->rank,
		    .bytes = c->bytes};
		memcpy(io[i].dims, c->dims, sizeof(c->dims));
		io[i].data = i < control->nin
				 ? mapio(INPUT_FD, c, PROT_READ)
				 : mapio(OUTPUT_FD, c, PROT_READ | PROT_WRITE);
	}
	*job = (struct job){.in = io,
	    .out = io + control->nin,
	    .nin = control->nin,
	    .nout = control->nout,
	    .model = strdup(control->model),
	    .candidate =
		*control->candidate ? strdup(control->candidate) : NULL,
	    .threads = control->threads};
	close(INPUT_FD);
	close(OUTPUT_FD);
	close(CONTROL_FD);
}

/* words on stderr by nothing but write(2), which a sealed runner may call */
static void
say(const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0 && write(2, text, (size_t)n) < 0)
		_exit(EX_IOERR);
}

/* where an address lies among the buffers, for people */
static void
locate(uintptr_t at)
{
	int i, n = control->nin + control->nout;
	uintptr_t p;

	for (i = 0; i < n; i++) {
		p = (uintptr_t)io[i].data;
		if (at + GUARD < p || at >= p + io[i].bytes + GUARD)
			continue;
		say("the address is byte %" PRIdPTR
		    " of %s '%s', which has %zu bytes%s\n",
		    (intptr_t)(at - p), i < control->nin ? "input" : "output",
		    io[i].name, io[i].bytes,
		    i < control->nin ? " and is read-only" : "");
		return;
	}
}

/* where the signal found the thread; NULL where that is not known */
static void *
interrupted(const void *context)
{
	const ucontext_t *u = context;

#if defined(__x86_64__)
	return (void *)u->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return (void *)u->uc_mcontext.pc;
#else
	(void)u;
	return NULL;
#endif
}

/* functions on the stack from the interrupted one (marked ">") on, without the
   paths of this machine */
static void
trace(const void *context)
{
	void *frames[FRAMES], *pc = interrupted(context);
	int i, n = backtrace(frames, FRAMES), first;
	const char *file;
	Dl_info d;

	for (first = 0; first < n && frames[first] != pc; first++)
		;
	for (i = first < n ? first : 0; i < n; i++) {
		if (!dladdr(frames[i], &d) || !d.dli_fname)
			continue;
		file = strrchr(d.dli_fname, '/');
		say("%s %s+0x%" PRIxPTR " %s\n", i == first ? ">" : " ",
		    file ? file + 1 : d.dli_fname,
		    (uintptr_t)frames[i] - (uintptr_t)d.dli_fbase,
		    d.dli_sname ? d.dli_sname : "");
	}
}

static void
fault(int sig, siginfo_t *info, void *context)
{
	say("%s at address %p\n", strsignal(sig), info->si_addr);
	if (sig == SIGSEGV || sig == SIGBUS)
		locate((uintptr_t)info->si_addr);
	trace(context);
	raise(sig);
}

/* the supervisor waits no longer and asks where we are */
static void
where(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	say("no answer in time; it is here\n");
	trace(context);
}

static void
catchfaults(void)
{
	static const int sigs[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	static char stack[1 << 16];
	stack_t alt = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction sa = {.sa_sigaction = fault,
	    .sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND};
	void *frame[1];
	size_t i;

	backtrace(frame, 1); /* loads what it needs now */
	sigaltstack(&alt, NULL);
	for (i = 0; i < sizeof(sigs) / sizeof(*sigs); i++)
		sigaction(sigs[i], &sa, NULL);
	sa.sa_sigaction = where;
	sa.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigaction(CONTROL_WHERE, &sa, NULL);
}

/* The code of waiting lies in a section of its own, so that the supervisor can
   see of a stopped runner that it waits. */
#define IDLE __attribute__((section("mkidle"), noinline))
extern char __start_mkidle[], __stop_mkidle[];
extern char __executable_start[], etext[];

IDLE static uint32_t
await(uint32_t last)
{
	uint32_t bell;

	while ((bell = __atomic_load_n(&control->bell, __ATOMIC_ACQUIRE)) ==
	       last) {
		if (control->spin)
			control_pause();
		else
			control_sleep(
			    &control->bell, last, &control->bellsleeper, 1000);
	}
	return bell;
}

/* bring the buffers into this processor's cache, as an operator before would
   have left them */
static void
touch(const struct job *job)
{
	const volatile char *p;
	size_t at;
	int i;

	for (i = 0; i < job->nin; i++)
		for (p = job->in[i].data, at = 0; at < job->in[i].bytes;
		     at += LINE)
			(void)p[at];
	for (i = 0; i < job->nout; i++)
		for (at = 0; at < job->out[i].bytes; at += LINE)
			__builtin_prefetch((char *)job->out[i].data + at, 1);
}

static int
answer(uint32_t bell, const struct engine *engine, struct job *job)
{
	switch (bell & BELL_MASK) {
	case BELL_SETUP:
		if (engine->setup(job) < 0)
			return -1;
		return sealself ? jail_seccomp(JAIL_SEALED) : 0;
	case BELL_LOAD:
		if (engine->load(job) < 0)
			return -1;
		if (control->warm)
			touch(job);
		return 0;
	case BELL_RUN: return engine->run(job);
	case BELL_FETCH: return engine->fetch(job);
	}
	return 0;
}

int
runner_main(int argc, char **argv, const struct engine *engine)
{
	(void)argv;
	if (argc != 1)
		errx(EX_USAGE, "started by supervise, without arguments");
	return runner_run(engine, 0);
}

int
runner_run(const struct engine *engine, int started)
{
	struct job job;
	uint32_t bell = 0;

	page = (size_t)sysconf(_SC_PAGESIZE);
	control = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_POPULATE, CONTROL_FD, 0);
	if (control == MAP_FAILED || control->magic != CONTROL_MAGIC)
		errx(EX_USAGE, "started by supervise, on its files");
	mapall(&job);
	setenv(
	    "TZ", "UTC0", 1); /* an engine's log has times; no file is read */
	catchfaults();
	sealself = jail_late();
	control->idle = (uintptr_t)__start_mkidle;
	control->idleend = (uintptr_t)__stop_mkidle;
	control->text = (uintptr_t)__executable_start;
	control->textend = (uintptr_t)etext;
	if (!started && engine->start && engine->start() < 0)
		control->failed = 1;
	do {
		bell = await(bell);
		if (answer(bell, engine, &job) < 0)
			control->failed = 1;
		__atomic_store_n(&control->ack, bell, __ATOMIC_SEQ_CST);
		control_wake(&control->ack, &control->acksleeper);
	} while ((bell & BELL_MASK) != BELL_QUIT);
	fflush(NULL);
	_exit(EX_OK);
}
