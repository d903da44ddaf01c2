/*
 * What a process does to lock itself up, and how its supervisor watches the
 * lock: seccomp, Landlock, rlimits, closed descriptors.  Needs libc and the
 * kernel only, so that it runs on a phone too.
 *
 * A runner is locked in two steps.  jail_listen, called after fork,
 * installs a filter that lets through what a kernel needs and asks the
 * supervisor for the rest; the descriptor to answer on goes over a socket to
 * guard_start.  While the engine is set up the guard says yes to reading files
 * and to the engine's threads; after guard_seal it says no to everything and
 * writes down what was asked.  The state lies with the supervisor, so the
 * candidate cannot undo it.
 */
#ifndef JAIL_H
#define JAIL_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum jail_kind {
	JAIL_COMPILE, /* a compiler: files and processes, no sockets, no kernel
			 interfaces */
	JAIL_NOTIFY,  /* a runner whose supervisor is asked (jail_listen) */
	JAIL_SETUP,   /* a runner on a kernel without notification, before... */
	JAIL_SEALED,  /* ...and after its set-up */
};

#define JAIL_MAX 512 /* instructions of the longest filter */

/* write the filter of that kind for this process; returns its length */
size_t jail_filter(enum jail_kind kind, struct sock_filter prog[JAIL_MAX]);

/* set no_new_privs and put the filter on all threads; -1 and errno */
int jail_seccomp(enum jail_kind kind);

/*
 * Put JAIL_NOTIFY on this process and send the listener over the Unix socket,
 * then close both.  -1 and errno if the kernel has no notification (then the
 * runner calls jail_late).
 */
int jail_listen(int sock);

/* for a runner that comes up without a filter: JAIL_SETUP.  Returns 1 if
   jail_seccomp(JAIL_SEALED) is its own business after set-up, 0 if not. */
int jail_late(void);

/* the engine is there, the candidate comes: what was refused so far was asked
   by the engine, and the guard forgets it (once) */
void jail_mark(void);

/* have the guard write this down, among what it refused */
void jail_tell(const char *text);

/*
 * Landlock: from here on only what lies under these paths can be read (both
 * lists end in NULL), and only what lies under those of rw be written.  Paths
 * that do not exist are passed over.  Returns the kernel's Landlock version, 0
 * if it has none (nothing is confined then), -1 and errno.
 */
int jail_landlock(const char *const *ro, const char *const *rw);
int jail_landlockversion(void); /* 0 if there is none */

/* close every descriptor from 3 up except those listed (-1 ends) */
void jail_close(const int *keep);

/* what a guard has seen: one entry per system call and phase */
struct guard_event {
	char name[28];	  /* of the system call, or "syscall_N" */
	int sealed;	  /* 0: during set-up */
	long count;	  /* how often it was refused */
	char detail[100]; /* first case: the path, or the arguments */
};
#define GUARD_EVENTS 32

struct guard;
/*
 * Receive a listener from the runner (within the given seconds) and answer it
 * from a thread of its own.  threads is how many the engine may start, execs
 * how many execve are granted.  NULL if none came, which also says that the
 * runner is a stranger to the protocol.
 */
struct guard *guard_start(int sock, int threads, int execs, double seconds);
/* where the runner's own code lies, over which nothing may be mapped once
   jail_mark was called; other code must come from files then, too */
void guard_keep(struct guard *g, uint64_t text, uint64_t textend);
/* set-up is over: refuse everything from now on */
void guard_seal(struct guard *g);
/* back to set-up rules, for an engine that is resized in mid-run */
void guard_open(struct guard *g);
/* copy what was refused so far; returns the number of entries */
int guard_events(struct guard *g, struct guard_event ev[GUARD_EVENTS]);
void guard_stop(struct guard *g); /* g is freed; the runner gets ENOSYS */

#endif
