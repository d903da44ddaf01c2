#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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

struct session {
	pid_t pid;
	FILE *to, *from;
	char *line;
	size_t cap;
	cJSON *about;
	const struct arm *arms;
};

_Noreturn static void
lost(struct session *s)
{
	int st = 0;

	if (waitpid(s->pid, &st, 0) == s->pid && WIFEXITED(st))
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
		execv(argv[0], (char *const *)argv);
		/* no exit handlers: ONNX Runtime's would wait for threads that
		   this process has not */
		dprintf(2, "devrun: %s: %s\n", argv[0], strerror(errno));
		_exit(EX_UNAVAILABLE);
	}
	close(to[0]);
	close(from[1]);
	s->to = fdopen(to[1], "w");
	s->from = fdopen(from[0], "r");
	if (!s->to || !s->from)
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

	fprintf(fp, "threads %d\ndirect %d\nhang-ms %ld\nmemory-mb %ld\n",
	    job->threads, job->direct, job->hangms, job->memorymb);
	json_each (w, job->via) {
		fprintf(fp, "via %s\n", w->valuestring);
		if (*w->valuestring == '/')
			fprintf(fp, "read %s\n", w->valuestring);
	}
	puttensors(fp, job->task);
	for (a = job->arms; a < job->arms + job->narms; a++) {
		fprintf(fp, "arm %s\nrunner %s\nmodel %s\n", a->name, a->runner,
		    a->model);
		if (a->candidate)
			fprintf(fp, "candidate %s\n", a->candidate);
	}
	fprintf(fp, "go\n");
}

/* the next line, as JSON */
static cJSON *
next(struct session *s)
{
	ssize_t n = getline(&s->line, &s->cap, s->from);
	const char *why;
	cJSON *j;

	if (n <= 0)
		lost(s);
	j = json_parse(s->line, (size_t)n, &why);
	if (!j)
		errx(EX_SOFTWARE, "supervise: %s in '%.60s'", why, s->line);
	return j;
}

struct session *
session_open(const struct sessionjob *job)
{
	struct session *s = xcalloc(1, sizeof(*s));

	signal(SIGPIPE, SIG_IGN);
	start(s, job->argv);
	s->arms = job->arms;
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
	if (fread(x->data, 1, x->bytes + 1, s->from) != x->bytes + 1)
		lost(s);
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

void
session_close(struct session *s)
{
	fclose(s->to);
	fclose(s->from);
	waitpid(s->pid, NULL, 0);
	cJSON_Delete(s->about);
	free(s->line);
	free(s);
}

void
samples_free(struct samples *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		free(s->list[i].data);
	free(s->list);
	*s = (struct samples){0};
}
