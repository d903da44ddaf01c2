#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

#define LARGEPAGE (2 << 20)
#define HEAP (128 << 20)    /* taken at once */
#define MOSTMMAP (32 << 20) /* the largest that malloc takes from the heap */

void *
xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		err(EX_OSERR, "malloc of %zu bytes", n);
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		err(EX_OSERR, "calloc of %zu x %zu bytes", n, size);
	return p;
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n ? n : 1, size ? size : 1);
	if (!p)
		err(EX_OSERR, "realloc of %zu x %zu bytes", n, size);
	return p;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xstrndup(const char *s, size_t n)
{
	char *p;

	n = strnlen(s, n);
	p = xmalloc(n + 1);
	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

static char *
xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0)
		err(EX_OSERR, "vasprintf");
	return s;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

char *
buf_room(struct buf *b, size_t n)
{
	size_t want, cap = b->cap ? b->cap : 64;

	if (__builtin_add_overflow(b->len, n, &want) ||
	    __builtin_add_overflow(want, 1, &want) || want > SIZE_MAX / 2)
		errx(EX_OSERR, "buffer of %zu and %zu bytes", b->len, n);
	while (cap < want)
		cap *= 2;
	if (cap != b->cap) {
		b->data = xreallocarray(b->data, cap, 1);
		b->cap = cap;
	}
	return b->data + b->len;
}

void
buf_add(struct buf *b, const void *data, size_t n)
{
	char *p = buf_room(b, n);

	if (n)
		memcpy(p, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	char *s = xvasprintf(fmt, ap);

	buf_adds(b, s);
	free(s);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void
buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}

int
buf_readfd(struct buf *b, int fd, size_t max)
{
	size_t start = b->len, step = 1 << 16;
	ssize_t n;

	for (;;) {
		char *p = buf_room(b, step);

		n = read(fd, p, step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		b->len += (size_t)n;
		b->data[b->len] = '\0';
		if (b->len - start > max) {
			errno = EFBIG;
			return -1;
		}
		if (step < 1 << 22)
			step *= 2;
	}
	b->data[b->len] = '\0';
	return n < 0 ? -1 : 0;
}

int
buf_readfile(struct buf *b, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc, saved;

	if (fd < 0)
		return -1;
	rc = buf_readfd(b, fd, max);
	saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

int
writeall(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

int
mkdirs(const char *path)
{
	char *parent, *slash;
	int rc;

	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT)
		return -1;
	parent = xstrdup(path);
	slash = strrchr(parent, '/');
	if (slash)
		*slash = '\0';
	rc = slash && slash > parent ? mkdirs(parent) : -1;
	free(parent);
	if (rc < 0)
		return -1;
	return mkdir(path, 0777) < 0 && errno != EEXIST ? -1 : 0;
}

static int
sameas(const char *path, const void *data, size_t n)
{
	struct buf b = {0};
	struct stat st;
	int same;

	if (stat(path, &st) < 0 || st.st_size < 0 || (size_t)st.st_size != n)
		return 0;
	same = buf_readfile(&b, path, n) == 0 && b.len == n &&
	       (n == 0 || memcmp(b.data, data, n) == 0);
	buf_free(&b);
	return same;
}

static int
opentmp(char *tmp)
{
	char *slash;
	int fd = mkostemp(tmp, O_CLOEXEC);

	if (fd >= 0 || errno != ENOENT || !(slash = strrchr(tmp, '/')))
		return fd;
	*slash = '\0';
	if (mkdirs(tmp) < 0)
		return -1;
	*slash = '/';
	memcpy(tmp + strlen(tmp) - 6, "XXXXXX", 6);
	return mkostemp(tmp, O_CLOEXEC);
}

/* a device, a pipe: what no file may take the place of */
static int
isspecial(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

static int
writeinto(const char *path, const void *data, size_t n)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = writeall(fd, data, n);
	return close(fd) < 0 || rc < 0 ? -1 : 1;
}

char *
part_name(const char *path)
{
	return isspecial(path) ? xstrdup(path)
			       : xasprintf("%s.%ld.tmp", path, (long)getpid());
}

int
part_end(const char *part, const char *path, int keep)
{
	if (strcmp(part, path) == 0)
		return 0;
	return keep ? rename(part, path) : unlink(part);
}

int
writefile(const char *path, const void *data, size_t n, int keep)
{
	mode_t mask;
	char *tmp;
	int fd, saved;

	if (isspecial(path))
		return writeinto(path, data, n);
	if (keep && sameas(path, data, n))
		return 0;
	tmp = xasprintf("%s.XXXXXX", path);
	fd = opentmp(tmp);
	if (fd < 0)
		goto fail;
	mask = umask(0);
	umask(mask);
	if (fchmod(fd, 0666 & ~mask) < 0 || writeall(fd, data, n) < 0) {
		saved = errno;
		close(fd);
		unlink(tmp);
		errno = saved;
		goto fail;
	}
	if (close(fd) < 0 || rename(tmp, path) < 0) {
		saved = errno;
		unlink(tmp);
		errno = saved;
		goto fail;
	}
	free(tmp);
	return 1;
fail:
	saved = errno;
	free(tmp);
	errno = saved;
	return -1;
}

const char *
rootdir(void)
{
	static char path[PATH_MAX];
	const char *env = getenv("MKBENCH_ROOT");
	char *slash;
	ssize_t n;
	int i;

	if (path[0])
		return path;
	if (env && *env) {
		if (!realpath(env, path))
			err(EX_UNAVAILABLE, "MKBENCH_ROOT '%s'", env);
		return path;
	}
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n < 0)
		err(EX_OSERR, "/proc/self/exe");
	path[n] = '\0';
	for (i = 0; i < 2; i++) {
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	}
	return path;
}

char *
rootpath(const char *fmt, ...)
{
	va_list ap;
	char *tail, *path;

	va_start(ap, fmt);
	tail = xvasprintf(fmt, ap);
	va_end(ap);
	path = xasprintf("%s/%s", rootdir(), tail);
	free(tail);
	return path;
}

void
sha256hex(const void *data, size_t n, char hex[65])
{
	SHA256Data(data, n, hex);
}

int
sha256file(const char *path, char hex[65])
{
	return SHA256_File(path, hex) ? 0 : -1;
}

uint64_t
nowns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void
largeheap(void)
{
	uintptr_t from = (uintptr_t)sbrk(0), end;
	void *volatile p;

	mallopt(M_MMAP_THRESHOLD, MOSTMMAP);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	mallopt(M_TOP_PAD, HEAP);
	p = malloc(LARGEPAGE); /* more than there is: the heap grows */
	free(p);
	end = (uintptr_t)sbrk(0);
	from = (from + LARGEPAGE - 1) & -(uintptr_t)LARGEPAGE;
	if (from < end)
		madvise((void *)from, end - from, MADV_HUGEPAGE);
}

size_t
tokens(size_t n)
{
	return n / 3 + (n % 3 != 0);
}

long long
numarg(const char *what, const char *s, long long lo, long long hi)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || end == s || *end || v < lo || v > hi)
		errx(EX_USAGE, "%s '%s': not a number from %lld to %lld", what,
		    s, lo, hi);
	return v;
}

static int
bystring(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *
listnames(const char *dir, const char *suffix)
{
	char *path = rootpath("%s", dir), **names = NULL;
	size_t n = 0, i, len, tail = strlen(suffix);
	struct buf b = {0};
	struct dirent *e;
	DIR *d = opendir(path);

	free(path);
	while (d && (e = readdir(d))) {
		len = strlen(e->d_name);
		if (len <= tail || e->d_name[0] == '.' ||
		    strcmp(e->d_name + len - tail, suffix) != 0)
			continue;
		names = xreallocarray(names, n + 1, sizeof(*names));
		names[n++] = xstrndup(e->d_name, len - tail);
	}
	if (d)
		closedir(d);
	if (n)
		qsort(names, n, sizeof(*names), bystring);
	for (i = 0; i < n; i++) {
		buf_addf(&b, "%s%s", i ? ", " : "", names[i]);
		free(names[i]);
	}
	free(names);
	if (!n)
		buf_adds(&b, "none");
	return b.data;
}

void
closeout(void)
{
	int bad = ferror(stdout);

	if (fclose(stdout) != 0 || bad)
		err(EX_IOERR, "stdout");
}

void
usageend(int rc)
{
	if (rc == EX_OK)
		closeout();
	exit(rc);
}
