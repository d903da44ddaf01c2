#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slot.h"
#include "util.h"

int
slot_builds(int measured)
{
	cpu_set_t cpus;
	int n;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0)
		return 1;
	n = CPU_COUNT(&cpus) - (measured != 0);
	return n > 0 ? n : 1;
}

static char *
pathof(const char *name)
{
	return xasprintf("/tmp/mkbench-%s.lock", name);
}

/* how is as for flock */
static int
opened(const char *name, int how)
{
	char *path = pathof(name);
	mode_t mask = umask(0);
	int fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);

	umask(mask);
	if (fd < 0)
		err(EX_IOERR, "%s", path);
	while (flock(fd, how) < 0) {
		if (errno == EWOULDBLOCK) {
			close(fd);
			fd = -1;
			break;
		}
		if (errno != EINTR)
			err(EX_IOERR, "flock %s", path);
	}
	free(path);
	return fd;
}

int
slot_lock(const char *name, int wait)
{
	return opened(name, LOCK_EX | (wait ? 0 : LOCK_NB));
}

static int
numbered(int i, int how)
{
	char *name = xasprintf("builds.%d", i);
	int fd = opened(name, how);

	free(name);
	return fd;
}

int
slot_build(void)
{
	int n = slot_builds(1), i, fd = -1;

	for (i = 0; i < n && fd < 0; i++)
		fd = numbered(i, LOCK_EX | LOCK_NB);
	if (fd < 0 && n < slot_builds(0) && !slot_measured())
		fd = numbered(n, LOCK_EX | LOCK_NB);
	return fd < 0 ? numbered((int)getpid() % n, LOCK_EX) : fd;
}

int
slot_measure(void)
{
	return opened("measured", LOCK_SH);
}

void
slot_settle(void)
{
	close(numbered(slot_builds(1), LOCK_SH));
}

int
slot_measured(void)
{
	int fd = opened("measured", LOCK_EX | LOCK_NB);

	if (fd >= 0)
		close(fd);
	return fd < 0;
}
