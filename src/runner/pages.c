/*
 * For the compiler's process: memory in large pages.
 *
 * gcc maps a precompiled header and then writes here and there in it, which
 * costs a fault, a copied page and a flushed translation for each page of 4
 * KiB; what it allocates comes in pieces of 2 MiB that cost 512 faults each. On
 * a virtual machine that is more than half of the time of compiling a kernel.
 * Preloaded, this reads the header into large pages and cuts the pieces from
 * them.  What the compiler makes is the same; whether it is made sooner the
 * script that prepares an engine finds out.
 *
 * Where there are no large pages to be had, memory is of small ones as before.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HUGE ((size_t)2 << 20)
#define RESERVE ((size_t)256 << 20) /* of addresses, cut into pieces */
#define HEADER ((size_t)8 << 20)    /* a mapped file of this size is one */
#define RW (PROT_READ | PROT_WRITE)

static char *at, *end; /* what is left of the reserve */

static void *
map(void *addr, size_t n, int prot, int flags, int fd, off_t offset)
{
	return (void *)syscall(SYS_mmap, addr, n, prot, flags, fd, offset);
}

static int
reserve(void)
{
	char *p = map(NULL, RESERVE, RW,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	at = (char *)(((uintptr_t)p + HUGE - 1) & -HUGE);
	end = p + RESERVE;
	madvise(at, (size_t)(end - at), MADV_HUGEPAGE);
	return 0;
}

/* whole large pages only: what is given back may be unmapped */
static void *
piece(size_t n)
{
	if (n > RESERVE / 4 || n % HUGE ||
	    (n > (size_t)(end - at) && reserve() < 0))
		return MAP_FAILED;
	at += n;
	return at - n;
}

/* the file's part at this address, or nothing */
static void *
copied(void *addr, size_t n, int fd, off_t offset)
{
	char *p = map(addr, n, RW,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
	    -1, 0);
	size_t have = 0;
	ssize_t got = 1;

	if (p == MAP_FAILED)
		return p;
	madvise(p, n, MADV_HUGEPAGE);
	while (p == addr && have < n && got > 0) {
		got = pread(fd, p + have, n - have, offset + (off_t)have);
		have += got > 0 ? (size_t)got : 0;
	}
	if (have == n)
		return p;
	munmap(p, n);
	return MAP_FAILED;
}

void *
mmap(void *addr, size_t n, int prot, int flags, int fd, off_t offset)
{
	void *p = MAP_FAILED;

	if (!addr && prot == RW && flags == (MAP_PRIVATE | MAP_ANONYMOUS))
		p = piece(n);
	else if (addr && n >= HEADER && prot == RW && flags == MAP_PRIVATE)
		p = copied(addr, n, fd, offset);
	return p != MAP_FAILED ? p : map(addr, n, prot, flags, fd, offset);
}

void *
mmap64(void *addr, size_t n, int prot, int flags, int fd, off_t offset)
{
	return mmap(addr, n, prot, flags, fd, offset);
}
