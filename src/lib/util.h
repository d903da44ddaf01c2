/*
 * What every program shares: allocators that exit, one growable buffer,
 * whole-file reading and writing, and the end of a filter.
 *
 * Errors are reported by err(3) and warn(3), statuses are those of sysexits.h:
 * EX_USAGE 64, EX_DATAERR 65, EX_UNAVAILABLE 69, EX_SOFTWARE 70, EX_OSERR 71,
 * EX_IOERR 74, EX_TEMPFAIL 75, EX_NOPERM 77.
 */
#ifndef UTIL_H
#define UTIL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sysexits.h>

#include "banned.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* allocators; never return NULL: they exit 71 when memory is out */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
/* formatted string, to be freed by the caller */
char *xasprintf(const char *fmt, ...) PRINTF(1, 2);

/*
 * A growable run of bytes.  Zero-initialise it; data is NULL or ends in a NUL
 * that len does not count, and may itself hold any byte.  The buffer owns data.
 */
struct buf {
	char *data;
	size_t len;
	size_t cap;
};
void buf_add(struct buf *b, const void *data, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vaddf(struct buf *b, const char *fmt, va_list ap);
/* make room for n more bytes and a NUL; returns where they go */
char *buf_room(struct buf *b, size_t n);
void buf_free(struct buf *b); /* frees data, leaves an empty buffer */

/* read fd to its end, at most max bytes; -1 and errno (EFBIG) on failure */
int buf_readfd(struct buf *b, int fd, size_t max);
/* read a whole file of at most max bytes; -1 and errno on failure */
int buf_readfile(struct buf *b, const char *path, size_t max);

/* write all of n bytes; -1 and errno on failure */
int writeall(int fd, const void *data, size_t n);
/*
 * Make path hold these bytes: written beside it under a name of its own, then
 * renamed, so path is never half there.  Parent directories are made.  If it
 * already holds them and keep is not 0, it is left untouched.  A device or a
 * pipe stays one and is written to.  Returns 1 if written, 0 if kept, -1 and
 * errno on failure.
 */
int writefile(const char *path, const void *data, size_t n, int keep);
/* the same for what is written bit by bit: the name to write to (freed by the
   caller), which is path itself if that is a device or a pipe */
char *part_name(const char *path);
/* and its end: it becomes path or, if keep is 0, is removed; -1 and errno */
int part_end(const char *part, const char *path, int keep);
/* make a directory and its parents; -1 and errno on failure */
int mkdirs(const char *path);

/* the project's root: $MKBENCH_ROOT, else where this program's bin/ lies */
const char *rootdir(void);
/* rootdir()/fmt..., to be freed by the caller */
char *rootpath(const char *fmt, ...) PRINTF(1, 2);

/* the SHA-256 of n bytes as 64 lower-case hex digits and a NUL */
void sha256hex(const void *data, size_t n, char hex[65]);
/* of a file; 0, or -1 with errno set */
int sha256file(const char *path, char hex[65]);

/* monotonic time in nanoseconds (for progress and durations, not for timing
   kernels, which the supervisor does) */
uint64_t nowns(void);

/* for programs that move tensors: what is allocated from now on stays with this
   process and lies in large pages, where there are any */
void largeheap(void);

/* how many tokens a text of n bytes is taken for: n / 3, rounded up, which is
   above what current tokenizers make of code and JSON */
size_t tokens(size_t n);

/* a decimal number from lo to hi, or err(EX_USAGE) naming the option */
long long numarg(const char *what, const char *s, long long lo, long long hi);

/* the names NAME of the files rootdir()/dir/NAME<suffix>, sorted, joined by
   ", " ("none" if there are none); for messages; caller frees */
char *listnames(const char *dir, const char *suffix);

/* end of a filter: flush and close stdout; exits 74 if anything was lost */
void closeout(void);

/* end of a usage that was printed: exits with rc, or as closeout() if it was
   asked for (rc 0) and was lost */
_Noreturn void usageend(int rc);

#endif
