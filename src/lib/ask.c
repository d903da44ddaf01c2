#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "exec.h"
#include "reader.h"
#include "secret.h"
#include "store.h"

#define MAXERROR (64 << 10) /* bytes kept of an error's body */
#define SAME 5		    /* the same failure so often will not pass */
#define MAXWAIT 60.0	    /* seconds, of a wait that nobody asked for */

enum state {
	JOB_LOCK, /* another process may be asking the same */
	JOB_WAIT, /* for its turn: limits, budget, the end of a pause */
	JOB_RUN,
};

struct job {
	enum state state;
	uint64_t wake; /* nowns() at which to look again */
	void (*done)(void *arg, struct outcome_of *);
	void *arg;

	char key[65];
	cJSON *canonical;
	char *text; /* as it is sent */
	int64_t inputguess, greatest;
	int stream;
	int lock;

	int tries, same, unreached;
	char last[160]; /* the last failure, to know it again */
	uint64_t first; /* when it was first asked */
	cJSON *attempts;
	int64_t spent;

	/* of the attempt under way */
	struct transfer t;
	struct execution x;
	struct ticket ticket;
	int64_t reserved;
	struct answer a;
	struct reader r;
	struct buf held; /* an end that may be the start of the key */
	struct buf body; /* of an error */
	int spool;
	char *spoolpath;
	uint64_t started;
	double seconds;
};

static struct asker asker;
static const struct wire *wire; /* NULL: not over HTTP */
static struct limiter *limiter;
static const char *kind; /* provider */
static struct job **jobs;
static size_t njobs;
static int stopstatus;
static char *stopwhy;

void
ask_init(const struct asker *a)
{
	asker = *a;
	kind = a->m->provider;
	signal(SIGPIPE, SIG_IGN);
	srandom((unsigned)nowns() ^ (unsigned)getpid());
	if (model_isremote(a->m)) {
		wire = wire_of(a->m);
		http_init(strncmp(a->m->base_url, "https", 5) == 0);
	}
	limiter = limiter_open(a->m, store_dir());
}

size_t
ask_count(void)
{
	return njobs;
}

int
ask_stopped(const char **why)
{
	*why = stopwhy;
	return stopstatus;
}

static void
stop(int status, const char *why)
{
	if (stopstatus)
		return;
	stopstatus = status;
	stopwhy = xstrdup(why);
}

static cJSON *
canonicalremote(const struct model *m, const cJSON *request)
{
	cJSON *c = cJSON_CreateObject();

	json_set(c, "wire", cJSON_CreateString(m->provider));
	json_set(c, "base_url", cJSON_CreateString(m->base_url));
	if (m->path)
		json_set(c, "path", cJSON_CreateString(m->path));
	json_set(c, "model", cJSON_CreateString(m->model));
	if (m->headers)
		json_set(c, "headers", cJSON_Duplicate(m->headers, 1));
	json_set(c, "body", wire_body(wire_of(m), m, request));
	return c;
}

static cJSON *
canonicallocal(const struct model *m, const cJSON *request)
{
	static const char *const keys[] = {
	    "engine", "role", "attempt", "files", "messages"};
	cJSON *c = cJSON_CreateObject(), *v;
	size_t i;

	json_set(c, "wire", cJSON_CreateString(m->provider));
	json_set(c, "model", cJSON_CreateString(m->model ? m->model : m->name));
	if (m->command)
		json_set(c, "command", cJSON_Duplicate(m->command, 1));
	if (m->parameters)
		json_set(c, "parameters", cJSON_Duplicate(m->parameters, 1));
	for (i = 0; i < LEN(keys); i++)
		if ((v = json_get(request, keys[i])))
			json_set(c, keys[i], cJSON_Duplicate(v, 1));
	return c;
}

cJSON *
ask_canonical(const struct model *m, const cJSON *request)
{
	cJSON *c = model_isremote(m) ? canonicalremote(m, request)
				     : canonicallocal(m, request);

	json_set(c, "sample",
	    cJSON_CreateNumber(
		(double)json_intor(request, "sample", 0, 1000000, 0)));
	return c;
}

static void
redact(struct answer *a)
{
	if (a->text.data)
		secret_redact(a->text.data, a->text.len);
	if (a->reasoning.data)
		secret_redact(a->reasoning.data, a->reasoning.len);
	if (a->reason)
		secret_redact(a->reason, strlen(a->reason));
	if (a->category)
		secret_redact(a->category, strlen(a->category));
	if (a->id)
		secret_redact(a->id, strlen(a->id));
	if (a->model)
		secret_redact(a->model, strlen(a->model));
	if (a->finish)
		secret_redact(a->finish, strlen(a->finish));
}

cJSON *
ask_response(const struct model *m, struct answer *a, int64_t cost,
    double seconds, const cJSON *attempts, const char *key)
{
	cJSON *r = cJSON_CreateObject();
	char money[32];

	redact(a);
	json_set(r, "model", cJSON_CreateString(m->name));
	json_set(r, "provider", cJSON_CreateString(m->provider));
	answer_json(a, r);
	money_print(cost, money);
	json_set(r, "cost", cJSON_CreateString(money));
	json_set(r, "seconds", cJSON_CreateNumber(round(seconds * 1e6) / 1e6));
	json_set(r, "attempts",
	    attempts ? cJSON_Duplicate(attempts, 1) : cJSON_CreateArray());
	if (key)
		json_set(r, "store", cJSON_CreateString(key));
	return r;
}

/* what a program wrote: READ_WHOLE or READ_GARBAGE */
static int
readlocal(const struct model *m, const char *body, size_t n, struct answer *a,
    struct error *e)
{
	const char *why = "not strict JSON";
	cJSON *json = NULL;
	int rc = READ_GARBAGE;

	*e = (struct error){.fault = FAULT_RETRY, .hint = -1};
	if (!m->output || strcmp(m->output, "text") == 0) {
		buf_add(&a->text, body, n);
		a->outcome = OUT_OK;
		a->terminal = 1;
		return READ_WHOLE;
	}
	json = json_parse(body, n, &why);
	if (json && answer_fromjson(json, a, &why) == 0)
		rc = READ_WHOLE;
	cJSON_Delete(json);
	snprintf(e->code, sizeof(e->code), "unparsable");
	snprintf(e->text, sizeof(e->text), "not an answer: %s", why);
	return rc;
}

int
ask_reread(const struct model *m, const char *body, size_t n, struct answer *a,
    struct error *e)
{
	struct reader r = {.a = a};
	int rc;

	if (!model_isremote(m))
		return readlocal(m, body, n, a, e);
	r.w = wire_of(m);
	reader_feed(&r, body, n);
	rc = reader_end(&r, 1);
	*e = r.error;
	reader_free(&r);
	return rc;
}

int64_t
ask_greatest(const struct model *m, const cJSON *body)
{
	struct usage u = {
	    .input = wire_inputguess(body), .output = m->maxoutput};

	/* the dearest way that the input may be counted */
	if (m->price[PRICE_WRITE] > m->price[PRICE_INPUT])
		u.cache_write = u.input;
	return answer_cost(m, &u, 1);
}

static char *
pendingpath(const char *key)
{
	return xasprintf("%s/pending/%s", store_dir(), key);
}

void
ask_setpending(const struct model *m, const cJSON *canonical, const char *batch)
{
	cJSON *entry = cJSON_CreateObject(), *p = cJSON_CreateObject();
	char key[65], *path;

	store_key(canonical, key);
	json_set(entry, "format", cJSON_CreateNumber(STORE_FORMAT));
	json_set(entry, "key", cJSON_CreateString(key));
	json_set(entry, "request", cJSON_Duplicate(canonical, 1));
	json_set(p, "model", cJSON_CreateString(m->name));
	json_set(p, "since", json_u64((uint64_t)time(NULL)));
	if (batch)
		json_set(p, "batch", cJSON_CreateString(batch));
	json_set(entry, "pending", p);
	if (store_put(key, entry) < 0)
		err(EX_IOERR, "store '%s'", store_dir());
	path = pendingpath(key);
	if (batch)
		unlink(path);
	else if (writefile(path, m->name, strlen(m->name), 1) < 0)
		err(EX_IOERR, "%s", path);
	free(path);
	cJSON_Delete(entry);
}

static void
cleanattempt(struct job *j)
{
	reader_free(&j->r);
	buf_free(&j->held);
	buf_free(&j->body);
	if (j->spool >= 0)
		close(j->spool);
	j->spool = -1;
	if (j->spoolpath)
		unlink(j->spoolpath);
	free(j->spoolpath);
	j->spoolpath = NULL;
	buf_free(&j->x.output);
}

static void
freejob(struct job *j)
{
	size_t i;

	for (i = 0; i < njobs && jobs[i] != j; i++)
		;
	njobs--;
	memmove(jobs + i, jobs + i + 1, (njobs - i) * sizeof(*jobs));
	cleanattempt(j);
	answer_free(&j->a);
	free((char *)j->t.url);
	free(j->text);
	cJSON_Delete(j->canonical);
	cJSON_Delete(j->attempts);
	free(j);
}

static void
finish(struct job *j, cJSON *response, int status, const char *why)
{
	struct outcome_of o = {.response = response, .status = status};

	if (why)
		o.why = xstrdup(why);
	if (j->lock >= 0)
		store_unlock(j->key, j->lock);
	j->done(j->arg, &o);
	free(o.why);
	freejob(j);
}

static cJSON *
entry(const struct job *j)
{
	cJSON *e = cJSON_CreateObject(), *http = cJSON_CreateObject();

	json_set(e, "format", cJSON_CreateNumber(STORE_FORMAT));
	json_set(e, "key", cJSON_CreateString(j->key));
	json_set(e, "request", cJSON_Duplicate(j->canonical, 1));
	json_set(http, "status", cJSON_CreateNumber(j->t.status));
	json_set(http, "stream", cJSON_CreateBool(j->stream));
	json_set(http, "id", json_text(j->t.id, strlen(j->t.id)));
	json_set(e, "http", http);
	json_set(e, "attempts", cJSON_Duplicate(j->attempts, 1));
	json_set(e, "seconds", cJSON_CreateNumber(j->seconds));
	return e;
}

/* the body under its name, and an entry that is not answered yet: from here on
   the answer cannot be lost */
static int
keepbody(struct job *j, const cJSON *e)
{
	char *path;
	int rc;

	if (store_put(j->key, e) < 0)
		return -1;
	if (!j->spoolpath)
		return store_putfile(j->key, ".body",
		    j->body.data ? j->body.data : "", j->body.len);
	path = store_path(j->key, ".body");
	rc = rename(j->spoolpath, path);
	free(path);
	free(j->spoolpath);
	j->spoolpath = NULL;
	return rc;
}

/* the answer is in j->a */
static void
answered(struct job *j)
{
	cJSON *e = entry(j), *response;
	char money[32], *path;
	int lost = keepbody(j, e) < 0;

	response = ask_response(
	    asker.m, &j->a, j->spent, j->seconds, j->attempts, j->key);
	money_print(j->spent, money);
	json_set(e, "cost", cJSON_CreateString(money));
	json_set(e, "response", cJSON_Duplicate(response, 1));
	if (lost || store_put(j->key, e) < 0)
		warn("store '%s': the answer is not kept", store_dir());
	cJSON_Delete(e);
	path = pendingpath(j->key);
	unlink(path);
	free(path);
	finish(j, response, 0, NULL);
}

/* an entry without a response, but with a body: read it (again) */
static cJSON *
reread(const char *key, cJSON *e)
{
	char *path = store_path(key, ".body");
	struct answer a = {0};
	struct error error;
	struct buf b = {0};
	cJSON *response = NULL;
	const char *cost = cJSON_GetStringValue(json_get(e, "cost"));
	int64_t spent = cost ? money_parse(cost) : -1;
	int rc;

	if (buf_readfile(&b, path, ASK_MAXBODY) < 0)
		goto out;
	rc = ask_reread(asker.m, b.data ? b.data : "", b.len, &a, &error);
	if (rc != READ_WHOLE && rc != READ_BROKEN)
		goto out;
	if (spent < 0)
		spent = answer_cost(asker.m, &a.usage, 1);
	response = ask_response(asker.m, &a, spent,
	    json_numberor(e, "seconds", 0), json_get(e, "attempts"), key);
	json_set(e, "format", cJSON_CreateNumber(STORE_FORMAT));
	json_set(e, "response", cJSON_Duplicate(response, 1));
	store_put(key, e);
out:
	answer_free(&a);
	buf_free(&b);
	free(path);
	return response;
}

enum {
	KNOWN_NOT,
	KNOWN,	       /* *response is it */
	KNOWN_PENDING, /* a batch has it */
};

static int
known(const char *key, cJSON **response, char **batch)
{
	cJSON *e = store_get(key), *r, *b;
	const char *outcome;
	int rc = KNOWN_NOT;

	*response = NULL;
	if (!e)
		return KNOWN_NOT;
	r = json_get(e, "response");
	outcome = cJSON_GetStringValue(json_get(r, "outcome"));
	if (json_numberor(e, "format", 0) != STORE_FORMAT || !outcome)
		*response = reread(key, e);
	else if (answer_outcome(outcome) != OUT_REJECTED)
		*response = cJSON_Duplicate(r, 1);
	b = json_at(e, "pending.batch");
	if (*response)
		rc = KNOWN;
	else if (cJSON_IsString(b)) {
		*batch = xstrdup(b->valuestring);
		rc = KNOWN_PENDING;
	}
	cJSON_Delete(e);
	return rc;
}

/* 1 if the job is at its end */
static int
lookup(struct job *j)
{
	cJSON *response;
	char *batch = NULL, *why;

	switch (known(j->key, &response, &batch)) {
	case KNOWN:
		/* the model file may have another name by now */
		cJSON_ReplaceItemInObjectCaseSensitive(
		    response, "model", cJSON_CreateString(asker.m->name));
		finish(j, response, 0, NULL);
		return 1;
	case KNOWN_PENDING:
		why = xasprintf("it is in batch %s, which has not been "
				"fetched yet (--batch poll)",
		    batch);
		free(batch);
		finish(j, NULL, EX_TEMPFAIL, why);
		free(why);
		return 1;
	}
	return 0;
}

static void
addattempt(struct job *j, const char *what, int64_t cost, int estimated)
{
	cJSON *o = cJSON_CreateObject();
	char money[32];

	if (j->t.status)
		json_set(o, "status", cJSON_CreateNumber(j->t.status));
	json_set(o, "result", json_text(what, strlen(what)));
	if (j->t.id[0])
		json_set(o, "id", json_text(j->t.id, strlen(j->t.id)));
	json_set(
	    o, "seconds", cJSON_CreateNumber(round(j->seconds * 1e6) / 1e6));
	if (cost) {
		money_print(cost, money);
		json_set(o, "cost", cJSON_CreateString(money));
	}
	if (estimated)
		json_set(o, "estimated", cJSON_CreateTrue());
	cJSON_AddItemToArray(j->attempts, o);
}

/* what an attempt cost as far as one can know */
static int64_t
attemptcost(struct job *j, int whole, int *estimated)
{
	struct usage guess = {0};
	int64_t stated, guessed;

	*estimated = 0;
	if (wire ? j->t.status >= 300 || (!j->t.status && !j->t.sent)
		 : !j->a.hasusage)
		return 0;
	if (whole && j->a.hasusage)
		return answer_cost(asker.m, &j->a.usage, 1);
	guess.input = j->inputguess / 2;
	guess.output = (int64_t)(j->a.text.len + j->a.reasoning.len) / 4;
	guessed = answer_cost(asker.m, &guess, 1);
	stated = j->a.hasusage ? answer_cost(asker.m, &j->a.usage, 1) : 0;
	*estimated = guessed > 0;
	return stated > guessed ? stated : guessed;
}

static void
settle(struct job *j, int whole, int limit, double wait, const char *what)
{
	int estimated;
	int64_t cost = attemptcost(j, whole, &estimated), tokens = -1;
	char line[128];

	if (j->a.hasusage)
		tokens = j->a.usage.input + j->a.usage.output;
	else if (j->t.status >= 400)
		tokens = 0;
	limiter_done(limiter, &j->ticket, limit, tokens, wait);
	if (asker.ledger) {
		snprintf(
		    line, sizeof(line), "%.16s %.60s", j->key, asker.m->name);
		ledger_settle(asker.ledger, j->reserved, cost, line);
	}
	j->reserved = 0;
	j->spent += cost;
	addattempt(j, what, cost, estimated);
}

/* milliseconds to wait before the next attempt, -1: no more, and why */
static double
nextwait(struct job *j, const struct error *e, char *why, size_t size)
{
	double base = asker.m->trybase * pow(2, j->tries - 1), wait;
	double gone = (double)(nowns() - j->first) / 1e9;

	if (base > MAXWAIT)
		base = MAXWAIT;
	wait = base * (double)random() / (double)RAND_MAX;
	if (e->hint > asker.m->hintcap) {
		snprintf(why, size, "the server asks to wait %.0f s", e->hint);
		return -1;
	}
	if (e->hint >= 0)
		wait = e->hint + (e->hint < 10 ? 0.1 : 0.01) * wait;
	if (j->same >= SAME && !e->ratelimit)
		snprintf(why, size, "the same failure %d times", j->same);
	else if (j->tries >= asker.m->tries)
		snprintf(why, size, "%d attempts", j->tries);
	else if (gone + wait > asker.m->trytime)
		snprintf(why, size, "%.0f s of attempts", gone);
	else
		return wait;
	return -1;
}

static void
countsame(struct job *j, const char *what)
{
	j->same = strcmp(j->last, what) == 0 ? j->same + 1 : 1;
	snprintf(j->last, sizeof(j->last), "%s", what);
}

static void
keepfailed(struct job *j)
{
	char *path;

	if (!j->spoolpath)
		return;
	path = store_path(j->key, ".failed");
	rename(j->spoolpath, path);
	free(path);
	free(j->spoolpath);
	j->spoolpath = NULL;
}

/* no more attempts: part of an answer is data, none is a failure */
static void
giveup(struct job *j, const char *what, const struct error *e, const char *why)
{
	char *line;

	if (j->a.text.len || j->a.reasoning.len) {
		j->a.outcome = OUT_ABORTED;
		free(j->a.reason);
		j->a.reason = xasprintf(
		    "%s%s%s (%s)", what, e->text[0] ? ": " : "", e->text, why);
		answered(j);
		return;
	}
	keepfailed(j);
	line = xasprintf("no answer after %s: %s%s%s", why, what,
	    e->text[0] ? ": " : "", e->text);
	finish(j, NULL, j->unreached == j->tries ? EX_UNAVAILABLE : EX_TEMPFAIL,
	    line);
	free(line);
}

static void
again(struct job *j, struct error *e, const char *what)
{
	char why[80];
	double wait;

	countsame(j, what);
	wait = nextwait(j, e, why, sizeof(why));
	settle(j, 0, e->ratelimit ? LIMIT_FAST : LIMIT_OTHER,
	    wait >= 0 && e->hint >= 0 ? wait : 0, what);
	if (wait < 0) {
		giveup(j, what, e, why);
		return;
	}
	keepfailed(j);
	cleanattempt(j);
	answer_free(&j->a);
	j->state = JOB_WAIT;
	j->wake = nowns() + (uint64_t)(wait * 1e9);
}

static void
fatal(struct job *j, const struct error *e, const char *what)
{
	int status = e->fault == FAULT_ACCOUNT ? EX_NOPERM : EX_UNAVAILABLE;
	char *line = xasprintf("%s%s%s", what, e->text[0] ? ": " : "", e->text);

	settle(j, 0, LIMIT_OTHER, 0, what);
	stop(status, line);
	finish(j, NULL, status, line);
	free(line);
}

static void
notaccepted(struct job *j, const struct error *e, const char *what)
{
	answer_free(&j->a);
	j->a.outcome = e->fault == FAULT_FILTERED ? OUT_FILTERED : OUT_REJECTED;
	answer_set(&j->a.category, e->code);
	answer_set(&j->a.reason, e->text[0] ? e->text : what);
	settle(j, 0, LIMIT_OTHER, 0, what);
	answered(j);
}

static void
failed(struct job *j, struct error *e)
{
	char what[160];

	secret_redact(e->text, strlen(e->text));
	secret_redact(e->code, strlen(e->code));
	if (j->t.hint >= 0)
		e->hint = j->t.hint;
	if (j->t.shouldretry == 1)
		e->fault = FAULT_RETRY;
	if (j->t.status && j->t.status != atoi(e->code))
		snprintf(what, sizeof(what), "%d %s", j->t.status, e->code);
	else
		snprintf(what, sizeof(what), "%s", e->code);
	switch (e->fault) {
	case FAULT_REQUEST:
	case FAULT_FILTERED: notaccepted(j, e, what); return;
	case FAULT_ACCOUNT:
	case FAULT_SETUP: fatal(j, e, what); return;
	default: break;
	}
	if (j->t.shouldretry == 0) {
		settle(j, 0, e->ratelimit ? LIMIT_FAST : LIMIT_OTHER, 0, what);
		giveup(j, what, e, "a server that says not to ask again");
		return;
	}
	again(j, e, what);
}

static void
whole(struct job *j)
{
	settle(j, 1, LIMIT_OK, 0, answer_outcomename(j->a.outcome));
	answered(j);
}

static void
broken(struct job *j)
{
	struct error e = {.fault = FAULT_RETRY, .hint = -1};

	snprintf(e.code, sizeof(e.code), "%s",
	    j->t.toolong ? "body-size" : "broken-off");
	if (j->t.toolong)
		snprintf(e.text, sizeof(e.text),
		    "more than %zu MiB, or an event of more than %u",
		    ASK_MAXBODY >> 20, SSE_MAX >> 20);
	else if (j->a.finish)
		snprintf(e.text, sizeof(e.text), "finish_reason '%.40s'",
		    j->a.finish);
	else
		snprintf(e.text, sizeof(e.text), "%s",
		    j->t.error[0] ? j->t.error : "no end of the answer");
	if (!j->t.toolong) {
		failed(j, &e);
		return;
	}
	settle(j, 0, LIMIT_OTHER, 0, e.code);
	giveup(j, e.code, &e, "a body that is too long");
}

/* bytes of an answer, without the key: to the disk, then to the parser */
static void
take(struct job *j, const char *p, size_t n)
{
	if (j->spool < 0) {
		free(j->spoolpath);
		j->spoolpath = xasprintf("%s/%.2s/%s.body.%d", store_dir(),
		    j->key, j->key, getpid());
		j->spool = open(j->spoolpath,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (j->spool < 0)
			err(EX_IOERR, "%s", j->spoolpath);
	}
	if (writeall(j->spool, p, n) < 0)
		err(EX_IOERR, "%s", j->spoolpath);
	reader_feed(&j->r, p, n);
}

static void
ondata(struct transfer *t, const char *p, size_t n)
{
	struct job *j = t->arg;
	int status = http_status(t);
	size_t tail;

	if (status < 200 || status > 299) {
		if (j->body.len < MAXERROR)
			buf_add(&j->body, p,
			    n < MAXERROR - j->body.len
				? n
				: MAXERROR - j->body.len);
		return;
	}
	if (!secret_value()) {
		take(j, p, n);
		return;
	}
	buf_add(&j->held, p, n);
	secret_redact(j->held.data, j->held.len);
	tail = secret_tail(j->held.data, j->held.len);
	take(j, j->held.data, j->held.len - tail);
	memmove(j->held.data, j->held.data + j->held.len - tail, tail);
	j->held.len = tail;
}

static void
transport(struct job *j)
{
	struct transfer *t = &j->t;
	struct error e = {.fault = FAULT_RETRY, .hint = -1};

	if (http_issetup(t->curl))
		e.fault = FAULT_SETUP;
	if (http_isunreached(t->curl))
		j->unreached++;
	snprintf(e.code, sizeof(e.code), "transfer-%d", t->curl);
	snprintf(e.text, sizeof(e.text), "%s", t->error);
	failed(j, &e);
}

static void
redirected(struct job *j)
{
	struct error e = {.fault = FAULT_SETUP, .hint = -1};

	snprintf(e.code, sizeof(e.code), "%d", j->t.status);
	snprintf(e.text, sizeof(e.text),
	    "a redirect, which is not followed: mend base_url '%.200s'",
	    asker.m->base_url);
	failed(j, &e);
}

static void
ondone(struct transfer *t)
{
	struct job *j = t->arg;
	struct error e;

	j->seconds = t->seconds;
	if (t->status >= 300 && t->status < 400) {
		redirected(j);
		return;
	}
	if (t->status < 200) {
		transport(j);
		return;
	}
	if (t->status > 299) {
		if (j->body.data)
			secret_redact(j->body.data, j->body.len);
		wire_error(t->status, j->body.data ? j->body.data : "",
		    j->body.len, &e);
		failed(j, &e);
		return;
	}
	if (j->held.len)
		take(j, j->held.data, j->held.len);
	switch (reader_end(&j->r, t->curl == CURLE_OK)) {
	case READ_WHOLE: whole(j); return;
	case READ_BROKEN: broken(j); return;
	}
	e = j->r.error;
	if (strcmp(e.code, "event-size") == 0) {
		t->toolong = 1;
		broken(j);
		return;
	}
	failed(j, &e);
}

static void
startremote(struct job *j)
{
	j->t = (struct transfer){.m = asker.m,
	    .url = j->t.url ? j->t.url : wire->url(asker.m, j->stream),
	    .auth = asker.m->auth ? asker.m->auth : wire->auth,
	    .header = wire->header,
	    .body = j->text,
	    .bodylen = strlen(j->text),
	    .accept = j->stream ? "text/event-stream" : "application/json",
	    .max = ASK_MAXBODY,
	    .data = ondata,
	    .done = ondone,
	    .arg = j};
	if (!asker.m->key_env)
		j->t.auth = NULL;
	j->r = (struct reader){.w = wire, .a = &j->a};
	http_start(&j->t);
}

static void
startexec(struct job *j)
{
	struct error e = {.fault = FAULT_SETUP, .hint = -1};
	int rc = exec_start(
	    &j->x, asker.m->command, j->text, asker.m->total, ASK_MAXBODY);

	j->t.hint = j->t.shouldretry = -1;
	if (rc == 0)
		return;
	snprintf(e.code, sizeof(e.code), "exec");
	snprintf(e.text, sizeof(e.text), "%.200s: %s",
	    asker.m->command->child->valuestring, strerror(errno));
	failed(j, &e);
}

static void
execdone(struct job *j)
{
	struct error e = {.fault = FAULT_RETRY, .hint = -1};
	int status = WIFEXITED(j->x.status) ? WEXITSTATUS(j->x.status) : -1;

	j->seconds = (double)((nowns() - j->started) / 1000) / 1e6;
	buf_add(&j->body, j->x.output.data, j->x.output.len);
	if (status == 0 && !j->x.timedout && !j->x.toolong) {
		if (readlocal(asker.m, j->body.data, j->body.len, &j->a, &e) ==
		    READ_WHOLE)
			whole(j);
		else
			failed(j, &e);
		return;
	}
	if (status == EX_NOPERM)
		e.fault = FAULT_ACCOUNT;
	else if (status == EX_UNAVAILABLE || status == EX_USAGE ||
		 status == 126 || status == 127)
		e.fault = FAULT_SETUP;
	else if (status == EX_DATAERR)
		e.fault = FAULT_REQUEST;
	snprintf(e.code, sizeof(e.code), "exec-%d", status);
	snprintf(e.text, sizeof(e.text), "%.200s %s",
	    asker.m->command->child->valuestring,
	    j->x.timedout  ? "took too long"
	    : j->x.toolong ? "wrote too much"
	    : status < 0   ? "was killed by a signal"
			   : "failed");
	failed(j, &e);
}

/* take the right to spend and to ask: 1 if the attempt may start */
static int
admitted(struct job *j)
{
	int64_t tokens = j->inputguess / 2 +
			 (asker.m->maxoutput ? asker.m->maxoutput : 2000);
	int64_t settled, reserved;
	char need[32], have[32], held[32], line[96], *why;
	long wait = limiter_take(limiter, tokens, &j->ticket);

	if (wait) {
		j->wake = nowns() + (uint64_t)wait * 1000000u;
		return 0;
	}
	if (!asker.ledger)
		return 1;
	snprintf(line, sizeof(line), "%.16s %.60s", j->key, asker.m->name);
	switch (ledger_reserve(asker.ledger, j->greatest, line)) {
	case LEDGER_OK: j->reserved = j->greatest; return 1;
	case LEDGER_WAIT:
		limiter_cancel(limiter, &j->ticket);
		j->wake = nowns() + (uint64_t)(50 + random() % 100) * 1000000u;
		return 0;
	}
	limiter_cancel(limiter, &j->ticket);
	ledger_sums(asker.ledger, &settled, &reserved);
	money_print(j->greatest, need);
	money_print(settled, have);
	money_print(reserved, held);
	why = xasprintf("the budget is spent: %s USD spent, %s reserved, and "
			"this call may cost %s",
	    have, held, need);
	stop(EX_NOPERM, why);
	finish(j, NULL, EX_NOPERM, why);
	free(why);
	return 0;
}

static void
defer(struct job *j)
{
	ask_setpending(asker.m, j->canonical, NULL);
	finish(j, NULL, EX_TEMPFAIL, "it waits for a batch (--batch submit)");
}

static void
nokey(struct job *j)
{
	char *why = xasprintf("model '%s' needs its key in the environment "
			      "variable %s",
	    asker.m->name, asker.m->key_env);

	stop(EX_UNAVAILABLE, why);
	finish(j, NULL, EX_UNAVAILABLE, why);
	free(why);
}

static void
turn(struct job *j, uint64_t now)
{
	if (j->state == JOB_RUN) {
		if (j->x.pid > 0 && exec_turn(&j->x))
			execdone(j);
		return;
	}
	if (j->wake > now)
		return;
	if (stopstatus) {
		finish(j, NULL, stopstatus, stopwhy);
		return;
	}
	if (j->state == JOB_LOCK) {
		j->lock = store_lock(j->key);
		if (j->lock < 0) {
			j->wake =
			    now + (50 + (uint64_t)random() % 50) * 1000000u;
			return;
		}
		if (lookup(j))
			return;
		if (asker.defer || strcmp(kind, "queue") == 0) {
			defer(j);
			return;
		}
		j->first = now;
		j->state = JOB_WAIT;
	}
	if (wire && asker.m->key_env && !secret_value()) {
		nokey(j);
		return;
	}
	if (!admitted(j))
		return;
	j->tries++;
	j->state = JOB_RUN;
	j->started = now;
	if (wire)
		startremote(j);
	else
		startexec(j);
}

static char *
textof(const struct job *j, const cJSON *request)
{
	cJSON *body;
	char *text;

	if (!wire) {
		body = cJSON_CreateObject();
		json_set(body, "model",
		    cJSON_CreateString(
			asker.m->model ? asker.m->model : asker.m->name));
		json_set(body, "request", cJSON_Duplicate(request, 1));
	} else {
		body = cJSON_Duplicate(json_get(j->canonical, "body"), 1);
		if (j->stream)
			wire->streaming(body);
	}
	text = json_print(body);
	cJSON_Delete(body);
	return text;
}

static int
streams(void)
{
	if (!wire)
		return 0;
	if (asker.m->stream >= 0)
		return asker.m->stream;
	return !asker.m->maxoutput || asker.m->maxoutput > 4096;
}

static void
startpaid(
    const cJSON *request, void (*done)(void *, struct outcome_of *), void *arg)
{
	struct job *j = xcalloc(1, sizeof(*j));

	j->done = done;
	j->arg = arg;
	j->lock = j->spool = -1;
	j->ticket.slot = -1;
	j->attempts = cJSON_CreateArray();
	j->canonical = ask_canonical(asker.m, request);
	store_key(j->canonical, j->key);
	jobs = xreallocarray(jobs, njobs + 1, sizeof(*jobs));
	jobs[njobs++] = j;
	if (lookup(j))
		return;
	j->stream = streams();
	j->inputguess = wire_inputguess(request);
	j->greatest = ask_greatest(asker.m, request);
	j->text = textof(j, request);
}

static void
startlocal(
    const cJSON *record, void (*done)(void *, struct outcome_of *), void *arg)
{
	const cJSON *request = json_object(record, "request");
	struct question q = {.task = json_object(record, "task"),
	    .request = request,
	    .role = json_stringor(request, "role", "coder")};
	struct outcome_of o = {0};
	struct answer a = {0};
	uint64_t start = nowns();
	char key[65];
	cJSON *c;

	q.attempt = (long)json_intor(request, "attempt", 0, 1000000, 1);
	q.sample = (long)json_intor(request, "sample", 0, 1000000, 0);
	c = ask_canonical(asker.m, request);
	store_key(c, key);
	cJSON_Delete(c);
	q.key = key;
	if (strcmp(kind, "oracle") == 0) {
		oracle_answer(&q, &a);
	} else if (!replay_answer(asker.replay, &q, &a)) {
		o.status = EX_UNAVAILABLE;
		o.why = xasprintf("no recorded answer for attempt %ld, "
				  "sample %ld, role '%s'",
		    q.attempt, q.sample, q.role);
	}
	if (!o.status)
		o.response = ask_response(asker.m, &a, 0,
		    (double)(nowns() - start) / 1e9, NULL, NULL);
	done(arg, &o);
	free(o.why);
	answer_free(&a);
}

void
ask_start(const cJSON *record, void (*done)(void *arg, struct outcome_of *),
    void *arg)
{
	if (strcmp(kind, "oracle") == 0 || strcmp(kind, "replay") == 0)
		startlocal(record, done, arg);
	else
		startpaid(json_object(record, "request"), done, arg);
}

/* let every job act that can, in the order of the questions; one that is at
   its end leaves the list */
static void
turnall(void)
{
	uint64_t now = nowns();
	struct job *j;
	size_t i = 0;

	while (i < njobs) {
		j = jobs[i];
		turn(j, now);
		i += i < njobs && jobs[i] == j;
	}
}

/* milliseconds until the next job wants to act */
static long
nextwake(long ms)
{
	uint64_t now = nowns();
	size_t i;

	for (i = 0; i < njobs; i++) {
		uint64_t at = jobs[i]->wake;
		long left;

		if (jobs[i]->state == JOB_RUN) {
			if (jobs[i]->x.pid <= 0)
				continue;
			/* an exec that closed stdout is waited for */
			at = jobs[i]->x.out >= 0 ? jobs[i]->x.deadline
						 : now + 5000000;
		}
		left = at > now ? (long)((at - now) / 1000000) + 1 : 0;
		if (left < ms)
			ms = left;
	}
	return ms;
}

int
ask_turn(long ms, int fd)
{
	struct pollfd *fds = xcalloc(njobs * 2 + 1, sizeof(*fds));
	size_t i, before = njobs;
	unsigned n = 0;
	int readable;

	turnall();
	if (njobs < before)
		ms = 0;
	if (fd >= 0)
		fds[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
	for (i = 0; i < njobs; i++)
		if (jobs[i]->x.pid > 0)
			n += exec_fds(&jobs[i]->x, fds + n);
	http_turn(nextwake(ms), fds, n);
	readable = fd >= 0 && fds[0].revents;
	free(fds);
	return readable;
}
