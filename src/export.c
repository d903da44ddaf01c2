/*
 * export: verdicts become examples to train on.
 */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runread.h"
#include "stage.h"

#define FORMAT 1
#define PAIRS 16 /* of a task, if -n does not say */

static FILE *fp;
static int chat, flagged;
static long most = PAIRS, rows, leftout;

/* an attempt with what was asked and answered */
struct example {
	const cJSON *attempt;
	cJSON *prompt, *answer; /* records; NULL if not there */
	char *system, *user;
	char *code; /* the files as an answer names them */
	const char *sha256;
	int rank; /* 0 not built, 1 built, 2 right, -1 not to learn from */
};

static int
is(const cJSON *a, const char *key, const char *word)
{
	return strcmp(json_stringor(a, key, ""), word) == 0;
}

/* messages of a role, joined */
static char *
said(const cJSON *record, const char *role)
{
	struct buf b = {0};

	json_each (m, json_at(record, "request.messages"))
		if (is(m, "role", role))
			buf_addf(&b, "%s%s", b.len ? "\n\n" : "",
			    json_stringor(m, "content", ""));
	return b.data ? b.data : xstrdup("");
}

/* the name on a line, then a fence longer than any in the text */
static char *
files(const cJSON *candidate)
{
	struct buf b = {0};
	const char *p;
	int run, longest;

	json_each (f, json_get(candidate, "files")) {
		const char *text = json_stringor(f, "text", "");

		for (p = text, run = 0, longest = 2; *p; p++) {
			run = *p == '`' ? run + 1 : 0;
			longest = run > longest ? run : longest;
		}
		buf_addf(&b, "%s%s\n", b.len ? "\n" : "",
		    json_stringor(f, "name", ""));
		for (run = 0; run <= longest; run++)
			buf_adds(&b, "`");
		buf_addf(&b, "\n%s%s", text,
		    *text && text[strlen(text) - 1] == '\n' ? "" : "\n");
		for (run = 0; run <= longest; run++)
			buf_adds(&b, "`");
		buf_adds(&b, "\n");
	}
	return b.data ? b.data : xstrdup("");
}

static int
rank(const cJSON *a)
{
	if (is(a, "class", "hack") || is(a, "class", "quarantined"))
		return -1;
	return json_boolor(a, "compiled", 0) + json_boolor(a, "correct", 0);
}

static int
load(struct example *e, const cJSON *attempt)
{
	*e = (struct example){.attempt = attempt, .rank = rank(attempt)};
	if (is(attempt, "status", "stopped"))
		return 0;
	e->prompt = run_stage(attempt, "prompt");
	e->answer = run_stage(attempt, "unpack");
	e->system = said(e->prompt, "system");
	e->user = said(e->prompt, "user");
	e->code = files(json_get(e->answer, "candidate"));
	e->sha256 =
	    json_stringor(json_get(e->answer, "candidate"), "sha256", "");
	return *e->code && *e->user;
}

static void
release(struct example *e)
{
	cJSON_Delete(e->prompt);
	cJSON_Delete(e->answer);
	free(e->system);
	free(e->user);
	free(e->code);
}

static void
text(cJSON *o, const char *key, const char *s)
{
	json_set(o, key, cJSON_CreateString(s));
}

static cJSON *
verdict(const cJSON *a)
{
	static const char *const keys[] = {"status", "class", "compiled",
	    "correct", "speedup", "low", "high", "heldout", "emulated"};
	cJSON *v = cJSON_CreateObject();
	size_t i;

	for (i = 0; i < LEN(keys); i++)
		if (json_get(a, keys[i]))
			json_set(v, keys[i],
			    cJSON_Duplicate(json_get(a, keys[i]), 1));
	return v;
}

static cJSON *
origin(const struct example *e)
{
	const cJSON *response = json_get(e->answer, "response");
	cJSON *o = cJSON_CreateObject();

	json_set(o, "attempt",
	    cJSON_CreateNumber(json_number(e->attempt, "attempt")));
	text(o, "model", json_stringor(response, "model", ""));
	text(o, "answered_by",
	    json_stringor(
		response, "answered_by", json_stringor(response, "model", "")));
	text(o, "sha256", e->sha256);
	/* what a model wrote is under its provider's terms, not ours */
	text(o, "licence",
	    is(response, "provider", "oracle") ? "Apache-2.0"
					       : "the provider's terms");
	json_set(o, "verdict", verdict(e->attempt));
	return o;
}

static cJSON *
provenance(const struct run *r, const char *task, const char *kind,
    const struct example *e)
{
	cJSON *m = cJSON_CreateObject();
	char hex[65];

	sha256hex(e->user, strlen(e->user), hex);
	text(m, "kind", kind);
	text(m, "run", r->name);
	text(m, "task", task);
	text(m, "suite", json_stringor(r->manifest, "suite", ""));
	text(m, "suite_version",
	    json_stringor(r->manifest, "suite_version", ""));
	text(m, "engine", json_stringor(r->manifest, "engine", ""));
	text(m, "device", json_stringor(r->manifest, "device", ""));
	text(m, "prompt_sha256", hex);
	text(m, "prompt_licence", "Apache-2.0");
	return m;
}

static void
write_row(cJSON *row)
{
	json_write(fp, row);
	cJSON_Delete(row);
	rows++;
}

static void
message(cJSON *list, const char *role, const char *content)
{
	cJSON *m = cJSON_CreateObject();

	text(m, "role", role);
	text(m, "content", content);
	cJSON_AddItemToArray(list, m);
}

static void
lesson(const struct run *r, const char *task, const char *kind,
    const struct example *e)
{
	cJSON *row = cJSON_CreateObject(), *m, *list;

	if (chat) {
		list = cJSON_CreateArray();
		if (*e->system)
			message(list, "system", e->system);
		message(list, "user", e->user);
		message(list, "assistant", e->code);
		json_set(row, "messages", list);
	} else {
		text(row, "instruction", e->user);
		text(row, "input", "");
		text(row, "output", e->code);
		text(row, "system", e->system);
	}
	m = provenance(r, task, kind, e);
	json_set(m, "answer", origin(e));
	json_set(row, "meta", m);
	write_row(row);
}

/* whether it may be an example to follow */
static int
teaches(const struct example *e)
{
	if (e->rank < 2)
		return 0;
	if (!flagged && !is(e->attempt, "class", "clean")) {
		leftout++;
		return 0;
	}
	return 1;
}

static int
faster(const struct example *a, const struct example *b)
{
	return json_numberor(a->attempt, "speedup", 0) >
	       json_numberor(b->attempt, "speedup", 0);
}

static const struct example *
numbered(const struct example *e, size_t n, double attempt)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (json_number(e[i].attempt, "attempt") == attempt)
			return &e[i];
	return NULL;
}

static void
sft(const struct run *r, const char *task, struct example *e, size_t n)
{
	struct example *best = NULL, lesson1;
	const struct example *from;
	size_t i;

	for (i = 0; i < n; i++)
		if (teaches(&e[i]) && (!best || faster(&e[i], best)))
			best = &e[i];
	if (best) {
		/* asked as the first attempt was, not by way of a repair */
		lesson1 = *best;
		lesson1.user = e[0].user;
		lesson1.system = e[0].system;
		lesson(r, task, "kernel", &lesson1);
	}
	for (i = 0; i < n; i++) {
		from = numbered(e, n, json_numberor(e[i].attempt, "parent", 0));
		if (from && from->rank >= 0 && from->rank < 2 &&
		    e[i].rank == 2 &&
		    (flagged || is(e[i].attempt, "class", "clean")))
			lesson(r, task, "repair", &e[i]);
	}
}

/* by verdict: built, then right, then faster where the intervals part */
static int
better(const struct example *a, const struct example *b)
{
	if (a->rank != b->rank)
		return a->rank > b->rank && b->rank >= 0;
	return a->rank == 2 && json_get(a->attempt, "low") &&
	       json_get(b->attempt, "high") &&
	       !json_boolor(a->attempt, "emulated", 0) &&
	       json_number(a->attempt, "low") > json_number(b->attempt, "high");
}

static void
preference(const struct run *r, const char *task, const struct example *first,
    const struct example *a, const struct example *b)
{
	cJSON *row = cJSON_CreateObject(), *m;

	text(row, "system", first->system);
	text(row, "prompt", first->user);
	text(row, "chosen", a->code);
	text(row, "rejected", b->code);
	m = provenance(r, task, "preference", first);
	json_set(m, "chosen", origin(a));
	json_set(m, "rejected", origin(b));
	json_set(row, "meta", m);
	write_row(row);
}

static void
prefs(const struct run *r, const char *task, struct example *e, size_t n)
{
	long count = 0;
	size_t i, j;

	for (i = 0; i < n; i++) {
		if (e[i].rank < 1 ||
		    (!flagged && !is(e[i].attempt, "class", "clean")))
			continue;
		for (j = 0; j < n && count < most; j++) {
			if (!better(&e[i], &e[j]) ||
			    strcmp(e[i].sha256, e[j].sha256) == 0)
				continue;
			preference(r, task, &e[0], &e[i], &e[j]);
			count++;
		}
	}
}

static void
each(const struct run *r,
    void (*fn)(const struct run *, const char *, struct example *, size_t))
{
	json_each (t, r->attempts) {
		struct example *e =
		    xcalloc((size_t)cJSON_GetArraySize(t) + 1, sizeof(*e));
		size_t n = 0;

		json_each (a, t) {
			if (load(&e[n], a))
				n++;
			else
				release(&e[n]);
		}
		if (n)
			fn(r, t->string, e, n);
		while (n > 0)
			release(&e[--n]);
		free(e);
	}
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: export [-a] [-f alpaca|chat] sft results/RUN ...\n"
	    "       export [-a] [-n pairs] prefs results/RUN ...\n"
	    "Writes examples to train on, one JSON text a line.\n"
	    "  -a, --all          kernels that were flagged, too\n"
	    "  -f, --format NAME  alpaca (default) or chat\n"
	    "  -n, --most N       at most so many pairs of a task (16)\n"
	    "      --version      the program and the version of its format\n"
	    "man export tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"all", 0, 0, 'a'},
	    {"format", 1, 0, 'f'}, {"most", 1, 0, 'n'}, {"help", 0, 0, 'h'},
	    {"version", 0, 0, 'V'}, {0}};
	struct run r;
	int c, pairs;

	while ((c = getopt_long(argc, argv, "af:n:h", options, NULL)) != -1) {
		switch (c) {
		case 'a': flagged = 1; break;
		case 'f':
			chat = strcmp(optarg, "chat") == 0;
			if (!chat && strcmp(optarg, "alpaca") != 0)
				usage(EX_USAGE);
			break;
		case 'n': most = numarg("-n", optarg, 1, 1000000); break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (argc - optind < 2)
		usage(EX_USAGE);
	pairs = strcmp(argv[optind], "prefs") == 0;
	if (!pairs && strcmp(argv[optind], "sft") != 0)
		usage(EX_USAGE);
	if (chdir(rootdir()) < 0)
		err(EX_UNAVAILABLE, "%s", rootdir());
	fp = stdout;
	for (optind++; optind < argc; optind++) {
		run_read(&r, argv[optind]);
		each(&r, pairs ? prefs : sft);
	}
	if (leftout)
		warnx("%ld right kernels left out because they were flagged "
		      "(-a takes them)",
		    leftout);
	closeout();
	return EX_OK;
}
