#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "transport.h"

#define PATIENCE 12 /* seconds for a connection to be made */

/* what every connection is told: never ask a person, notice a dead line */
static void
options(const struct link *l, struct words *w)
{
	static const char *const always[] = {"-T", "-oBatchMode=yes",
	    "-oLogLevel=ERROR", "-oConnectTimeout=8", "-oServerAliveInterval=4",
	    "-oServerAliveCountMax=3", "-oForwardAgent=no", "-oForwardX11=no",
	    "-oClearAllForwardings=yes", "-oControlPersist=no", NULL};
	size_t i;

	words_list(w, json_get(l->file, "options"));
	for (i = 0; always[i]; i++)
		words_add(w, always[i]);
}

static void
begin(const struct link *l, struct words *w, const char *socket)
{
	words_add(w, json_stringor(l->file, "program", "ssh"));
	words_add(w, socket);
	options(l, w);
}

static char *
socketof(const struct link *l)
{
	return xasprintf("-S%s/socket", l->dir);
}

static void
leave(struct link *l)
{
	if (l->master) {
		kill(l->master, SIGKILL);
		waitpid(l->master, NULL, 0);
	}
	l->master = 0;
}

static pid_t
master(const struct link *l, const char *log)
{
	struct words w = {0};
	char *socket = socketof(l);
	pid_t pid, parent = getpid();
	int fd;

	begin(l, &w, socket);
	words_add(&w, "-M");
	words_add(&w, "-N");
	words_add(&w, "--");
	words_add(&w, json_string(l->file, "host"));
	pid = fork();
	if (pid < 0)
		err(EX_OSERR, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (getppid() != parent || fd < 0 || dup2(fd, 2) < 0)
			_exit(127);
		dup2(open("/dev/null", O_RDWR), 0);
		dup2(0, 1);
		execvp(w.v[0], (char *const *)w.v);
		dprintf(2, "%s cannot be run: %s\n", w.v[0], strerror(errno));
		_exit(127);
	}
	free(socket);
	return pid;
}

/* what no second try mends */
static int
hopeless(const struct buf *text)
{
	static const char *const words[] = {"Permission denied",
	    "Host key verification failed", "REMOTE HOST IDENTIFICATION",
	    "Bad configuration option", "cannot be run"};
	size_t i;

	for (i = 0; text->data && i < LEN(words); i++)
		if (strstr(text->data, words[i]))
			return 1;
	return 0;
}

static int
gone(struct link *l, const char *log, struct buf *why)
{
	struct buf text = {0};
	int rc;

	buf_readfile(&text, log, 1 << 16);
	rc = hopeless(&text) ? -2 : -1;
	lastline(why, &text);
	if (!why->len)
		buf_adds(why, "no connection");
	buf_free(&text);
	leave(l);
	return rc;
}

/* one connection, which the others share, is made and lives as long as we do */
static int
join(struct link *l, struct buf *why)
{
	uint64_t until = nowns() + PATIENCE * 1000000000ull;
	char *log = xasprintf("%s/log", l->dir), *socket = socketof(l);
	int rc = 0;

	leave(l);
	unlink(socket + 2);
	l->master = master(l, log);
	while (access(socket + 2, F_OK) < 0) {
		if (waitpid(l->master, NULL, WNOHANG) == l->master) {
			l->master = 0;
			rc = gone(l, log, why);
			break;
		}
		if (nowns() > until) {
			rc = gone(l, log, why);
			break;
		}
		usleep(5000);
	}
	free(socket);
	free(log);
	return rc;
}

static void
words(const struct link *l, struct words *w)
{
	static char *socket;

	free(socket);
	socket = socketof(l);
	begin(l, w, socket);
	/* without the shared connection it is lost, not made anew */
	words_add(w, "-oProxyCommand=false");
	words_add(w, "--");
	words_add(w, json_string(l->file, "host"));
}

static int
copy(const struct link *l, const char *from, const char *to, struct buf *why)
{
	char *command = xasprintf("exec cat >'%s'", to);
	struct words w = {0};
	struct buf data = {0};
	int rc;

	if (buf_readfile(&data, from, SIZE_MAX) < 0)
		err(EX_DATAERR, "%s", from);
	words(l, &w);
	words_add(&w, command);
	rc = words_run(&w, data.data ? data.data : "", data.len,
	    60 + (double)data.len / 5e4, why);
	buf_free(&data);
	free(command);
	return rc == 0 ? 0 : -1;
}

const struct transport transport_ssh = {.name = "ssh",
    .patience = 15,
    .join = join,
    .words = words,
    .copy = copy,
    .leave = leave};
