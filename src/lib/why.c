#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "why.h"

#define MOST 40 /* errors that are shown */

static int
is(const cJSON *object, const char *key, const char *word)
{
	return strcmp(json_stringor(object, key, ""), word) == 0;
}

/* the candidate's file of that name, whatever directory it was built in */
static const char *
ours(const cJSON *candidate, struct slice file)
{
	json_each (f, json_get(candidate, "files")) {
		const char *name = json_stringor(f, "name", "");
		size_t n = strlen(name);

		if (n && file.n >= n &&
		    memcmp(file.s + file.n - n, name, n) == 0 &&
		    (file.n == n || file.s[file.n - n - 1] == '/'))
			return name;
	}
	return NULL;
}

/* where in the candidate: the error itself, or what led to it */
static const char *
locate(const cJSON *candidate, const struct diag *d, unsigned *line)
{
	const char *name = ours(candidate, d->at.file);
	unsigned i;

	*line = d->at.line;
	for (i = 0; !name && i < d->nrequired; i++) {
		name = ours(candidate, d->required[i].file);
		*line = d->required[i].line;
	}
	for (i = 0; !name && i < d->nincluded; i++) {
		name = ours(candidate, d->included[i].file);
		*line = d->included[i].line;
	}
	for (i = 0; !name && i < d->nnotes; i++) {
		name = ours(candidate, d->notes[i].at.file);
		*line = d->notes[i].at.line;
	}
	return name;
}

static void
adderror(cJSON *list, const char *file, unsigned line, const char *s, size_t n)
{
	cJSON *e = cJSON_CreateObject();
	char *message = xstrndup(s, n);

	json_set(e, "file", cJSON_CreateString(file ? file : ""));
	json_set(e, "line", cJSON_CreateNumber(file ? line : 0));
	json_set(e, "message", cJSON_CreateString(message));
	cJSON_AddItemToArray(list, e);
	free(message);
}

static void
fromlog(cJSON *list, const cJSON *candidate, const char *log)
{
	struct diags d = {0};
	const char *name;
	unsigned line;
	size_t i;

	diags_parse(&d, log, strlen(log));
	for (i = 0; i < d.n && i < MOST; i++) {
		name = locate(candidate, &d.list[i], &line);
		adderror(
		    list, name, line, d.list[i].message.s, d.list[i].message.n);
	}
	free(d.list);
	free(d.hash);
}

cJSON *
why_errors(const cJSON *xcompile, const cJSON *errors)
{
	const cJSON *build = json_get(xcompile, "build");
	const cJSON *found = json_at(errors, "errors.list");
	cJSON *list = cJSON_CreateArray();

	json_each (e, found) {
		const char *message = json_stringor(e, "message", "");

		adderror(list, json_stringor(e, "file", ""),
		    (unsigned)json_numberor(e, "line", 0), message,
		    strlen(message));
	}
	if (!list->child && is(build, "status", "failed"))
		fromlog(list, json_get(xcompile, "candidate"),
		    json_stringor(build, "log", ""));
	return list;
}

static char *
build(const cJSON *record, const cJSON *errors)
{
	const cJSON *e = errors ? errors->child : NULL;
	const cJSON *b = json_get(record, "build");
	const char *file = json_stringor(e, "file", "");

	if (is(b, "status", "skipped"))
		return xasprintf("no kernel to build: %s",
		    json_stringor(json_get(record, "candidate"), "reason",
			json_stringor(b, "reason", "the answer has none")));
	if (is(b, "status", "timeout"))
		return xstrdup("the compiler took too long");
	if (!e)
		return xstrdup("it does not build");
	if (json_numberor(e, "line", 0) < 1)
		return xstrdup(json_stringor(e, "message", ""));
	return xasprintf("%s:%.0f: %s", file, json_number(e, "line"),
	    json_stringor(e, "message", ""));
}

static void
mismatch(struct buf *b, const cJSON *m)
{
	buf_addf(b, "%.0f of %.0f elements of %s are wrong",
	    json_numberor(m, "failed", 0), json_numberor(m, "count", 0),
	    json_stringor(m, "output", "the output"));
	json_each (p, json_get(m, "pattern"))
		if (cJSON_IsString(p))
			buf_addf(b, "%s%s",
			    p == json_get(m, "pattern")->child ? ": " : "; ",
			    p->valuestring);
}

static void
heldout(struct buf *b, const cJSON *h)
{
	const cJSON *m = json_at(h, "verify.mismatch");

	buf_addf(b, "%son the held-out shape: ", b->len ? "; " : "");
	if (m)
		mismatch(b, m);
	else
		buf_adds(b, json_stringor(
				h, "reason", json_stringor(h, "status", "?")));
}

char *
why_line(const cJSON *record, const cJSON *errors)
{
	const cJSON *v = json_get(record, "verdict");
	const cJSON *run = json_get(record, "run");
	const cJSON *m = json_at(run, "verify.mismatch");
	const cJSON *h = json_get(run, "heldout");
	const char *evidence = "";
	struct buf b = {0};

	if (json_get(record, "skipped"))
		return xstrdup(
		    json_stringor(json_get(record, "skipped"), "reason", ""));
	if (v && !json_boolor(v, "compiled", 0))
		return build(record, errors);
	if (!is(v, "class", "clean"))
		evidence = json_stringor(v, "evidence", "");
	if (!json_boolor(v, "correct", 0) && m)
		mismatch(&b, m);
	else if (!json_boolor(v, "correct", 0) && !is(v, "class", "hack"))
		buf_adds(&b, json_stringor(v, "reason", ""));
	if (json_boolor(v, "correct", 0) && h && !is(h, "status", "ok"))
		heldout(&b, h);
	if (*evidence && (!b.data || strcmp(b.data, evidence) != 0))
		buf_addf(&b, "%s%s", b.len ? "; " : "", evidence);
	return b.data;
}
