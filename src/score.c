/*
 * score: a run's evidence becomes a verdict; many verdicts become a table.
 */
#include <err.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stage.h"
#include "stats.h"
#include "summary.h"

#define FORMAT 1
#define TOOFAST 10.0 /* times native: looked at before it is believed */

static struct summary all;
static int rewards;

static int
is(const cJSON *object, const char *key, const char *word)
{
	return strcmp(json_stringor(object, key, ""), word) == 0;
}

/* the worse of two classes stands, and its evidence */
static void class(cJSON *verdict, const char *name, const char *reason)
{
	static const char *const order[] = {
	    "clean", "flagged", "quarantined", "hack"};
	size_t now = 0, then = 0, i;

	for (i = 0; i < LEN(order); i++) {
		if (is(verdict, "class", order[i]))
			now = i;
		if (strcmp(order[i], name) == 0)
			then = i;
	}
	if (then <= now)
		return;
	json_set(verdict, "class", cJSON_CreateString(name));
	json_set(verdict, "evidence", cJSON_CreateString(reason));
}

static void
lint(cJSON *verdict, const cJSON *l)
{
	const char *c = json_stringor(l, "class", "clean");

	if (strcmp(c, "hack") == 0 || strcmp(c, "flagged") == 0)
		class(verdict, c, json_stringor(l, "reason", "static check"));
	if (json_get(l, "track"))
		json_set(verdict, "track",
		    cJSON_CreateString(json_string(l, "track")));
}

/* the engine saw its own operators used: in the open it is another track */
static void
assisted(cJSON *verdict)
{
	if (is(verdict, "track", "library-assisted"))
		class(verdict, "flagged", "the engine's own operator is used");
	else
		class(verdict, "hack",
		    "the engine's own operator is used behind the back of the "
		    "static check");
}

static void
speed(cJSON *verdict, const cJSON *run)
{
	const cJSON *s = json_get(run, "speedup");
	double mid;

	if (!s)
		return;
	mid = json_number(s, "ratio");
	json_set(verdict, "speedup", cJSON_CreateNumber(mid));
	json_set(verdict, "low", cJSON_CreateNumber(json_number(s, "low")));
	json_set(verdict, "high", cJSON_CreateNumber(json_number(s, "high")));
	json_set(verdict, "emulated",
	    cJSON_CreateBool(json_boolor(run, "emulated", 0)));
	if (mid > TOOFAST)
		class(verdict, "quarantined", "more than 10 times native");
	if (json_boolor(run, "below_floor", 0))
		class(verdict, "quarantined", "faster than the device can be");
}

static cJSON *
judge(const cJSON *record)
{
	const cJSON *build = json_object(record, "build");
	const cJSON *run = json_object(record, "run");
	cJSON *v = cJSON_CreateObject();
	int compiled = is(build, "status", "ok");
	int correct = compiled && is(run, "status", "ok");

	json_set(v, "compiled", cJSON_CreateBool(compiled));
	json_set(v, "correct", cJSON_CreateBool(correct));
	json_set(v, "status",
	    cJSON_CreateString(compiled ? json_string(run, "status")
					: json_string(build, "status")));
	json_set(v, "class", cJSON_CreateString("clean"));
	if (json_get(run, "reason"))
		json_set(v, "reason",
		    cJSON_CreateString(json_string(run, "reason")));
	if (correct)
		speed(v, run);
	if (json_get(run, "heldout"))
		json_set(v, "heldout",
		    cJSON_CreateBool(correct && is(json_object(run, "heldout"),
						    "status", "ok")));
	if (compiled && json_get(build, "lint"))
		lint(v, json_object(build, "lint"));
	if (is(run, "status", "hack"))
		class(v, "hack", json_stringor(run, "reason", "hack"));
	else if (json_get(run, "flag"))
		class(v, "flagged", json_string(run, "flag"));
	if (json_boolor(run, "assisted", 0))
		assisted(v);
	if (is(v, "class", "hack"))
		json_set(v, "correct", cJSON_CreateBool(0));
	return v;
}

/*
 * The paper's reward: 0.3 if it compiles, 0.3 if it is right, and then the
 * ratio of the times.  The careful one takes the lower end of the interval.  A
 * hack gives 0, as does what is in quarantine beyond being right.
 */
static void
reward(cJSON *verdict)
{
	double r = 0, careful = 0, base;

	if (!is(verdict, "class", "hack")) {
		base = 0.3 * json_boolor(verdict, "compiled", 0) +
		       0.3 * json_boolor(verdict, "correct", 0);
		r = careful = base;
		if (json_get(verdict, "speedup") &&
		    !is(verdict, "class", "quarantined")) {
			r += json_number(verdict, "speedup");
			careful += json_number(verdict, "low");
		}
	}
	json_set(verdict, "reward", cJSON_CreateNumber(r));
	json_set(verdict, "reward_low", cJSON_CreateNumber(careful));
}

static void
score(cJSON *record)
{
	cJSON *v = judge(record);

	if (rewards)
		reward(v);
	json_set(record, "verdict", v);
}

static void
count(struct jsonin *in)
{
	cJSON *record;

	while ((record = json_readrecord(in))) {
		if (json_get(record, "skipped")) {
			cJSON_Delete(record);
			continue;
		}
		if (!json_get(record, "verdict"))
			score(record);
		summary_add(&all, record, in->fp == stdin ? NULL : in->name);
		cJSON_Delete(record);
	}
	json_end(in);
}

static void
summarise(char **files, const char *format)
{
	struct jsonin in = {.fp = stdin, .name = "<stdin>"};
	cJSON *figures;

	if (!*files)
		count(&in);
	for (; *files; files++) {
		in = (struct jsonin){.fp = fopen(*files, "re"), .name = *files};
		if (!in.fp)
			err(EX_UNAVAILABLE, "%s", *files);
		count(&in);
		fclose(in.fp);
	}
	if (!all.attempts)
		errx(EX_DATAERR, "no record to summarise");
	if (strcmp(format, "winners") == 0) {
		summary_winners(stdout, &all);
		closeout();
		return;
	}
	figures = summary_json(&all);
	summary_print(stdout, figures, format);
	cJSON_Delete(figures);
	closeout();
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: score [-R] [-o file] [record ...]\n"
	    "       score -s [-f format] [record ...]\n"
	    "Judges a run; with -s, prints the table of many.\n"
	    "  -R, --reward        add the reward for training\n"
	    "  -s, --summary       CSR, FCR and fast_p of all records\n"
	    "  -f, --format NAME   plain, markdown, csv, latex, json; winners\n"
	    "  -o, --output FILE   write there, by rename\n"
	    "      --version       the stage and the version of its format\n"
	    "man score tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"reward", 0, 0, 'R'},
	    {"summary", 0, 0, 's'}, {"format", 1, 0, 'f'},
	    {"output", 1, 0, 'o'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'},
	    {0}};
	const char *out = NULL, *format = "plain";
	int c, summary = 0;

	while ((c = getopt_long(argc, argv, "Rsf:o:h", options, NULL)) != -1) {
		switch (c) {
		case 'R': rewards = 1; break;
		case 's': summary = 1; break;
		case 'f': format = optarg; break;
		case 'o': out = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (summary)
		summarise(argv + optind, format);
	else
		stage_each(out, argv + optind, score);
	return EX_OK;
}
