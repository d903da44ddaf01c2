#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "limiter.h"

#define WINDOW 61	 /* seconds: any minute lies within them */
#define SLOTS (1L << 20) /* offset of the bytes that stand for slots */
#define MAGIC 0x316d696cu

struct state {
	uint32_t magic, spare;
	double limit;	 /* how many at once */
	uint64_t cut;	 /* when it was last cut, ns of the wall clock */
	uint64_t paused; /* nobody asks before */
	struct {
		int64_t second;
		int64_t requests, tokens;
	} ring[WINDOW];
};

struct limiter {
	const struct model *m;
	char *path;
	int fd;
	char own[1024]; /* slots that are ours */
};

static uint64_t
wallns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct limiter *
limiter_open(const struct model *m, const char *dir)
{
	struct limiter *l = xcalloc(1, sizeof(*l));
	char *who = xasprintf("%s %s %s", m->base_url ? m->base_url : "",
		 m->model ? m->model : m->name, m->key_env ? m->key_env : ""),
	     hex[65];

	sha256hex(who, strlen(who), hex);
	free(who);
	l->m = m;
	l->path = xasprintf("%s/limits/%.16s", dir, hex);
	l->fd = -1;
	return l;
}

static void
ready(struct limiter *l)
{
	char *slash;

	if (l->fd >= 0)
		return;
	slash = strrchr(l->path, '/');
	*slash = '\0';
	if (mkdirs(l->path) < 0)
		err(EX_IOERR, "%s", l->path);
	*slash = '/';
	l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (l->fd < 0)
		err(EX_IOERR, "%s", l->path);
}

/* a state that cannot be is a fresh one */
static void
load(struct limiter *l, struct state *s)
{
	double most = (double)l->m->concurrency;

	ready(l);
	flock(l->fd, LOCK_EX);
	if (pread(l->fd, s, sizeof(*s), 0) != (ssize_t)sizeof(*s) ||
	    s->magic != MAGIC) {
		*s = (struct state){.magic = MAGIC};
		s->limit = most;
	}
	if (!(s->limit >= 1))
		s->limit = 1;
	if (s->limit > most)
		s->limit = most;
}

static void
save(struct limiter *l, const struct state *s)
{
	if (pwrite(l->fd, s, sizeof(*s), 0) != (ssize_t)sizeof(*s))
		err(EX_IOERR, "%s", l->path);
	flock(l->fd, LOCK_UN);
}

static int
lockslot(struct limiter *l, int slot, int type)
{
	struct flock f = {.l_type = (short)type,
	    .l_whence = SEEK_SET,
	    .l_start = SLOTS + slot,
	    .l_len = 1};

	return fcntl(l->fd, F_OFD_SETLK, &f);
}

static int
takeslot(struct limiter *l, int limit)
{
	int i;

	for (i = 0; i < limit; i++)
		if (!l->own[i] && lockslot(l, i, F_WRLCK) == 0) {
			l->own[i] = 1;
			return i;
		}
	return -1;
}

static void
freeslot(struct limiter *l, struct ticket *t)
{
	if (t->slot < 0)
		return;
	lockslot(l, t->slot, F_UNLCK);
	l->own[t->slot] = 0;
	t->slot = -1;
}

/* milliseconds until the window has room, 0: now */
static long
window(
    const struct limiter *l, const struct state *s, int64_t now, int64_t tokens)
{
	int64_t requests = 0, sum = 0, oldest = now;
	long wait;
	int i;

	for (i = 0; i < WINDOW; i++) {
		if (s->ring[i].second <= now - WINDOW ||
		    s->ring[i].second > now)
			continue;
		requests += s->ring[i].requests;
		sum += s->ring[i].tokens;
		if (s->ring[i].requests && s->ring[i].second < oldest)
			oldest = s->ring[i].second;
	}
	if ((!l->m->rpm || requests < l->m->rpm) &&
	    (!l->m->tpm || sum + tokens <= l->m->tpm || requests == 0))
		return 0;
	wait = (long)(oldest + WINDOW - now) * 1000 -
	       (long)(wallns() / 1000000 % 1000) + 1;
	/* tokens that were counted may turn out not to be used */
	return l->m->tpm && wait > 200 ? 100 + random() % 100 : wait;
}

static void
count(struct state *s, int64_t second, int64_t requests, int64_t tokens)
{
	int i = (int)(second % WINDOW);

	if (s->ring[i].second != second) {
		if (s->ring[i].second > second)
			return;
		s->ring[i].second = second;
		s->ring[i].requests = s->ring[i].tokens = 0;
	}
	s->ring[i].requests += requests;
	s->ring[i].tokens += tokens;
}

long
limiter_take(struct limiter *l, int64_t tokens, struct ticket *t)
{
	uint64_t now = wallns();
	struct state s;
	long wait;

	t->slot = -1;
	t->second = (int64_t)(now / 1000000000u);
	t->tokens = tokens;
	t->start = now;
	load(l, &s);
	wait = window(l, &s, t->second, tokens);
	if (!wait && s.paused > now && s.paused - now < 3600000000000u)
		wait = (long)((s.paused - now) / 1000000) + 1;
	if (!wait && (t->slot = takeslot(l, (int)s.limit)) < 0)
		wait = 20 + random() % 30;
	if (!wait)
		count(&s, t->second, 1, tokens);
	save(l, &s);
	return wait;
}

void
limiter_cancel(struct limiter *l, struct ticket *t)
{
	struct state s;

	if (t->slot < 0)
		return;
	load(l, &s);
	count(&s, t->second, -1, -t->tokens);
	freeslot(l, t);
	save(l, &s);
}

void
limiter_done(struct limiter *l, struct ticket *t, int result, int64_t tokens,
    double wait)
{
	uint64_t now = wallns();
	struct state s;

	if (t->slot < 0)
		return;
	load(l, &s);
	if (tokens >= 0)
		count(&s, t->second, 0, tokens - t->tokens);
	if (result == LIMIT_OK)
		s.limit += 1 / s.limit;
	if (result == LIMIT_FAST && t->start > s.cut) {
		s.limit *= 0.7;
		s.cut = now;
	}
	if (result == LIMIT_FAST && wait > 0) {
		uint64_t until = now + (uint64_t)(wait * 1e9);

		if (until > s.paused || s.paused > now + 3600000000000u)
			s.paused = until;
	}
	if (s.limit > (double)l->m->concurrency)
		s.limit = (double)l->m->concurrency;
	freeslot(l, t);
	save(l, &s);
}

int
limiter_now(struct limiter *l)
{
	struct state s;

	load(l, &s);
	flock(l->fd, LOCK_UN);
	return (int)s.limit;
}
