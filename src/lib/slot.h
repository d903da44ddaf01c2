/*
 * Pools of this machine: so many at once, over all processes and trees.  A slot
 * is a lock on a file, so that of a dead process is free; taking one costs
 * microseconds.
 */
#ifndef SLOT_H
#define SLOT_H

/* the lock of this name: a descriptor, close-on-exec, to be closed when done;
   -1 if somebody else has it and wait is 0; status 74 if it cannot be had */
int slot_lock(const char *name, int wait);

/* how many compilers at once: one a processor; while something is measured on
   this machine one less, and one at least */
int slot_builds(int measured);
/* wait for one of these slots: a descriptor, close-on-exec, to be closed when
   done; status 74 if it cannot be had */
int slot_build(void);

/* from now on this process measures on this machine, or waits to: a descriptor,
   close-on-exec, to be closed when it is done; the first also waits until no
   more compilers are at work than may be */
int slot_measure(void);
void slot_settle(void);
/* does somebody? */
int slot_measured(void);

#endif
