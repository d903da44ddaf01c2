/*
 * Run a program with bounds and keep what it prints.
 */
#ifndef PROC_H
#define PROC_H

#include "util.h"

struct proc {
	const char *const
	    *argv; /* NULL-terminated; argv[0] is looked up in PATH */
	const char *const
	    *env;	   /* NULL-terminated, or NULL: this program's own */
	const char *dir;   /* where it runs, or NULL: here */
	const void *input; /* its stdin, or NULL: empty */
	size_t inputlen;
	size_t maxoutput;    /* bytes kept of stdout and stderr together */
	double seconds;	     /* wall time, then the group is killed; 0: none */
	uint64_t memory;     /* bytes of address space, 0: as it is */
	uint64_t filesize;   /* bytes a file may have, 0: as it is */
	unsigned cpuseconds; /* CPU time, 0: as it is */
	int alone; /* it gets no descriptor of ours: it may start what stays */
	int background; /* at the lowest priority: what is measured goes first
			 */
};

struct procresult {
	int status;	/* as of waitpid */
	int timedout;	/* it was killed for the time it took */
	int cut;	/* it printed more than maxoutput */
	double seconds; /* wall time it took */
	struct buf out; /* what it printed; caller frees */
};

/*
 * Run to the end.  The program leads a process group of its own, which is
 * killed before this returns; it dies if this program does.  Returns 0, or -1
 * and errno if it could not be started.
 */
int proc_run(const struct proc *p, struct procresult *r);

/* "exit status 3", "killed by signal 11 (Segmentation fault)"; static text */
const char *proc_status(int status);

#endif
