#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "batch.h"
#include "secret.h"
#include "store.h"

#define MAXRESULTS ((size_t)2 << 30)
#define MAXREPLY ((size_t)16 << 20)

/* what a provider takes at once */
static const struct {
	const char *provider;
	size_t requests, bytes;
} limits[] = {
    {"openai-chat", 50000, 190u << 20},
    {"openai-responses", 50000, 190u << 20},
    {"anthropic", 100000, 250u << 20},
    {"gemini", 100000, 19u << 20},
};

/* what an import came to */
struct tally {
	long answered, failed, unknown;
	int64_t cost;
};

static const struct model *model;

static int
isopenai(void)
{
	return strncmp(model->provider, "openai", 6) == 0;
}

static int
is(const char *provider)
{
	return strcmp(model->provider, provider) == 0;
}

/* a request in the provider's form, under its key */
static cJSON *
exported(const char *key, const cJSON *canonical)
{
	const cJSON *body = json_get(canonical, "body");
	cJSON *line = cJSON_CreateObject();

	if (isopenai()) {
		json_set(line, "custom_id", cJSON_CreateString(key));
		json_set(line, "method", cJSON_CreateString("POST"));
		json_set(line, "url",
		    cJSON_CreateString(is("openai-chat")
					   ? "/v1/chat/completions"
					   : "/v1/responses"));
		json_set(line, "body", cJSON_Duplicate(body, 1));
	} else if (is("anthropic")) {
		json_set(line, "custom_id", cJSON_CreateString(key));
		json_set(line, "params", cJSON_Duplicate(body, 1));
	} else if (is("gemini")) {
		json_set(line, "key", cJSON_CreateString(key));
		json_set(line, "request", cJSON_Duplicate(body, 1));
	} else {
		json_set(line, "key", cJSON_CreateString(key));
		json_each (c, canonical)
			json_set(line, c->string, cJSON_Duplicate(c, 1));
	}
	return line;
}

/* the entry of a key if it is not answered, else NULL */
static cJSON *
unanswered(const char *key)
{
	cJSON *e = store_get(key);
	const char *outcome =
	    cJSON_GetStringValue(json_at(e, "response.outcome"));

	if (e && outcome && answer_outcome(outcome) != OUT_REJECTED) {
		cJSON_Delete(e);
		return NULL;
	}
	return e ? e : cJSON_CreateObject();
}

static void
exportrecord(cJSON *record, long sample)
{
	cJSON *request = json_object(record, "request"), *c, *line, *e;
	char key[65];

	if (sample >= 0)
		json_set(request, "sample", cJSON_CreateNumber((double)sample));
	c = ask_canonical(model, request);
	store_key(c, key);
	e = unanswered(key);
	if (e && !json_at(e, "pending.batch")) {
		ask_setpending(model, c, NULL);
		line = exported(key, c);
		json_write(stdout, line);
		cJSON_Delete(line);
	}
	cJSON_Delete(e);
	cJSON_Delete(c);
}

static FILE *
openfile(const char *path)
{
	FILE *fp = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (!fp)
		err(EX_UNAVAILABLE, "%s", path);
	return fp;
}

static void
needstore(void)
{
	if (is("oracle") || is("replay"))
		errx(EX_USAGE, "model '%s': its answers are at hand",
		    model->name);
}

int
batch_export(const struct model *m, char *const *files, long sample)
{
	cJSON *record;

	model = m;
	needstore();
	for (; *files; files++) {
		struct jsonin in = {.fp = openfile(*files), .name = *files};

		while ((record = json_readrecord(&in))) {
			exportrecord(record, sample);
			cJSON_Delete(record);
		}
		json_end(&in);
	}
	closeout();
	return 0;
}

static char *
pendingpath(const char *key)
{
	return xasprintf("%s/pending/%s", store_dir(), key);
}

/* the answer of entry e is in a; body is what it was read from */
static void
keep(cJSON *e, const char *key, struct answer *a, const char *body,
    const char *batch, double discount, struct tally *t)
{
	int64_t cost = answer_cost(model, &a->usage, discount);
	cJSON *attempt = cJSON_CreateObject(), *attempts = cJSON_CreateArray();
	char money[32], *path;

	money_print(cost, money);
	json_set(attempt, "result",
	    cJSON_CreateString(answer_outcomename(a->outcome)));
	if (batch)
		json_set(attempt, "batch", cJSON_CreateString(batch));
	json_set(attempt, "cost", cJSON_CreateString(money));
	cJSON_AddItemToArray(attempts, attempt);
	if (store_putfile(key, ".body", body, strlen(body)) < 0)
		err(EX_IOERR, "store '%s'", store_dir());
	cJSON_DeleteItemFromObjectCaseSensitive(e, "pending");
	json_set(e, "format", cJSON_CreateNumber(STORE_FORMAT));
	json_set(e, "attempts", cJSON_Duplicate(attempts, 1));
	json_set(e, "seconds", cJSON_CreateNumber(0));
	json_set(e, "cost", cJSON_CreateString(money));
	json_set(e, "response", ask_response(model, a, cost, 0, attempts, key));
	if (store_put(key, e) < 0)
		err(EX_IOERR, "store '%s'", store_dir());
	cJSON_Delete(attempts);
	path = pendingpath(key);
	unlink(path);
	free(path);
	t->answered++;
	t->cost += cost;
}

/* no answer: it waits again */
static void
putback(const char *key, const char *why)
{
	cJSON *e = store_get(key);

	if (e && !json_get(e, "response") && json_get(e, "request")) {
		ask_setpending(model, json_get(e, "request"), NULL);
		warnx("%.16s: %s: it waits again", key, why);
	}
	cJSON_Delete(e);
}

/* the part of a line that is an answer, or NULL, with status and error */
static const cJSON *
inner(const cJSON *line, int *status, const cJSON **error)
{
	const cJSON *r;

	*status = 200;
	*error = NULL;
	if (isopenai()) {
		r = json_get(line, "response");
		*error = json_get(line, "error");
		if (wire_count(r, "status_code") > 0)
			*status = (int)wire_count(r, "status_code");
		return json_get(r, "body");
	}
	if (is("anthropic")) {
		*error = json_at(line, "result.error");
		if (!*error && !json_at(line, "result.message"))
			*error = json_at(line, "result.type");
		*status = *error ? 0 : 200;
		return json_at(line, "result.message");
	}
	if (is("gemini")) {
		*error = json_get(line, "error");
		return json_get(line, "response");
	}
	return line;
}

static void
failed(cJSON *e, const char *key, int status, const cJSON *error,
    const char *batch, struct tally *t)
{
	char *text = error ? json_print(error) : xstrdup("");
	struct answer a = {0};
	struct error why;

	t->failed++;
	wire_error(status, text, strlen(text), &why);
	secret_redact(why.text, strlen(why.text));
	if (cJSON_IsString(error))
		snprintf(
		    why.code, sizeof(why.code), "%.90s", error->valuestring);
	if (strcmp(why.code, "invalid_request_error") == 0 ||
	    strcmp(why.code, "INVALID_ARGUMENT") == 0)
		why.fault = FAULT_REQUEST;
	if (why.fault == FAULT_REQUEST || why.fault == FAULT_FILTERED) {
		a.outcome =
		    why.fault == FAULT_REQUEST ? OUT_REJECTED : OUT_FILTERED;
		answer_set(&a.category, why.code);
		answer_set(&a.reason, why.text[0] ? why.text : why.code);
		keep(e, key, &a, text, batch, 1, t);
		t->answered--;
		answer_free(&a);
	} else {
		putback(key, why.code);
	}
	free(text);
}

static const char *
keyof(const cJSON *line)
{
	static const char *const names[] = {
	    "custom_id", "key", "metadata.key", NULL};
	const char *const *n, *key;

	for (n = names; *n; n++)
		if ((key = wire_string(line, *n)) && strlen(key) == 64 &&
		    key[strspn(key, "0123456789abcdef")] == '\0')
			return key;
	return NULL;
}

/* {"key","text",...}: by other means than the provider's, so for nothing */
static void
importplain(cJSON *e, const char *key, const cJSON *line, struct tally *t)
{
	struct answer a = {0};
	char *text = json_print(line);
	const char *why;

	if (answer_fromjson(line, &a, &why) == 0) {
		keep(e, key, &a, text, NULL, 1, t);
	} else {
		warnx("%.16s: not an answer: %s", key, why);
		t->failed++;
	}
	answer_free(&a);
	free(text);
}

/* key is used if the line names none */
static void
importline(const cJSON *line, const char *key, const char *batch,
    double discount, struct tally *t)
{
	const char *own = keyof(line);
	const cJSON *body, *error;
	struct answer a = {0};
	struct error ignored;
	const char *outcome;
	cJSON *e;
	char *text;
	int status;

	if (own)
		key = own;
	e = key ? store_get(key) : NULL;
	if (!e || !json_get(e, "request")) {
		t->unknown++;
		goto out;
	}
	outcome = wire_string(e, "response.outcome");
	if (outcome && answer_outcome(outcome) != OUT_REJECTED) {
		t->answered++;
		goto out;
	}
	if (wire_string(line, "text") || wire_string(line, "outcome")) {
		importplain(e, key, line, t);
		goto out;
	}
	body = inner(line, &status, &error);
	if (status >= 300 || !body || error) {
		failed(e, key, status, error ? error : body, batch, t);
		goto out;
	}
	text = json_print(body);
	if (ask_reread(model, text, strlen(text), &a, &ignored) == 0) {
		keep(e, key, &a, text, batch, discount, t);
	} else {
		t->failed++;
		putback(key, "not an answer");
	}
	free(text);
out:
	answer_free(&a);
	cJSON_Delete(e);
}

static void
importfile(FILE *fp, const char *name, const char *batch, double discount,
    struct tally *t)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t n;
	long number = 0;

	while ((n = getline(&text, &size, fp)) > 0) {
		cJSON *line;

		number++;
		if (text[strspn(text, " \t\r\n")] == '\0')
			continue;
		secret_redact(text, (size_t)n);
		line = wire_json(text, (size_t)n);
		if (cJSON_IsObject(line)) {
			importline(line, NULL, batch, discount, t);
		} else {
			warnx("%s:%ld: not a JSON object", name, number);
			t->failed++;
		}
		cJSON_Delete(line);
	}
	if (ferror(fp))
		err(EX_IOERR, "%s", name);
	free(text);
}

static void
tell(const char *what, const struct tally *t)
{
	char money[32];

	money_print(t->cost, money);
	fprintf(stderr,
	    "llm-call: %s: %ld answered, %ld failed, %ld unknown, %s USD\n",
	    what, t->answered, t->failed, t->unknown, money);
}

int
batch_import(const struct model *m, char *const *files)
{
	struct tally t = {0};

	model = m;
	needstore();
	for (; *files; files++) {
		FILE *fp = openfile(*files);

		importfile(fp, *files, NULL, m->batch, &t);
		if (fp != stdin)
			fclose(fp);
	}
	tell("import", &t);
	return t.unknown || t.failed ? EX_DATAERR : 0;
}

/* one transfer to its end */
struct call {
	struct transfer t;
	struct buf reply;
	FILE *file; /* instead of reply */
	int done;
};

static void
oncalldata(struct transfer *t, const char *p, size_t n)
{
	struct call *c = t->arg;

	if (c->file)
		fwrite(p, 1, n, c->file);
	else
		buf_add(&c->reply, p, n);
}

static void
oncalldone(struct transfer *t)
{
	((struct call *)t->arg)->done = 1;
}

static _Noreturn void
callfailed(struct call *c, const char *what)
{
	struct error e;

	if (c->reply.data)
		secret_redact(c->reply.data, c->reply.len);
	wire_error(
	    c->t.status, c->reply.data ? c->reply.data : "", c->reply.len, &e);
	secret_redact(e.text, strlen(e.text));
	errx(c->t.status >= 400 && e.fault == FAULT_ACCOUNT   ? EX_NOPERM
	     : c->t.status >= 400 && e.fault == FAULT_REQUEST ? EX_DATAERR
							      : EX_TEMPFAIL,
	    "%s: %s %s", what, c->t.status ? e.code : "no answer",
	    c->t.status ? e.text : c->t.error);
}

static cJSON *
call(const char *what, const char *url, const char *body, size_t len,
    const char *filename, FILE *file)
{
	struct call c = {.file = file};
	const char *auth = model->auth ? model->auth : wire_of(model)->auth;
	cJSON *json;

	c.t = (struct transfer){.m = model,
	    .auth = model->key_env ? auth : NULL,
	    .header = wire_of(model)->header,
	    .url = url,
	    .body = body,
	    .bodylen = len,
	    .filename = filename,
	    .max = file ? MAXRESULTS : MAXREPLY,
	    .data = oncalldata,
	    .done = oncalldone,
	    .arg = &c};
	http_start(&c.t);
	while (!c.done)
		http_turn(60000, NULL, 0);
	if (c.t.curl != CURLE_OK || c.t.status < 200 || c.t.status > 299)
		callfailed(&c, what);
	if (file)
		return NULL;
	json = wire_json(c.reply.data ? c.reply.data : "", c.reply.len);
	if (!cJSON_IsObject(json))
		errx(EX_TEMPFAIL, "%s: the server's reply is no JSON", what);
	buf_free(&c.reply);
	return json;
}

/* a name that the server gave, fit for an address and a file */
static const char *
safe(const cJSON *json, const char *path, const char *what)
{
	const char *s = wire_string(json, path);

	if (!s || !*s || strlen(s) > 200 || strstr(s, "..") ||
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"0123456789_-./:")])
		errx(EX_TEMPFAIL, "%s: no usable '%s' in the server's reply",
		    what, path);
	return s;
}

static char *
statepath(const char *id)
{
	char *path = xasprintf("%s/batches/%s.json", store_dir(), id), *p;

	for (p = path + strlen(store_dir()) + 9; *p; p++)
		if (*p == '/' || *p == ':')
			*p = '_';
	return path;
}

static char *
submitopenai(const struct buf *lines)
{
	char *url = xasprintf("%s/files", model->base_url), *text, *id;
	cJSON *file, *o = cJSON_CreateObject(), *b;

	file =
	    call("upload", url, lines->data, lines->len, "batch.jsonl", NULL);
	json_set(
	    o, "input_file_id", cJSON_CreateString(safe(file, "id", "upload")));
	json_set(o, "endpoint",
	    cJSON_CreateString(
		is("openai-chat") ? "/v1/chat/completions" : "/v1/responses"));
	json_set(o, "completion_window", cJSON_CreateString("24h"));
	text = json_print(o);
	free(url);
	url = xasprintf("%s/batches", model->base_url);
	b = call("batch", url, text, strlen(text), NULL, NULL);
	id = xstrdup(safe(b, "id", "batch"));
	free(text);
	free(url);
	cJSON_Delete(o);
	cJSON_Delete(b);
	cJSON_Delete(file);
	return id;
}

/* the lines of an export as the elements of an array, between head and tail */
static char *
joined(const char *head, const struct buf *lines, const char *tail)
{
	struct buf b = {0};
	size_t i;

	buf_adds(&b, head);
	buf_add(&b, lines->data, lines->len - 1);
	for (i = strlen(head); i < b.len; i++)
		if (b.data[i] == '\n')
			b.data[i] = ',';
	buf_adds(&b, tail);
	return b.data;
}

static char *
submitanthropic(const struct buf *lines)
{
	char *url = xasprintf("%s/v1/messages/batches", model->base_url), *id;
	char *text = joined("{\"requests\":[", lines, "]}");
	cJSON *b = call("batch", url, text, strlen(text), NULL, NULL);

	id = xstrdup(safe(b, "id", "batch"));
	cJSON_Delete(b);
	free(text);
	free(url);
	return id;
}

static char *
submitgemini(const struct buf *lines)
{
	char *url = xasprintf("%s/v1beta/models/%s:batchGenerateContent",
	    model->base_url, model->model);
	char *text = joined("{\"batch\":{\"displayName\":\"mkbench\","
			    "\"inputConfig\":{\"requests\":{\"requests\":[",
	    lines, "]}}}}");
	cJSON *b = call("batch", url, text, strlen(text), NULL, NULL);
	char *id = xstrdup(safe(b, "name", "batch"));

	cJSON_Delete(b);
	free(text);
	free(url);
	return id;
}

/* in its inline form the key of Gemini's line is metadata */
static cJSON *
inlined(cJSON *line)
{
	cJSON *meta, *key;

	if (!is("gemini"))
		return line;
	key = cJSON_DetachItemFromObjectCaseSensitive(line, "key");
	meta = cJSON_CreateObject();
	json_set(meta, "key", key);
	json_set(line, "metadata", meta);
	return line;
}

struct load {
	struct buf lines;
	cJSON *keys;
	size_t requests, most, mostbytes;
	int64_t greatest;
	struct ledger *ledger;
	long batches;
};

static void
setbatch(const cJSON *keys, const char *id)
{
	json_each (key, keys) {
		cJSON *e = store_get(key->valuestring);

		if (e && json_get(e, "request"))
			ask_setpending(model, json_get(e, "request"), id);
		cJSON_Delete(e);
	}
}

static void
ship(struct load *l)
{
	cJSON *state = cJSON_CreateObject();
	char *id, *path, *text, money[32];

	if (!l->requests)
		return;
	if (l->ledger &&
	    ledger_reserve(l->ledger, l->greatest, model->name) != LEDGER_OK)
		errx(EX_NOPERM, "the budget does not allow a batch of %zu",
		    l->requests);
	id = isopenai()	       ? submitopenai(&l->lines)
	     : is("anthropic") ? submitanthropic(&l->lines)
			       : submitgemini(&l->lines);
	money_print(l->greatest, money);
	json_set(state, "id", cJSON_CreateString(id));
	json_set(state, "model", cJSON_CreateString(model->name));
	json_set(state, "reserved", cJSON_CreateString(money));
	json_set(state, "since", json_u64((uint64_t)time(NULL)));
	json_set(state, "keys", cJSON_Duplicate(l->keys, 1));
	path = statepath(id);
	text = json_print(state);
	if (writefile(path, text, strlen(text), 0) < 0)
		err(EX_IOERR, "%s: batch %s was submitted", path, id);
	setbatch(l->keys, id);
	if (l->ledger)
		ledger_leave(l->ledger);
	fprintf(stderr, "llm-call: batch %s: %zu requests\n", id, l->requests);
	free(path);
	free(text);
	free(id);
	cJSON_Delete(state);
	cJSON_Delete(l->keys);
	l->keys = cJSON_CreateArray();
	l->lines.len = l->requests = 0;
	l->greatest = 0;
	l->batches++;
}

static void
loadkey(struct load *l, const char *key)
{
	cJSON *e = unanswered(key), *c = json_get(e, "request"), *line;
	char *text;

	if (!c || json_at(e, "pending.batch")) {
		cJSON_Delete(e);
		return;
	}
	line = inlined(exported(key, c));
	text = json_print(line);
	if (l->requests == l->most ||
	    l->lines.len + strlen(text) > l->mostbytes)
		ship(l);
	buf_addf(&l->lines, "%s\n", text);
	cJSON_AddItemToArray(l->keys, cJSON_CreateString(key));
	l->requests++;
	l->greatest +=
	    (int64_t)((double)ask_greatest(model, json_get(c, "body")) *
		      model->batch);
	free(text);
	cJSON_Delete(line);
	cJSON_Delete(e);
}

/* the keys that wait for a batch of this model */
static int
bydeferred(const struct dirent *d)
{
	char *path = pendingpath(d->d_name);
	struct buf b = {0};
	int mine = strlen(d->d_name) == 64 &&
		   buf_readfile(&b, path, 4096) == 0 && b.data &&
		   strcmp(b.data, model->name) == 0;

	buf_free(&b);
	free(path);
	return mine;
}

static int
submit(struct ledger *ledger)
{
	struct load l = {.keys = cJSON_CreateArray(), .ledger = ledger};
	char *dir = pendingpath("");
	struct dirent **list;
	int i, n = scandir(dir, &list, bydeferred, alphasort);

	for (i = 0; i < (int)LEN(limits); i++)
		if (is(limits[i].provider)) {
			l.most = limits[i].requests;
			l.mostbytes = limits[i].bytes;
		}
	for (i = 0; i < n; i++) {
		loadkey(&l, list[i]->d_name);
		free(list[i]);
	}
	ship(&l);
	if (n >= 0)
		free(list);
	free(dir);
	buf_free(&l.lines);
	cJSON_Delete(l.keys);
	return 0;
}

static void
download(const char *url, const char *id, struct tally *t)
{
	FILE *fp = tmpfile();

	if (!fp)
		err(EX_IOERR, "temporary file");
	call("results", url, NULL, 0, NULL, fp);
	rewind(fp);
	importfile(fp, id, id, model->batch, t);
	fclose(fp);
}

/* 1 if it has ended, and its answers are imported */
static int
pollopenai(const char *id, struct tally *t)
{
	static const char *const ends[] = {
	    "completed", "expired", "cancelled", "failed"};
	static const char *const files[] = {"output_file_id", "error_file_id"};
	char *url = xasprintf("%s/batches/%s", model->base_url, id);
	cJSON *b = call("batch", url, NULL, 0, NULL, NULL);
	const char *status = wire_string(b, "status"), *why;
	int ended = 0;
	size_t i;

	free(url);
	for (i = 0; i < LEN(ends); i++)
		ended |= status && strcmp(status, ends[i]) == 0;
	for (i = 0; ended && i < LEN(files); i++) {
		if (!wire_string(b, files[i]))
			continue;
		url = xasprintf("%s/files/%s/content", model->base_url,
		    safe(b, files[i], "batch"));
		download(url, id, t);
		free(url);
	}
	json_each (e, json_at(b, "errors.data"))
		if ((why = wire_string(e, "message")))
			warnx("batch %s: %.200s", id, why);
	cJSON_Delete(b);
	return ended;
}

static int
pollanthropic(const char *id, struct tally *t)
{
	char *url = xasprintf("%s/v1/messages/batches/%s", model->base_url, id);
	cJSON *b = call("batch", url, NULL, 0, NULL, NULL);
	const char *status = wire_string(b, "processing_status");
	int ended = status && strcmp(status, "ended") == 0;

	free(url);
	cJSON_Delete(b);
	if (!ended)
		return 0;
	url =
	    xasprintf("%s/v1/messages/batches/%s/results", model->base_url, id);
	download(url, id, t);
	free(url);
	return 1;
}

static int
pollgemini(const char *id, const cJSON *keys, struct tally *t)
{
	char *url = xasprintf("%s/v1beta/%s", model->base_url, id);
	cJSON *b = call("batch", url, NULL, 0, NULL, NULL);
	const cJSON *list =
	    json_at(b, "response.inlinedResponses.inlinedResponses");
	const cJSON *key = keys ? keys->child : NULL;
	int ended = cJSON_IsTrue(json_get(b, "done"));

	free(url);
	json_each (line, list) {
		importline(
		    line, key ? key->valuestring : NULL, id, model->batch, t);
		key = key ? key->next : NULL;
	}
	if (ended && wire_string(b, "response.responsesFile")) {
		url = xasprintf("%s/download/v1beta/%s:download?alt=media",
		    model->base_url,
		    safe(b, "response.responsesFile", "batch"));
		download(url, id, t);
		free(url);
	}
	cJSON_Delete(b);
	return ended;
}

static void
endbatch(cJSON *state, const char *path, struct ledger *l, struct tally *t)
{
	const char *id = json_string(state, "id");
	char line[100];

	/* what the batch left open waits again */
	json_each (key, json_get(state, "keys"))
		if (cJSON_IsString(key) && strlen(key->valuestring) == 64)
			putback(key->valuestring, "the batch left it open");
	if (l) {
		snprintf(line, sizeof(line), "batch %.60s", id);
		ledger_settle(l, money_parse(json_string(state, "reserved")),
		    t->cost, line);
	}
	unlink(path);
	snprintf(line, sizeof(line), "batch %.80s", id);
	tell(line, t);
}

/* how many batches are still under way */
static int
pollall(struct ledger *l)
{
	char *dir = xasprintf("%s/batches", store_dir());
	struct dirent **list;
	int i, open = 0, n = scandir(dir, &list, NULL, alphasort);

	for (i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, list[i]->d_name);
		size_t len = strlen(path);
		struct tally t = {0};
		const char *id;
		cJSON *state;
		int ended;

		if (len > 5 && strcmp(path + len - 5, ".json") == 0) {
			state = json_readfile(path);
			id = json_string(state, "id");
			if (strcmp(json_string(state, "model"), model->name) ==
			    0) {
				ended = isopenai() ? pollopenai(id, &t)
					: is("anthropic")
					    ? pollanthropic(id, &t)
					    : pollgemini(id,
						  json_get(state, "keys"), &t);
				if (ended)
					endbatch(state, path, l, &t);
				else
					open++;
			}
			cJSON_Delete(state);
		}
		free(path);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	free(dir);
	return open;
}

int
batch_run(const struct model *m, struct ledger *l, const char *verb)
{
	const char *every = getenv("MKBENCH_POLL");
	long pause = every ? numarg("MKBENCH_POLL", every, 1, 86400) : 30;
	int open;

	model = m;
	if (!model_isremote(m))
		errx(EX_USAGE, "model '%s' has no batches", m->name);
	if (m->key_env && !secret_value())
		errx(EX_UNAVAILABLE,
		    "model '%s' needs its key in the environment variable %s",
		    m->name, m->key_env);
	if (strcmp(verb, "submit") == 0)
		return submit(l);
	if (strcmp(verb, "poll") != 0 && strcmp(verb, "wait") != 0)
		errx(EX_USAGE, "--batch '%s': not submit, poll or wait", verb);
	while ((open = pollall(l)) && strcmp(verb, "wait") == 0)
		sleep((unsigned)pause);
	if (open)
		warnx("%d batches are still under way", open);
	return open ? EX_TEMPFAIL : 0;
}
