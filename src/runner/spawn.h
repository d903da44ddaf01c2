/*
 * How the supervisor starts the runner and how it makes an end of it: the one
 * place where an untrusted process begins.
 *
 * A runner is exec'd, or forked from a zygote: the same program, which started
 * its engine once and never knew a model, a candidate or an input.  Either way
 * it is locked up before it comes to its first word of them.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <sched.h>
#include <stdint.h>
#include <sys/types.h>

struct spawn {
	char *const *argv; /* argv[0] is its path; of no use to a zygote */
	pid_t parent;	   /* the supervisor */
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
 * Start a zygote: argv and the word "zygote", its socket as file 3.  Runners
 * are forked from it as long as it lives; a program that does not know the word
 * just ends, and they are exec'd.
 */
void runner_zygote(char *const *argv);

/*
 * Start a runner, in a session and process group of its own, with an empty
 * environment; it dies if this process does.  Returns its pid, or -1 and errno.
 * execs: how many execve it may ask its guard for, 0 from a zygote.
 */
pid_t runner_spawn(const struct spawn *s, int *execs);

/* in the new process: become what s says; -1 and errno */
int runner_enclose(const struct spawn *s);

/*
 * The zygote's side, on its socket: returns in each new runner, enclosed, and
 * never in the zygote, which ends with its supervisor.
 */
void zygote_serve(int sock);

/*
 * Kill it and all that came from it, and reap them: when this returns none is
 * left.  status (may be NULL) becomes that of the runner if it is not yet
 * reaped.
 */
void runner_end(pid_t pid, int reaped, int *status);

#endif
