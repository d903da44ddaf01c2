/*
 * Run a command that is not trusted: a compiler on a model's source, or the
 * runner with a model's kernel.
 *
 * In bubblewrap: no network, no other processes, the named paths read-only, one
 * writable directory, a private /tmp, a seccomp filter (jail.h), rlimits, wall
 * time.  Where bubblewrap cannot be had or is not permitted, the process is
 * locked up by what the kernel gives without it (Landlock, seccomp, rlimits),
 * and sandbox_json says what is missing.  BWRAP in the environment names
 *another bwrap.
 *
 *	struct sandbox s = {.argv = argv, .ro = (const char *[]){dir, NULL},
 *	    .rw = "/path/out", .wall = 60};
 *	struct sandboxed p;
 *	sandbox_run(&s, &p);	   or spawn, ..., kill, wait
 *	... p.status, p.out, p.err ...
 *	sandbox_free(&p);
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <cjson/cJSON.h>
#include <sys/types.h>

#include "util.h"

enum sandbox_mode {
	SANDBOX_AUTO,  /* bubblewrap, else the jail, else status 69 */
	SANDBOX_BWRAP, /* bubblewrap or status 69 */
	SANDBOX_JAIL,  /* the kernel's own means, or status 69 */
	SANDBOX_NONE,  /* --no-sandbox: rlimits and wall time only */
};

struct sandbox {
	const char *const
	    *argv;		/* command, absolute path first; ends in NULL */
	const char *const *ro;	/* paths seen read-only where they are, besides
				   the libraries; symbolic links are followed;
				   those that do not exist are passed over */
	const char *rw;		/* the writable directory, or NULL for none */
	const char *cwd;	/* working directory; NULL: rw, else / */
	const char *const *env; /* NULL: empty for a runner, PATH and the like
				   for a compiler */
	const int *fds; /* descriptors kept open, same numbers; -1 ends */
	enum sandbox_mode mode;
	int runner;	 /* 0: a compiler: sees /usr and /etc/alternatives, may
			    start processes; 1: sees libraries and CPU topology
			    only, is process 1 of its own world */
	double wall;	 /* seconds until all of it is killed; 0: 60 */
	long cpu;	 /* seconds of CPU; 0: wall rounded up, and one */
	uint64_t memory; /* bytes of address space; 0: 4 GiB */
	uint64_t fsize; /* bytes a file may have; 0: 256 MiB; -1: none at all */
	long procs;	/* processes and threads; 0: 64 */
	int brief; /* ends at once by itself, and is not killed if this process
		      is: bubblewrap, killed before it has told its child to go
		      on, leaves it waiting for ever */
	int background; /* at the lowest priority: what is measured goes first
			 */
	size_t output;	/* bytes kept of each of stdout and stderr; 0: 64 KiB */
};

enum sandbox_end {
	SANDBOX_RUNNING,
	SANDBOX_EXITED,	 /* status is its exit status */
	SANDBOX_SIGNAL,	 /* status is the signal that killed it */
	SANDBOX_TIMEOUT, /* wall time was up */
	SANDBOX_FAILED,	 /* the sandbox itself could not be made: see err */
};

struct sandboxed {
	pid_t pid;   /* our child */
	pid_t child; /* the command itself (runner only; else the same) */
	enum sandbox_mode mode; /* which of BWRAP, JAIL, NONE it is */
	enum sandbox_end end;
	int status;
	int outfd, errfd, statusfd; /* read ends, -1 once at their end */
	int endfd, childfd;  /* readable once pid, child and all that is inside
				have ended; -1 where there is no such */
	struct buf out, err; /* what was kept */
	struct buf report;   /* bubblewrap's own words */
	size_t limit;
	uint64_t lost;	    /* bytes of output beyond the limit */
	uint64_t start, ns; /* when it began, how long it took */
	uint64_t deadline;
};

/* start it; status 69 with the fix named if the mode cannot be had */
void sandbox_spawn(const struct sandbox *s, struct sandboxed *p);
/* take what it has printed; waits at most ms for something to happen (0: not
   at all); returns 0 once it has ended and p->end is set */
int sandbox_poll(struct sandboxed *p, int ms);
void sandbox_kill(struct sandboxed *p); /* all that runs inside; then poll */
/* poll until it has ended */
void sandbox_wait(struct sandboxed *p);
void sandbox_free(struct sandboxed *p); /* kill if need be, release */
/* spawn and wait; again, a few times, where it ends by a SIGKILL that is not
   ours: whoever is short of memory sends it, and it says nothing of a command
 */
void sandbox_run(const struct sandbox *s, struct sandboxed *p);

/*
 * The words to put before a program of our own so that it runs in bubblewrap
 * too, one that needs descriptors, priorities and processors of its choice: the
 * supervisor, which locks its runners up itself.  It sees /usr, what ro lists,
 * and /sys/devices/system if topology is not 0.  NULL if bubblewrap is not to
 * be had (the reason in *why); the words are the caller's to free.
 */
const char **sandbox_words(
    const char *const *ro, int topology, const char **why);

/* is the mode to be had here?  Tried once a process; *why names what is in the
   way (static) */
int sandbox_probe(enum sandbox_mode mode, const char **why);
/* the mode of a name, or status 64 */
enum sandbox_mode sandbox_mode(const char *name);
/* the mode's name: "bubblewrap", "jail", "none" */
const char *sandbox_name(enum sandbox_mode mode);
/* for records: {"kind":.., "landlock":n, "missing":["..",..]} */
cJSON *sandbox_json(enum sandbox_mode mode);

#endif
