/*
 * relay: questions of other machines are asked here.
 *
 * Here it listens on a socket while a command runs, and answers what comes over
 * it by llm-call, so that keys, store, limits and budget stay in one place.
 * There, before a command line of llm-call, it asks over that socket instead.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"
#include "stage.h"

#define MOST ((size_t)64 << 20) /* bytes of a question or an answer */

static const char *models = "";

static int
sock(const char *path, struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(EX_OSERR, "socket");
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(a->sun_path))
		errx(EX_USAGE, "socket '%s': its name is too long", path);
	memcpy(a->sun_path, path, strlen(path) + 1);
	return fd;
}

/* is the model one of those that may be asked? */
static int
allowed(const char *model)
{
	size_t n = strlen(model);
	const char *p;

	for (p = models; n && (p = strstr(p, model)); p++)
		if ((p == models || p[-1] == ' ') && strchr(" ", p[n]))
			return 1;
	return 0;
}

/* a file in memory that holds the record */
static int
recordfd(const cJSON *record)
{
	int fd = memfd_create("record", 0);
	char *text = json_print(record);

	if (fd < 0 || writeall(fd, text, strlen(text)) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		err(EX_OSERR, "memfd");
	free(text);
	return fd;
}

static void
unblock(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* ask; the answer goes down the line as it comes */
static int
ask(const char *model, const cJSON *record, int line)
{
	char *path = rootpath("bin/llm-call");
	int in = recordfd(record), status;
	pid_t pid = fork();

	if (pid < 0)
		err(EX_OSERR, "fork");
	if (pid == 0) {
		unblock();
		if (dup2(in, 0) < 0 || dup2(line, 1) < 0)
			err(EX_OSERR, "dup2");
		execl(path, "llm-call", "--model", model, (char *)NULL);
		err(EX_UNAVAILABLE, "%s", path);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(EX_OSERR, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_TEMPFAIL;
}

/* a question came: {"model":..,"record":..}; the record with its answer goes
   back, and then {"status":..} */
static _Noreturn void
serve(int line)
{
	struct buf b = {0};
	const char *why = "too long", *model;
	cJSON *q = NULL;
	int status = EX_DATAERR;

	if (buf_readfd(&b, line, MOST) == 0 && b.data)
		q = json_parse(b.data, b.len, &why);
	model = cJSON_GetStringValue(json_get(q, "model"));
	if (!model || !cJSON_IsObject(json_get(q, "record")))
		warnx("a question that is none: %s",
		    q ? "no model or no record" : why);
	else if (!allowed(model))
		warnx("model '%.100s' is asked for, which is not '%s'", model,
		    models);
	else
		status = ask(model, json_get(q, "record"), line);
	dprintf(line, "{\"status\":%d}\n", status);
	_exit(0);
}

static int
listening(const char *path)
{
	struct sockaddr_un a;
	int fd = sock(path, &a);
	mode_t mask = umask(077);

	unlink(path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(fd, 128) < 0)
		err(EX_IOERR, "%s", path);
	umask(mask);
	return fd;
}

static pid_t
start(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		err(EX_OSERR, "fork");
	if (pid == 0) {
		unblock();
		execvp(argv[0], argv);
		err(EX_UNAVAILABLE, "%s", argv[0]);
	}
	return pid;
}

static void
take(int fd)
{
	int line = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	pid_t pid;

	if (line < 0)
		return;
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_IGN);
		close(fd);
		serve(line);
	}
	if (pid < 0)
		warn("fork");
	close(line);
}

/* status of the command, once it has ended; those who ask are waited for in
   passing */
static int
ended(pid_t command, int *status)
{
	pid_t pid;
	int st;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		*status = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
		return 1;
	}
	return 0;
}

/* answer what comes while the command runs */
static int
relay(const char *path, char **argv)
{
	struct pollfd f[2] = {
	    {.fd = listening(path), .events = POLLIN}, {.events = POLLIN}};
	struct signalfd_siginfo info;
	int status = EX_SOFTWARE;
	sigset_t child;
	pid_t pid;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	f[1].fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (f[1].fd < 0)
		err(EX_OSERR, "signalfd");
	pid = start(argv);
	while (!ended(pid, &status)) {
		poll(f, LEN(f), -1);
		while (read(f[1].fd, &info, sizeof(info)) > 0)
			;
		if (f[0].revents)
			take(f[0].fd);
	}
	unlink(path);
	return status;
}

/* what is asked for: a command line of llm-call */
static void
commandline(char **argv, const char **model, const char **out, const char **in)
{
	static const struct option options[] = {{"model", 1, 0, 'm'}, {0}};
	int argc = 0, c;

	while (argv[argc])
		argc++;
	optind = 0;
	while ((c = getopt_long(argc, argv, "m:o:", options, NULL)) != -1) {
		if (c == 'm')
			*model = optarg;
		else if (c == 'o')
			*out = optarg;
		else
			exit(EX_USAGE);
	}
	*in = argv[optind];
	if (!*model || !*out || !*in || argv[optind + 1])
		errx(EX_USAGE, "'%s': not of the form -m MODEL -o FILE FILE",
		    argv[0]);
}

static void
question(struct buf *b, const char *model, const char *in)
{
	struct buf record = {0};
	cJSON *name = cJSON_CreateString(model);
	char *text = json_print(name);

	if (buf_readfile(&record, in, MOST) < 0)
		err(EX_UNAVAILABLE, "%s", in);
	buf_addf(b, "{\"model\":%s,\"record\":", text);
	buf_add(b, record.data, record.len);
	buf_adds(b, "}\n");
	buf_free(&record);
	cJSON_Delete(name);
	free(text);
}

/* the last line of what came, taken off */
static int
statusline(struct buf *b)
{
	const char *why;
	cJSON *end;
	char *nl;
	int status;

	if (!b->len || b->data[b->len - 1] != '\n')
		return EX_TEMPFAIL;
	b->data[--b->len] = '\0';
	nl = strrchr(b->data, '\n');
	end = json_parse(
	    nl ? nl + 1 : b->data, strlen(nl ? nl + 1 : b->data), &why);
	status = (int)json_intor(end, "status", 0, 255, EX_TEMPFAIL);
	b->len = nl ? (size_t)(nl + 1 - b->data) : 0;
	b->data[b->len] = '\0';
	cJSON_Delete(end);
	return status;
}

static int
askthere(const char *path, char **argv)
{
	const char *model = NULL, *out = NULL, *in = NULL;
	struct sockaddr_un a;
	struct buf q = {0}, r = {0};
	int fd = sock(path, &a), status;

	commandline(argv, &model, &out, &in);
	stage_note(out);
	question(&q, model, in);
	signal(SIGPIPE, SIG_IGN);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    writeall(fd, q.data, q.len) < 0 || shutdown(fd, SHUT_WR) < 0 ||
	    buf_readfd(&r, fd, MOST) < 0)
		err(EX_TEMPFAIL, "nobody answers at '%s'", path);
	status = statusline(&r);
	if (status)
		warnx("%s: not answered, status %d", in, status);
	else if (writefile(out, r.data, r.len, 0) < 0)
		err(EX_IOERR, "%s", out);
	return status;
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: relay -l socket -m models command [argument ...]\n"
	    "       relay -c socket bin/llm-call -m model -o file file\n"
	    "Asks here what is asked elsewhere.\n"
	    "  -l, --listen SOCKET   answer what comes while command runs\n"
	    "  -m, --models LIST     those that may be asked, with blanks\n"
	    "  -c, --connect SOCKET  ask over it what llm-call would ask\n"
	    "man relay tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"listen", 1, 0, 'l'},
	    {"models", 1, 0, 'm'}, {"connect", 1, 0, 'c'}, {"help", 0, 0, 'h'},
	    {0}};
	const char *here = NULL, *there = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "+l:m:c:h", options, NULL)) != -1) {
		switch (c) {
		case 'l': here = optarg; break;
		case 'm': models = optarg; break;
		case 'c': there = optarg; break;
		case 'h': usage(EX_OK);
		default: usage(EX_USAGE);
		}
	}
	if (!here == !there || !argv[optind])
		usage(EX_USAGE);
	return here ? relay(here, argv + optind)
		    : askthere(there, argv + optind);
}
