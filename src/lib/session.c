#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dtype.h"
#include "genjson.h"
#include "session.h"
#include "tensor.h"

#define MOSTBYTES ((size_t)1 << 33)
#define MOSTLINE ((size_t)1 << 28)
#define SILENCE 10000 /* ms, then a device is asked whether it is there */
#define ENDWAIT 5000  /* ms for it to end */
#define DEAF 2	      /* times that it says nothing, and it is not */

struct session {
	struct device *device;
	pid_t pid;
	FILE *to;
	int from;
	char in[1 << 16]; /* read, not yet taken: from at to end */
	size_t at, end;
	struct buf line;
	cJSON *about;
	const struct arm *arms;
	int narms;
};

/* how it ended; what carries it to a device may not notice that it is over */
static int
reap(struct session *s)
{
	int remote = s->device && device_remote(s->device);
	int st = 0, left = remote ? ENDWAIT : 0;

	for (; left && waitpid(s->pid, &st, WNOHANG) != s->pid; left--)
		usleep(1000);
	if (left)
		return st;
	if (remote)
		kill(s->pid, SIGKILL);
	waitpid(s->pid, &st, 0);
	return st;
}

_Noreturn static void
lost(struct session *s)
{
	int st = reap(s);

	if (device_carried(s->device, st))
		device_lost(s->device, "in mid-run");
	if (WIFEXITED(st))
		errx(EX_SOFTWARE, "supervise ended with status %d",
		    WEXITSTATUS(st));
	errx(EX_SOFTWARE, "supervise was killed by signal %d", WTERMSIG(st));
}

static void
start(struct session *s, const char *const *argv)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
		err(EX_OSERR, "pipe");
	s->pid = fork();
	if (s->pid < 0)
		err(EX_OSERR, "fork");
	if (s->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(to[0], 0);
		dup2(from[1], 1);
		close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
		execvp(argv[0], (char *const *)argv);
		/* no exit handlers: ONNX Runtime's would wait for threads that
		   this process has not */
		dprintf(2, "devrun: %s: %s\n", argv[0], strerror(errno));
		_exit(EX_UNAVAILABLE);
	}
	close(to[0]);
	close(from[1]);
	s->to = fdopen(to[1], "w");
	s->from = from[0];
	if (!s->to)
		err(EX_OSERR, "fdopen");
}

/* names with what is no letter or digit as %XX */
static void
putname(FILE *fp, const char *name)
{
	for (; *name; name++)
		if (isalnum((unsigned char)*name) || strchr("_.-", *name))
			putc(*name, fp);
		else
			fprintf(fp, "%%%02x", (unsigned char)*name);
}

static void
putentry(FILE *fp, const char *word, const cJSON *entry, int place)
{
	struct tensor t;
	int i;

	tensor_of(&t, entry, NULL);
	fprintf(fp, "%s %d ", word, place);
	putname(fp, t.name);
	fprintf(fp, " %s ", dtype_name(t.dtype));
	for (i = 0; i < t.rank; i++)
		fprintf(fp, "%s%" PRId64, i ? "," : "", t.dims[i]);
	if (!t.rank)
		putc('-', fp);
}

static void
puttensors(FILE *fp, const cJSON *task)
{
	struct gen *g;
	char *text;
	int i = 0;

	json_each (entry, json_array(task, "inputs")) {
		if (*json_string(entry, "name") &&
		    !json_boolor(entry, "constant", 0)) {
			putentry(fp, "in", entry, i);
			g = gen_input(entry);
			text = gen_text(g);
			if (!text)
				err(EX_OSERR, "gen_text");
			fprintf(fp, " %s\n", text);
			free(text);
			gen_free(g);
		}
		i++;
	}
	i = 0;
	json_each (out, json_array(task, "outputs")) {
		if (*json_string(out, "name")) {
			putentry(fp, "out", out, i);
			putc('\n', fp);
		}
		i++;
	}
}

static void
putjob(FILE *fp, const struct sessionjob *job)
{
	const struct arm *a;

	fprintf(fp,
	    "threads %d\ndirect %d\npin %d\nhang-ms %ld\nmemory-mb %ld\n",
	    job->threads, job->direct, !job->beside, job->hangms,
	    job->memorymb);
	if (job->emulated)
		fprintf(fp, "emulated 1\n");
	if (job->cpus)
		fprintf(fp, "cpus %s\n", job->cpus);
	json_each (w, job->via) {
		fprintf(fp, "via %s\n", w->valuestring);
		if (*w->valuestring == '/')
			fprintf(fp, "read %s\n", w->valuestring);
	}
	puttensors(fp, job->task);
	for (a = job->arms; a < job->arms + job->narms; a++) {
		/* there a runner has its libraries beside it */
		if (device_remote(job->device))
			fprintf(fp, "read %.*s\n",
			    (int)(strrchr(a->runner, '/') - a->runner),
			    a->runner);
		fprintf(fp, "arm %s\nrunner %s\nmodel %s\n", a->name, a->runner,
		    a->model);
		if (a->candidate)
			fprintf(fp, "candidate %s\n", a->candidate);
	}
	fprintf(fp, "go\n");
}

/* wait for more of what it says */
static void
more(struct session *s)
{
	struct pollfd p = {.fd = s->from, .events = POLLIN};
	int deaf = 0, n;

	while ((n = poll(&p, 1, device_remote(s->device) ? SILENCE : -1)) <= 0)
		if (n < 0 && errno != EINTR)
			err(EX_OSERR, "poll");
		else if (n == 0 && device_alive(s->device) == 0)
			deaf = 0;
		else if (n == 0 && ++deaf == DEAF)
			device_lost(s->device, "in mid-run");
}

static void
fill(struct session *s)
{
	ssize_t n;

	do {
		more(s);
		n = read(s->from, s->in, sizeof(s->in));
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		lost(s);
	s->at = 0;
	s->end = (size_t)n;
}

static void
takebytes(struct session *s, char *to, size_t n)
{
	size_t part;

	for (; n; n -= part, to += part) {
		if (s->at == s->end)
			fill(s);
		part = s->end - s->at < n ? s->end - s->at : n;
		memcpy(to, s->in + s->at, part);
		s->at += part;
	}
}

static void
takeline(struct session *s)
{
	const char *end;
	size_t n;

	s->line.len = 0;
	do {
		if (s->at == s->end)
			fill(s);
		end = memchr(s->in + s->at, '\n', s->end - s->at);
		n = end ? (size_t)(end + 1 - s->in) - s->at : s->end - s->at;
		buf_add(&s->line, s->in + s->at, n);
		s->at += n;
	} while (!end && s->line.len < MOSTLINE);
}

/* the next line, as JSON */
static cJSON *
next(struct session *s)
{
	const char *why;
	cJSON *j;

	takeline(s);
	j = json_parse(s->line.data, s->line.len, &why);
	if (!j)
		errx(
		    EX_SOFTWARE, "supervise: %s in '%.60s'", why, s->line.data);
	return j;
}

struct session *
session_open(const struct sessionjob *job)
{
	struct session *s = xcalloc(1, sizeof(*s));

	signal(SIGPIPE, SIG_IGN);
	s->device = job->device;
	start(s, job->argv);
	s->arms = job->arms;
	s->narms = job->narms;
	putjob(s->to, job);
	if (fflush(s->to) != 0)
		lost(s);
	s->about = next(s);
	return s;
}

const cJSON *
session_about(const struct session *s)
{
	return s->about;
}

void
session_rest(struct session *s)
{
	s->device = NULL;
	s->arms = NULL;
}

void
session_candidate(
    struct session *s, struct device *device, const struct arm *arms)
{
	s->device = device;
	s->arms = arms;
	fprintf(s->to, "candidate %s\n", arms[s->narms - 1].candidate);
}

static void
ask(struct session *s, const struct round *r)
{
	char hex[65];
	long i;

	gen_keyhex(r->key, hex);
	fprintf(s->to, "round %ld ", r->number);
	for (i = 0; i < r->narms; i++)
		fprintf(s->to, "%s%s", i ? "," : "", s->arms[r->arms[i]].name);
	fprintf(s->to, " %s %ld %ld ", hex, r->turns, r->calls);
	for (i = 0; i < r->nsamples; i++)
		fprintf(s->to, "%s%ld", i ? "," : "", r->samples[i]);
	fprintf(s->to, "%s %ld %ld %d\n", r->nsamples ? "" : "-", r->warmms,
	    r->maxwarmms, r->cold);
	if (fflush(s->to) != 0)
		lost(s);
}

static int
armof(const struct session *s, const struct round *r, const cJSON *head)
{
	const char *name = json_string(head, "arm");
	int i;

	for (i = 0; i < r->narms; i++)
		if (strcmp(s->arms[r->arms[i]].name, name) == 0)
			return r->arms[i];
	errx(EX_SOFTWARE, "supervise: an arm '%s' that has no part", name);
}

static void
take(struct session *s, const cJSON *head, int arm, struct samples *samples)
{
	struct sample *x;

	samples->list = xreallocarray(
	    samples->list, samples->n + 1, sizeof(*samples->list));
	x = &samples->list[samples->n++];
	*x = (struct sample){.arm = arm,
	    .round = (long)json_int(head, "round", 0, 1 << 30),
	    .call = (long)json_int(head, "sample", 0, 1 << 30),
	    .output = (int)json_int(head, "output", 0, 1 << 20),
	    .bytes = (size_t)json_int(head, "bytes", 0, MOSTBYTES)};
	x->data = xmalloc(x->bytes + 1);
	takebytes(s, x->data, x->bytes + 1);
}

void
session_round(struct session *s, const struct round *round,
    struct samples *samples, cJSON **results)
{
	cJSON *j;
	int i;

	ask(s, round);
	for (i = 0; i < round->narms;) {
		j = next(s);
		if (!json_get(j, "sample")) {
			results[i++] = j;
			continue;
		}
		take(s, j, armof(s, round, j), samples);
		cJSON_Delete(j);
	}
}

/* an arm that was killed may have been so because all there was: then what was
   told of it is no verdict */
void
session_close(struct session *s)
{
	int st;

	fclose(s->to);
	st = reap(s);
	if (s->device && WIFEXITED(st) && WEXITSTATUS(st) != EX_OK &&
	    device_carried(s->device, st))
		device_lost(s->device, "at its end");
	close(s->from);
	cJSON_Delete(s->about);
	buf_free(&s->line);
	free(s);
}

void
samples_keep(struct samples *s, size_t n)
{
	while (s->n > n)
		free(s->list[--s->n].data);
}

void
samples_drop(struct samples *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(s->list[i].data);
	s->n -= n;
	if (n)
		memmove(s->list, s->list + n, s->n * sizeof(*s->list));
}

void
samples_free(struct samples *s)
{
	samples_keep(s, 0);
	free(s->list);
	*s = (struct samples){0};
}
