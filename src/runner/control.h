/*
 * The page that supervisor and runner share, and the doorbell in it.
 *
 * The supervisor writes a bell, a nonce with what is to be done in its low
 * bits; the runner does it and writes the same word back as ack.  Both spin,
 * or sleep on a futex where they have one processor between them.  The
 * supervisor believes nothing else of what it finds here: it lays the page out
 * before the runner lives and reads only ack and failed afterwards.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

#define CONTROL_MAGIC 0x6d6b6202u
#define CONTROL_IO 64	 /* most inputs and outputs together */
#define CONTROL_NAME 256 /* bytes of a name, its NUL among them */

/* the signal that makes a runner which hangs print where it is */
#define CONTROL_WHERE SIGUSR2

/* the runner's open files beside its log on 0, 1 and 2 */
enum { CONTROL_FD = 3, INPUT_FD = 4, OUTPUT_FD = 5 };

enum bell {
	BELL_PING = 1, /* nothing: for the cost of the bell itself */
	BELL_SETUP,
	BELL_LOAD,
	BELL_RUN,
	BELL_FETCH,
	BELL_QUIT,
	BELL_MASK = 7
};

/* a tensor: its data is at offset of the file of its kind, in pages of its
   own, which begin at offset rounded down to a page */
struct control_io {
	char name[CONTROL_NAME];
	int32_t dtype, rank;
	int64_t dims[IO_RANK];
	uint64_t offset, bytes;
};

struct control {
	uint32_t magic;
	int32_t threads, nin, nout;
	int32_t spin; /* 0: sleep at once, there is one processor */
	int32_t warm; /* load ends with the buffers in the runner's cache */
	char model[PATH_MAX], candidate[PATH_MAX]; /* candidate may be "" */
	_Alignas(128) uint32_t bell;
	uint32_t acksleeper; /* the supervisor sleeps until ack changes */
	_Alignas(128) uint32_t ack;
	int32_t failed;		/* 1: the engine said no to this bell */
	uint32_t bellsleeper;	/* the runner sleeps until bell changes */
	uint64_t idle, idleend; /* where the runner's waiting code lies... */
	uint64_t text, textend; /* ...and all of its code */
	_Alignas(128) struct control_io io[CONTROL_IO]; /* inputs first */
};

static inline void
control_pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#endif
}

static inline void
control_wake(uint32_t *word, uint32_t *sleeper)
{
	if (__atomic_load_n(sleeper, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* sleep while *word is value, at most ms milliseconds */
static inline void
control_sleep(uint32_t *word, uint32_t value, uint32_t *sleeper, int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	__atomic_store_n(sleeper, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value)
		syscall(SYS_futex, word, FUTEX_WAIT, value, &t, NULL, 0);
	__atomic_store_n(sleeper, 0, __ATOMIC_SEQ_CST);
}

#endif
