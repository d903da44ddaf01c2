/*
 * moka: what attempt k at a task does, from what the earlier ones came to.
 */
#include <err.h>
#include <getopt.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "proc.h"
#include "stage.h"

#define FORMAT 1
#define REPAIRS 3      /* failures in a row before the best is gone back to */
#define CODE_MAX 24000 /* tokens of a kernel that is worked on */
#define PLAN_MAX 6000  /* bytes of a plan that are passed on */
#define STEPS 12       /* changes of a repair plan */

/* tools that NO= turns off */
enum tool {
	ERR_EXTRACT,
	REPO_TREE,
	MODEL,
	MISMATCH,
	PERFORMANCE,
	ROOFLINE,
	MEMORY,
	TOOLS
};
static const char *const toolnames[TOOLS] = {"err-extract", "repo-tree",
    "model", "mismatch", "performance", "roofline", "memory"};
static int off[TOOLS];

static double target, spend; /* 0: no such rule */
static long long patience;   /* acceleration attempts without gain; 0: any */
static size_t memory = 1500; /* tokens of history */
static int again;	     /* the plan was asked for twice */
static int family;	     /* tell of the run's like tasks */

static void
turnoff(char *list)
{
	struct buf all = {0};
	char *word;
	int i;

	for (i = 0; i < TOOLS; i++)
		buf_addf(&all, "%s%s", i ? ", " : "", toolnames[i]);
	for (word = strsep(&list, " ,"); word; word = strsep(&list, " ,")) {
		if (!*word)
			continue;
		for (i = 0; i < TOOLS && strcmp(word, toolnames[i]) != 0; i++)
			;
		if (i == TOOLS)
			errx(EX_USAGE, "no tool '%s'; there are: %s", word,
			    all.data);
		off[i] = 1;
	}
	buf_free(&all);
}

static double
positive(const char *what, const char *s)
{
	char *end;
	double v = strtod(s, &end);

	if (end == s || *end || !(v > 0))
		errx(EX_USAGE, "%s '%s': not a number above 0", what, s);
	return v;
}

/* the directory of a record's file: the attempt's */
static char *
directory(const char *path)
{
	char *copy = xstrdup(path), *dir = xstrdup(dirname(copy));

	free(copy);
	return dir;
}

static cJSON *
one(const char *path)
{
	cJSON *record = json_readfile(path);

	if (!cJSON_IsObject(json_get(record, "task")))
		errx(EX_DATAERR, "%s: not a record: no object 'task'", path);
	return record;
}

static void
put(const char *out, const cJSON *record)
{
	char *text = json_print(record);
	struct buf b = {0};

	buf_addf(&b, "%s\n", text);
	if (!out)
		fwrite(b.data, 1, b.len, stdout);
	else if (writefile(out, b.data, b.len, 0) < 0)
		err(EX_IOERR, "%s", out);
	buf_free(&b);
	free(text);
}

/* why there is nothing more to do, or NULL */
static char *
stopped(const struct attempt *a, int n)
{
	const struct attempt *best = attempts_best(a, n);
	double cost = 0;
	int i, tried = 0;

	for (i = 0; i < n; i++) {
		if (a[i].outcome == ATTEMPT_SKIPPED)
			return xasprintf("attempt %d stopped", a[i].number);
		cost += a[i].cost;
		if (best && a[i].number > best->number &&
		    a[i].outcome == ATTEMPT_RIGHT)
			tried++;
	}
	if (target > 0 && best && best->timed && best->low >= target)
		return xasprintf("attempt %d reached the target: %.2f x native "
				 "at least, %.2f asked for",
		    best->number, best->low, target);
	if (spend > 0 && cost >= spend)
		return xasprintf("%.6f of %.6f dollars are spent", cost, spend);
	if (patience && tried >= patience)
		return xasprintf("%d attempts have gained nothing over "
				 "attempt %d",
		    tried, best->number);
	return NULL;
}

static int
toolong(const struct attempt *a)
{
	struct buf b = {0};
	int over;

	attempt_code(&b, a);
	over = !b.len || tokens(b.len) > CODE_MAX;
	buf_free(&b);
	return over;
}

/* failures at the end of the history */
static int
failures(const struct attempt *a, int n)
{
	int i, k = 0;

	for (i = n - 1; i >= 0 && a[i].outcome != ATTEMPT_RIGHT; i--)
		k += a[i].outcome != ATTEMPT_LATE;
	return k;
}

/* who plans, who writes, and whose code is changed */
struct decision {
	const char *plan; /* role, or NULL: no plan is asked for */
	const char *code;
	const struct attempt *parent;
	const char *why;
};

/* the last of which anything is known: a build that a busy machine kept from
   its end says nothing of the code */
static const struct attempt *
latest(const struct attempt *a, int n)
{
	while (n > 0 && a[n - 1].outcome == ATTEMPT_LATE)
		n--;
	return n ? &a[n - 1] : NULL;
}

static struct decision
decide(const struct attempt *a, int n)
{
	const struct attempt *last = latest(a, n);
	const struct attempt *best = attempts_best(a, n);
	struct decision accelerate = {"accelerator", "coder-accelerate", best,
	    "the best so far is right"};

	if (!last)
		return (struct decision){
		    NULL, "coder", NULL, "nothing is there yet"};
	if (last->outcome == ATTEMPT_RIGHT)
		return accelerate;
	if (best && failures(a, n) >= REPAIRS) {
		accelerate.why = "repairs failed, back to the best";
		return accelerate;
	}
	if (last->outcome == ATTEMPT_EMPTY || toolong(last)) {
		accelerate.why = "the last answer had no code to work on";
		return best ? accelerate
			    : (struct decision){NULL, "coder", NULL,
				  "no code to work on yet"};
	}
	if (last->outcome == ATTEMPT_BROKEN)
		return (struct decision){"debugger-compile", "coder-repair",
		    last, "the last does not build"};
	return (struct decision){
	    "debugger-function", "coder-repair", last, "the last is wrong"};
}

static void
settext(cJSON *to, const char *key, struct buf *b, const char *absent)
{
	while (b->len && b->data[b->len - 1] == '\n')
		b->data[--b->len] = '\0';
	json_set(to, key,
	    b->len ? json_text(b->data, b->len) : cJSON_CreateString(absent));
	b->len = 0;
}

/* the fields of the templates; a tool that is off leaves less to read */
static void
texts(cJSON *agent, const struct decision *d, const struct attempt *a, int n,
    const struct buf *relatives)
{
	struct buf b = {0};

	if (d->parent)
		attempt_code(&b, d->parent);
	settext(agent, "source", &b, "(none)");
	if (d->plan && strcmp(d->plan, "debugger-compile") == 0)
		attempt_errors(
		    &b, d->parent, !off[ERR_EXTRACT], !off[REPO_TREE]);
	settext(agent, "errors", &b, "(none)");
	if (d->parent && !off[MODEL])
		attempt_model(&b, d->parent);
	settext(agent, "model", &b, "(not at hand)");
	if (d->plan && strcmp(d->plan, "debugger-function") == 0)
		attempt_mismatch(&b, d->parent, !off[MISMATCH]);
	settext(agent, "mismatch", &b, "(none)");
	if (d->plan && strcmp(d->plan, "accelerator") == 0)
		attempt_performance(
		    &b, d->parent, !off[PERFORMANCE], !off[ROOFLINE]);
	settext(agent, "performance", &b, "(none)");
	if (n && !off[MEMORY])
		attempts_memory(&b, a, n, memory);
	if (relatives->len && !off[MEMORY])
		buf_addf(&b, "%sOther tasks of the kind in this run:\n%s",
		    b.len ? "\n" : "", relatives->data);
	settext(agent, "memory", &b, "(none)");
	buf_free(&b);
}

/* the decision: agent.json */
static void
agent(const char *path, const char *out)
{
	cJSON *record = one(path), *agent, *skipped;
	int k = (int)json_int(json_object(record, "job"), "attempt", 1, 10000);
	char *dir = directory(path), *why;
	struct attempt *a = attempts_load(dir, k);
	const struct attempt *best = attempts_best(a, k - 1);
	struct buf relatives = {0};
	struct decision d;

	why = stopped(a, k - 1);
	if (why) {
		skipped = cJSON_CreateObject();
		json_set(skipped, "reason", cJSON_CreateString(why));
		json_set(record, "skipped", skipped);
		put(out, record);
		return;
	}
	d = decide(a, k - 1);
	agent = cJSON_CreateObject();
	if (d.plan)
		json_set(agent, "plan", cJSON_CreateString(d.plan));
	json_set(agent, "code", cJSON_CreateString(d.code));
	json_set(agent, "parent",
	    cJSON_CreateNumber(d.parent ? d.parent->number : 0));
	json_set(agent, "best", cJSON_CreateNumber(best ? best->number : 0));
	json_set(agent, "why", cJSON_CreateString(d.why));
	if (family)
		attempts_family(&relatives, dir, record, memory);
	texts(agent, &d, a, k - 1, &relatives);
	buf_free(&relatives);
	json_set(record, "agent", agent);
	put(out, record);
	free(dir);
}

/* past the object that begins at p, or NULL if it does not end */
static const char *
objectend(const char *p)
{
	int depth = 0, quoted = 0;

	for (; *p; p++) {
		if (quoted && *p == '\\' && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && *p == '{')
			depth++;
		else if (!quoted && *p == '}' && --depth == 0)
			return p + 1;
	}
	return NULL;
}

/* the JSON object in an answer, which may stand in a fence or among words */
static cJSON *
findobject(const char *text, const char **why)
{
	const char *p, *end;
	cJSON *json;
	int tries = 0;

	*why = "there is no JSON object in it";
	for (p = strchr(text, '{'); p && tries++ < 32; p = strchr(p + 1, '{')) {
		end = objectend(p);
		json = end ? json_parse(p, (size_t)(end - p), why) : NULL;
		if (json)
			return json;
	}
	return NULL;
}

static int
isfilled(const cJSON *v)
{
	return cJSON_IsString(v) &&
	       v->valuestring[strspn(v->valuestring, " \t\n")];
}

/* the members that a plan of this role has, as text; NULL and *why if not */
static char *
debugplan(const cJSON *json, const char **idea, const char **why)
{
	const cJSON *cause = json_get(json, "cause");
	const cJSON *changes = json_get(json, "changes");
	struct buf b = {0};
	int i = 0;

	*why = "\"cause\" must be a text and \"changes\" a list of texts, 1 to "
	       "12 of them";
	if (!isfilled(cause) || !cJSON_IsArray(changes) || !changes->child)
		return NULL;
	buf_addf(&b, "Cause: %s\nChanges:\n", cause->valuestring);
	json_each (c, changes) {
		if (!isfilled(c) || ++i > STEPS) {
			buf_free(&b);
			return NULL;
		}
		buf_addf(&b, "%d. %s\n", i, c->valuestring);
	}
	*idea = cause->valuestring;
	return b.data;
}

static char *
fastplan(const cJSON *json, const char **idea, const char **why)
{
	static const char *const keys[] = {"bottleneck", "method", "plan"};
	static const char *const titles[] = {"Bottleneck", "Method", "Plan"};
	struct buf b = {0};
	size_t i;

	*why = "\"bottleneck\", \"method\" and \"plan\" must be texts, one "
	       "each";
	for (i = 0; i < LEN(keys); i++) {
		if (!isfilled(json_get(json, keys[i]))) {
			buf_free(&b);
			return NULL;
		}
		buf_addf(&b, "%s: %s\n", titles[i], json_string(json, keys[i]));
	}
	*idea = json_string(json, "method");
	return b.data;
}

static cJSON *
parseplan(const char *role, const char *answer, const char **why)
{
	cJSON *json = findobject(answer, why), *plan;
	const char *idea = NULL;
	char *text;

	if (!json)
		return NULL;
	text = strcmp(role, "accelerator") == 0 ? fastplan(json, &idea, why)
						: debugplan(json, &idea, why);
	if (!text)
		return NULL;
	plan = cJSON_CreateObject();
	json_set(plan, "status", cJSON_CreateString("ok"));
	json_set(plan, "role", cJSON_CreateString(role));
	json_set(plan, "idea", json_text(idea, strnlen(idea, 160)));
	json_set(plan, "text", json_text(text, strnlen(text, PLAN_MAX)));
	free(text);
	cJSON_Delete(json);
	return plan;
}

/* what an answer that is no plan leaves: its words, and why they are none */
static cJSON *
badplan(const char *role, const char *answer, const char *why)
{
	cJSON *plan = cJSON_CreateObject();
	struct buf b = {0};

	json_set(plan, "status", cJSON_CreateString("bad"));
	json_set(plan, "role", cJSON_CreateString(role));
	json_set(plan, "reason", cJSON_CreateString(why));
	buf_addf(&b, "%.*s", PLAN_MAX, answer);
	settext(plan, "text", &b, "(no plan was given)");
	buf_free(&b);
	return plan;
}

static void
addmessage(cJSON *messages, const char *role, const char *text)
{
	cJSON *m = cJSON_CreateObject();

	json_set(m, "role", cJSON_CreateString(role));
	json_set(m, "content", json_text(text, strlen(text)));
	cJSON_AddItemToArray(messages, m);
}

/* the same question, the answer to it, and what is wrong with that */
static cJSON *
retry(const cJSON *asked, const char *answer, const char *why)
{
	cJSON *request = cJSON_Duplicate(json_get(asked, "request"), 1);
	cJSON *messages = json_array(request, "messages");
	char *text = xstrndup(answer, PLAN_MAX);
	char *more = xasprintf("That is not the JSON object asked for: %s. "
			       "Answer with that object and nothing else.",
	    why);

	addmessage(messages, "assistant", *text ? text : "(nothing)");
	addmessage(messages, "user", more);
	free(text);
	free(more);
	return request;
}

static void
account(cJSON *record, const cJSON *call, const char *status)
{
	static const char *const keys[] = {
	    "model", "outcome", "usage", "cost", "seconds", "store"};
	cJSON *list = json_get(record, "planning"), *e = cJSON_CreateObject();
	const cJSON *response = json_get(call, "response"), *v;
	size_t i;

	if (!list) {
		list = cJSON_CreateArray();
		json_set(record, "planning", list);
	}
	json_set(e, "status", cJSON_CreateString(status));
	for (i = 0; i < LEN(keys); i++)
		if ((v = json_get(response, keys[i])))
			json_set(e, keys[i], cJSON_Duplicate(v, 1));
	cJSON_AddItemToArray(list, e);
}

/* the answer becomes the plan, or, the first time, one more question:
   plan.json from agent.json, its answer, and what was asked */
static void
plan(char **files, const char *out)
{
	cJSON *record, *call, *made;
	const char *role, *answer, *why = "";

	if (!files[0] || !files[1] || (!again && !files[2]))
		errx(EX_USAGE, "--plan takes the record, its answer, and the "
			       "request (the latter not with --again)");
	record = one(files[0]);
	call = one(files[1]);
	if (!json_get(call, "response")) {
		put(out, record);
		return;
	}
	role = json_string(json_object(record, "agent"), "plan");
	answer = json_stringor(json_get(call, "response"), "text", "");
	made = parseplan(role, answer, &why);
	account(record, call, made ? "ok" : "bad");
	cJSON_DeleteItemFromObjectCaseSensitive(record, "request");
	if (!made) {
		made = badplan(role, answer, why);
		if (!again)
			json_set(record, "request",
			    retry(one(files[2]), answer, why));
	}
	json_set(record, "plan", made);
	put(out, record);
}

/* the code of an attempt in a file, for diff */
static char *
codefile(const struct attempt *a, const char *dir)
{
	struct buf b = {0};
	char *path = xasprintf("%s/%d", dir, a ? a->number : 0);

	if (a)
		attempt_code(&b, a);
	if (writefile(path, b.data ? b.data : "", b.len, 0) < 0)
		err(EX_IOERR, "%s", path);
	buf_free(&b);
	return path;
}

static void
showdiff(const struct attempt *a, const struct attempt *parent)
{
	char dir[] = "/tmp/moka.XXXXXX", *x, *y;
	struct procresult r = {0};
	const char *p, *nl;
	int lines = 0;

	if (!mkdtemp(dir))
		err(EX_IOERR, "%s", dir);
	x = codefile(parent, dir);
	y = codefile(a, dir);
	const char *const argv[] = {"diff", "-U1", x, y, NULL};
	struct proc p1 = {.argv = argv, .maxoutput = 1 << 20, .seconds = 10};

	if (proc_run(&p1, &r) == 0 && r.out.len)
		for (p = r.out.data; *p && lines < 60; p = nl ? nl + 1 : "") {
			nl = strchr(p, '\n');
			if (strncmp(p, "---", 3) != 0 &&
			    strncmp(p, "+++", 3) != 0 && ++lines)
				printf("    %.*s\n",
				    (int)(nl ? nl - p : (long)strlen(p)), p);
		}
	if (lines == 60)
		printf("    ...\n");
	buf_free(&r.out);
	unlink(x);
	unlink(y);
	rmdir(dir);
	free(x);
	free(y);
}

static void
indented(const char *text)
{
	const char *nl;

	for (; *text; text = nl ? nl + 1 : "") {
		nl = strchr(text, '\n');
		printf("    %.*s\n", (int)(nl ? nl - text : (long)strlen(text)),
		    text);
	}
}

static void
story(const struct attempt *a, const struct attempt *all,
    const struct attempt *best)
{
	const cJSON *skipped = json_get(a->score, "skipped");
	const struct attempt *parent = a->parent ? &all[a->parent - 1] : NULL;
	struct buf b = {0};

	if (a->outcome == ATTEMPT_SKIPPED) {
		printf("Attempt %d: %s\n\n", a->number,
		    skipped ? json_stringor(skipped, "reason", "skipped")
			    : "not made yet");
		return;
	}
	attempt_line(&b, a, best);
	fputs(b.data, stdout);
	b.len = 0;
	printf("  why: %s; $%.6f\n",
	    json_stringor(json_get(a->agent, "agent"), "why", "?"), a->cost);
	if (json_get(a->plan, "plan")) {
		printf("  plan (%s):\n",
		    json_stringor(json_get(a->plan, "plan"), "status", "?"));
		indented(json_stringor(json_get(a->plan, "plan"), "text", ""));
	}
	printf("  change:\n");
	if (parent)
		showdiff(a, parent);
	else
		printf("    a draft\n");
	if (a->outcome == ATTEMPT_BROKEN)
		attempt_errors(&b, a, 1, 0);
	else if (a->outcome == ATTEMPT_WRONG)
		attempt_mismatch(&b, a, 1);
	else if (a->outcome == ATTEMPT_RIGHT)
		attempt_performance(&b, a, 1, 1);
	if (b.len) {
		printf("  result:\n");
		indented(b.data);
	}
	printf("\n");
	buf_free(&b);
}

/* a task's attempts, told */
static void
trace(char **dirs)
{
	struct attempt *a;
	const struct attempt *best;
	char *first;
	int n, i;

	for (; *dirs; dirs++) {
		first = xasprintf("%s/1", *dirs);
		n = attempts_count(*dirs);
		if (!n)
			errx(EX_UNAVAILABLE, "%s: no attempts", *dirs);
		a = attempts_load(first, n + 1);
		best = attempts_best(a, n);
		printf("%s\n\n", *dirs);
		for (i = 0; i < n; i++)
			story(&a[i], a, best);
		free(first);
	}
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: moka [-n tools] [-o file] [-p attempts] [-s dollars]\n"
	    "            [-t speedup] job\n"
	    "       moka --plan [-o file] agent answer request\n"
	    "       moka --plan --again [-o file] plan answer\n"
	    "       moka --trace dir ...\n"
	    "Decides what an attempt at a task does, from the earlier ones.\n"
	    "  -n, --no TOOLS        do without: err-extract repo-tree "
	    "model mismatch\n"
	    "                        performance roofline memory\n"
	    "  -t, --target SPEEDUP  stop when the interval is above it\n"
	    "  -p, --patience N      stop after N right ones without gain\n"
	    "  -s, --spend DOLLARS   stop when so much is spent on the task\n"
	    "  -m, --memory TOKENS   of history in a prompt (default 1500)\n"
	    "      --family          and of other tasks of the category in "
	    "this run\n"
	    "  -o, --output FILE     write there, by rename\n"
	    "      --plan            an answer becomes the plan\n"
	    "      --again           it is the second\n"
	    "      --trace           tell results/RUN/TASK\n"
	    "      --version         the stage and the version of its format\n"
	    "man moka tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"no", 1, 0, 'n'},
	    {"target", 1, 0, 't'}, {"patience", 1, 0, 'p'},
	    {"spend", 1, 0, 's'}, {"memory", 1, 0, 'm'}, {"family", 0, 0, 'F'},
	    {"output", 1, 0, 'o'}, {"plan", 0, 0, 'P'}, {"again", 0, 0, 'A'},
	    {"trace", 0, 0, 'T'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'},
	    {0}};
	const char *out = NULL;
	int c, mode = 0;

	while ((c = getopt_long(argc, argv, "n:t:p:s:m:o:h", options, NULL)) !=
	       -1) {
		switch (c) {
		case 'n': turnoff(optarg); break;
		case 't': target = positive("--target", optarg); break;
		case 'p':
			patience = numarg("--patience", optarg, 1, 10000);
			break;
		case 's': spend = positive("--spend", optarg); break;
		case 'm':
			memory = (size_t)numarg("--memory", optarg, 1, 1 << 30);
			break;
		case 'F': family = 1; break;
		case 'o': out = optarg; break;
		case 'P':
		case 'T': mode = c; break;
		case 'A': again = 1; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (optind == argc)
		usage(EX_USAGE);
	stage_note(out);
	if (mode == 'P')
		plan(argv + optind, out);
	else if (mode == 'T')
		trace(argv + optind);
	else if (optind + 1 == argc)
		agent(argv[optind], out);
	else
		usage(EX_USAGE);
	closeout();
	return EX_OK;
}
