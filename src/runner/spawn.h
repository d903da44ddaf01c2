/*
 * How the supervisor starts the runner and how it makes an end of it: the one
 * place where an untrusted process begins.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <sched.h>
#include <stdint.h>
#include <sys/types.h>

struct spawn {
	char *const *argv; /* argv[0] is its path */
	int files[6];	   /* what it has open as 0 to 5, and nothing else */
	int guard;	   /* socket on which the guard's listener is sent */
	const char *const *read; /* what it may read (NULL-terminated); no
				    file may be written */
	cpu_set_t cpus;		 /* where it may run; empty: anywhere */
	uint64_t memory;	 /* bytes of address space, or of data if it is
				    emulated; 0: unbounded */
	int emulated;		 /* an emulator, which reserves addresses */
	uint64_t filesize; /* bytes a file it writes may have (its log too) */
	unsigned cpuseconds;
};

/* this process comes before all others, where we may: the kernel shares
   processors among sessions (autogroups) first and among processes then */
void runner_first(void);

/*
 * Start it, in a session and process group of its own, with an empty
 * environment; it dies if this process does.  Returns its pid, or -1 and errno.
 */
pid_t runner_spawn(const struct spawn *s);

/*
 * Kill it and all that came from it, and reap them: when this returns none is
 * left.  status (may be NULL) becomes that of the runner if it is not yet
 * reaped.
 */
void runner_end(pid_t pid, int reaped, int *status);

#endif
