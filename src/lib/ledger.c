#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "ledger.h"
#include "util.h"

#define HEAD 128 /* bytes of the first line */

struct ledger {
	char *path;
	int fd;	  /* -1 until something is spent */
	int live; /* the descriptor whose lock says that we have reservations */
	int own;  /* how many those are */
	int64_t budget;
};

struct sums {
	long long settled, reserved, calls;
};

static int
opennear(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	char *dir, *slash;

	if (fd >= 0 || errno != ENOENT)
		goto out;
	dir = xstrdup(path);
	if ((slash = strrchr(dir, '/'))) {
		*slash = '\0';
		if (mkdirs(dir) == 0)
			fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	}
	free(dir);
out:
	if (fd < 0)
		err(EX_IOERR, "ledger '%s'", path);
	return fd;
}

struct ledger *
ledger_open(const char *path, int64_t budget)
{
	struct ledger *l = xcalloc(1, sizeof(*l));

	l->path = xstrdup(path);
	l->fd = l->live = -1;
	l->budget = budget;
	return l;
}

static void
ready(struct ledger *l)
{
	char *path;

	if (l->fd >= 0)
		return;
	l->fd = opennear(l->path);
	path = xasprintf("%s.live", l->path);
	l->live = opennear(path);
	free(path);
}

static void
readsums(struct ledger *l, struct sums *s)
{
	char head[HEAD + 1] = "";
	ssize_t n = pread(l->fd, head, HEAD, 0);

	*s = (struct sums){0};
	if (n < 0)
		err(EX_IOERR, "ledger '%s'", l->path);
	if (n == 0)
		return;
	if (n != HEAD ||
	    sscanf(head,
		"mkbench ledger 1 settled %lld reserved %lld calls %lld",
		&s->settled, &s->reserved, &s->calls) != 3)
		errx(EX_DATAERR, "ledger '%s' is no ledger", l->path);
}

static void
writesums(struct ledger *l, const struct sums *s)
{
	char head[HEAD + 1];

	snprintf(head, sizeof(head),
	    "mkbench ledger 1 settled %lld reserved %lld calls %lld",
	    s->settled, s->reserved, s->calls);
	memset(head + strlen(head), ' ', HEAD - strlen(head));
	head[HEAD - 1] = '\n';
	if (pwrite(l->fd, head, HEAD, 0) != HEAD)
		err(EX_IOERR, "ledger '%s'", l->path);
}

static void
journal(struct ledger *l, const char *word, int64_t amount, const char *what)
{
	char line[256], money[32];
	struct stat st;
	int n;

	money_print(amount, money);
	n = snprintf(line, sizeof(line), "%lld %d %s %s %.120s\n",
	    (long long)time(NULL), getpid(), word, money, what);
	if (fstat(l->fd, &st) < 0 ||
	    pwrite(l->fd, line, (size_t)n, st.st_size) != n)
		warn("ledger '%s'", l->path);
}

/* lock byte 0 of the .live file for reading, or give it up */
static void
showlive(struct ledger *l)
{
	struct flock f = {.l_type = l->own ? F_RDLCK : F_UNLCK,
	    .l_whence = SEEK_SET,
	    .l_len = 1};

	fcntl(l->live, F_OFD_SETLK, &f);
}

static int
otherslive(struct ledger *l)
{
	struct flock f = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

	return fcntl(l->live, F_OFD_GETLK, &f) == 0 && f.l_type != F_UNLCK;
}

int
ledger_reserve(struct ledger *l, int64_t amount, const char *what)
{
	struct sums s;
	int rc = LEDGER_OK;

	ready(l);
	flock(l->fd, LOCK_EX);
	readsums(l, &s);
	if (l->budget >= 0 && s.settled + s.reserved + amount > l->budget)
		rc = s.settled + amount <= l->budget && s.reserved > 0 &&
			     (l->own || otherslive(l))
			 ? LEDGER_WAIT
			 : LEDGER_FULL;
	if (rc == LEDGER_OK) {
		s.reserved += amount;
		s.calls++;
		writesums(l, &s);
		journal(l, "reserve", amount, what);
		if (l->own++ == 0)
			showlive(l);
	}
	flock(l->fd, LOCK_UN);
	return rc;
}

void
ledger_settle(
    struct ledger *l, int64_t reserved, int64_t cost, const char *what)
{
	struct sums s;

	ready(l);
	flock(l->fd, LOCK_EX);
	readsums(l, &s);
	s.reserved -= reserved;
	if (s.reserved < 0)
		s.reserved = 0;
	s.settled += cost;
	writesums(l, &s);
	journal(l, "settle", cost, what);
	ledger_leave(l);
	flock(l->fd, LOCK_UN);
}

void
ledger_leave(struct ledger *l)
{
	if (l->own > 0 && --l->own == 0)
		showlive(l);
}

void
ledger_sums(struct ledger *l, int64_t *settled, int64_t *reserved)
{
	struct sums s = {0};

	if (l->fd < 0 && access(l->path, F_OK) == 0)
		ready(l);
	if (l->fd >= 0) {
		flock(l->fd, LOCK_SH);
		readsums(l, &s);
		flock(l->fd, LOCK_UN);
	}
	*settled = s.settled;
	*reserved = s.reserved;
}
