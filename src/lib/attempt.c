#include <ctype.h>
#include <glob.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"

#define LOGTAIL 6000 /* bytes of a compiler's output shown as it is */
#define ENOUGH 2e8   /* ns of calls whose processor time can be told */
#define EXAMPLES 4   /* wrong elements shown */

static cJSON *
file(const char *dir, int number, const char *name)
{
	char *path = xasprintf("%s/../%d/%s.json", dir, number, name);
	cJSON *json = access(path, R_OK) == 0 ? json_readfile(path) : NULL;

	free(path);
	return json;
}

static int
is(const cJSON *object, const char *key, const char *word)
{
	const cJSON *v = json_get(object, key);

	return cJSON_IsString(v) && strcmp(v->valuestring, word) == 0;
}

static double
number(const cJSON *object, const char *path, double absent)
{
	const cJSON *v = json_at(object, path);

	return cJSON_IsNumber(v) ? v->valuedouble : absent;
}

static const char *
string(const cJSON *object, const char *path, const char *absent)
{
	const cJSON *v = json_at(object, path);

	return cJSON_IsString(v) ? v->valuestring : absent;
}

static enum outcome
outcomeof(const struct attempt *a)
{
	const cJSON *verdict = json_get(a->score, "verdict");

	if (!verdict)
		return ATTEMPT_SKIPPED;
	if (is(verdict, "status", "timeout"))
		return ATTEMPT_LATE;
	if (!cJSON_IsTrue(json_get(verdict, "compiled")))
		return is(json_get(a->code, "candidate"), "status", "refused")
			   ? ATTEMPT_EMPTY
			   : ATTEMPT_BROKEN;
	if (!cJSON_IsTrue(json_get(verdict, "correct")))
		return ATTEMPT_WRONG;
	return ATTEMPT_RIGHT;
}

static double
costof(const struct attempt *a)
{
	double cost = atof(string(a->score, "response.cost", "0"));

	json_each (p, json_get(a->plan, "planning"))
		cost += atof(string(p, "cost", "0"));
	return cost;
}

static void
load(struct attempt *a, const char *dir, int i)
{
	const cJSON *verdict;

	a->number = i;
	a->agent = file(dir, i, "agent");
	a->plan = file(dir, i, "replan");
	a->code = file(dir, i, "context");
	if (!a->code) /* of the last attempt nobody reads the errors */
		a->code = file(dir, i, "xcompile");
	a->score = file(dir, i, "score");
	a->inspect = file(dir, i, "inspect");
	a->parent = (int)number(a->agent, "agent.parent", 0);
	a->outcome = outcomeof(a);
	a->cost = costof(a);
	verdict = json_get(a->score, "verdict");
	if (a->outcome != ATTEMPT_RIGHT || is(verdict, "class", "quarantined"))
		return;
	a->speedup = number(verdict, "speedup", 0);
	a->low = number(verdict, "low", 0);
	a->high = number(verdict, "high", 0);
	a->timed = a->speedup > 0;
}

int
attempts_count(const char *task)
{
	char *job;
	int n = 0, there = 1;

	while (there) {
		job = xasprintf("%s/%d/job.json", task, n + 1);
		there = access(job, R_OK) == 0;
		n += there;
		free(job);
	}
	return n;
}

struct attempt *
attempts_load(const char *dir, int n)
{
	struct attempt *a = xcalloc((size_t)(n > 1 ? n - 1 : 1), sizeof(*a));
	int i;

	for (i = 1; i < n; i++)
		load(&a[i - 1], dir, i);
	return a;
}

const struct attempt *
attempts_best(const struct attempt *a, int n)
{
	const struct attempt *best = NULL;
	int i;

	for (i = 0; i < n; i++) {
		if (a[i].outcome != ATTEMPT_RIGHT)
			continue;
		if (!best || (a[i].timed && a[i].speedup > best->speedup))
			best = &a[i];
	}
	return best;
}

static const char *
language(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && strcmp(dot, ".c") == 0 ? "c" : "cpp";
}

void
attempt_code(struct buf *b, const struct attempt *a)
{
	const char *name, *text;
	size_t n;

	json_each (f, json_at(a->code, "candidate.files")) {
		name = string(f, "name", "kernel");
		text = string(f, "text", "");
		n = strlen(text);
		buf_addf(b, "%s\n```%s\n%s%s```\n", name, language(name), text,
		    n && text[n - 1] == '\n' ? "" : "\n");
	}
}

static void
addplace(struct buf *b, const cJSON *e)
{
	const char *f = string(e, "file", NULL);

	if (f)
		buf_addf(b, "%s", f);
	if (f && json_get(e, "line"))
		buf_addf(b, ":%.0f", number(e, "line", 0));
	if (f)
		buf_adds(b, ": ");
}

static void
addfence(struct buf *b, const char *text)
{
	size_t n = strlen(text);

	buf_addf(
	    b, "```cpp\n%s%s```\n", text, n && text[n - 1] == '\n' ? "" : "\n");
}

static void
adderror(struct buf *b, const cJSON *e, int i)
{
	const cJSON *in = json_get(e, "in"), *d = json_get(e, "declaration");
	const char *sep = " (also lines ";

	buf_addf(b, "%d. [%s] ", i, string(e, "kind", "other"));
	addplace(b, e);
	buf_adds(b, string(e, "message", ""));
	json_each (l, json_get(e, "also")) {
		buf_addf(b, "%s%.0f", sep, l->valuedouble);
		sep = ", ";
	}
	buf_adds(b, *sep == ',' ? ")\n" : "\n");
	json_each (n, json_get(e, "notes")) {
		buf_adds(b, "   note: ");
		addplace(b, n);
		buf_addf(b, "%s\n", string(n, "message", ""));
	}
	json_each (f, json_get(e, "from")) {
		buf_addf(b, "   %s from ", string(f, "how", "reached"));
		addplace(b, f);
		buf_adds(b, "\n");
	}
	if (string(d, "text", NULL)) {
		buf_adds(b, "   It clashes with ");
		addplace(b, d);
		buf_adds(b, "\n");
		addfence(b, string(d, "text", ""));
	}
	if (string(in, "text", NULL)) {
		buf_addf(b, "   In %s `%s`, lines %.0f to %.0f:\n",
		    string(in, "kind", "code"), string(in, "name", ""),
		    number(in, "from", number(in, "first", 0)),
		    number(in, "to", number(in, "last", 0)));
		addfence(b, string(in, "text", ""));
	}
}

static void
addcontext(struct buf *b, const cJSON *context)
{
	const cJSON *list = json_get(context, "declarations");

	if (cJSON_GetArraySize(list))
		buf_adds(b, "\nWhat the engine's headers declare:\n");
	json_each (d, list) {
		buf_addf(b, "%s, ", string(d, "name", ""));
		addplace(b, d);
		buf_adds(b, "\n");
		addfence(b, string(d, "text", ""));
	}
	json_each (u, json_get(context, "unknown")) {
		buf_addf(b,
		    "\n`%s` does not exist in the engine. The nearest names "
		    "that do:\n",
		    string(u, "symbol", ""));
		json_each (n, json_get(u, "near"))
			buf_addf(b, "- `%s` (%s): `%s`\n",
			    string(n, "name", ""), string(n, "file", ""),
			    string(n, "text", ""));
	}
	list = json_get(context, "headers");
	if (cJSON_GetArraySize(list))
		buf_adds(b, "\nHeaders that declare these names:");
	json_each (h, list)
		buf_addf(b, " `%s`", h->valuestring);
	if (cJSON_GetArraySize(list))
		buf_adds(b, "\n");
}

/* the length of the directory that p begins with and no text may tell, or 0 */
static size_t
hostdir(const char *p)
{
	const char *dirs[] = {rootdir(), getenv("MNN_ROOT"),
	    getenv("MNN_BUILD"), getenv("MKBENCH_STORE"), getenv("HOME"),
	    getenv("TMPDIR")};
	size_t i, n;

	for (i = 0; i < LEN(dirs); i++) {
		n = dirs[i] ? strlen(dirs[i]) : 0;
		while (n > 1 && dirs[i][n - 1] == '/')
			n--;
		if (n > 1 && strncmp(p, dirs[i], n) == 0 &&
		    !isalnum((unsigned char)p[n]) && p[n] != '_' && p[n] != '-')
			return n + (p[n] == '/');
	}
	return 0;
}

/* no text may tell where on this machine things lie */
static void
addclean(struct buf *b, const char *text)
{
	const char *p = text;
	size_t n;

	while (*p) {
		n = *p == '/' ? hostdir(p) : 0;
		if (!n)
			buf_add(b, p, 1);
		p += n ? n : 1;
	}
}

void
attempt_errors(struct buf *b, const struct attempt *a, int located, int context)
{
	const cJSON *errors = json_get(a->code, "errors");
	const char *log = string(a->code, "build.log", "");
	size_t n = strlen(log);
	int i = 1;

	if (located && errors) {
		json_each (e, json_get(errors, "list"))
			adderror(b, e, i++);
		if (number(errors, "distinct", 0) >= i)
			buf_addf(b, "%.0f more errors are not shown.\n",
			    number(errors, "distinct", 0) - i + 1);
		if (context)
			addcontext(b, json_get(a->code, "context"));
	}
	if (i > 1)
		return;
	buf_addf(b, "The build %s%s", string(a->code, "build.status", "failed"),
	    string(a->code, "build.reason", NULL) ? ": " : "");
	addclean(b, string(a->code, "build.reason", ""));
	buf_adds(b, ".\n");
	if (*log)
		addclean(b, n > LOGTAIL ? log + n - LOGTAIL : log);
}

static void
addindex(struct buf *b, const cJSON *example)
{
	const char *sep = "";

	buf_adds(b, "at [");
	json_each (i, json_get(example, "index")) {
		buf_addf(b, "%s%.0f", sep, i->valuedouble);
		sep = ", ";
	}
	buf_adds(b, "]");
}

static void
addscalar(struct buf *b, const cJSON *v)
{
	char *s = v ? json_print(v) : xstrdup("?");

	buf_adds(b, s);
	free(s);
}

static void
addmismatch(struct buf *b, const cJSON *m)
{
	int i = 0;

	buf_addf(b,
	    "Output `%s`: %.0f of %.0f elements are wrong; largest absolute "
	    "error %g, relative %g, ULP %s.\n",
	    string(m, "output", ""), number(m, "failed", 0),
	    number(m, "count", 0), number(m, "max_abs", NAN),
	    number(m, "max_rel", NAN), string(m, "max_ulp", "?"));
	json_each (p, json_get(m, "pattern"))
		buf_addf(b, "- %s\n", p->valuestring);
	json_each (e, json_get(m, "examples")) {
		if (i++ == EXAMPLES)
			break;
		buf_adds(b, "- ");
		addindex(b, e);
		buf_adds(b, ": got ");
		addscalar(b, json_get(e, "got"));
		buf_adds(b, ", want ");
		addscalar(b, json_get(e, "want"));
		buf_adds(b, "\n");
	}
}

/* the line of a file of the candidate, without what is around it */
static void
addline(struct buf *b, const struct attempt *a, const char *name, double line)
{
	const char *p = NULL, *nl;

	json_each (f, json_at(a->code, "candidate.files"))
		if (is(f, "name", name))
			p = string(f, "text", NULL);
	for (; p && line > 1; line--)
		p = (nl = strchr(p, '\n')) ? nl + 1 : NULL;
	if (!p)
		return;
	p += strspn(p, " \t");
	buf_addf(b, ": `%.*s`", (int)strcspn(p, "\n"), p);
}

static void
addframes(struct buf *b, const struct attempt *a)
{
	const cJSON *list = json_at(a->inspect, "inspect.frames");

	if (cJSON_GetArraySize(list))
		buf_adds(b, "It was in these lines, the innermost first:\n");
	json_each (f, list) {
		buf_addf(b, "- %s:%.0f in `%s`", string(f, "file", ""),
		    number(f, "line", 0), string(f, "function", ""));
		addline(b, a, string(f, "file", ""), number(f, "line", 0));
		buf_adds(b, "\n");
	}
}

static void
addcrash(struct buf *b, const cJSON *c)
{
	const char *log = string(c, "log", "");
	size_t n = strlen(log);

	buf_addf(b, "It ended in the phase `%s`", string(c, "phase", "?"));
	if (json_get(c, "call"))
		buf_addf(b, " of call %.0f", number(c, "call", 0));
	if (json_get(c, "signal"))
		buf_addf(b, " by signal %.0f", number(c, "signal", 0));
	buf_adds(b, ".\n");
	if (*log) {
		buf_adds(b, "It printed:\n");
		addclean(b, n > 2000 ? log + n - 2000 : log);
		buf_adds(b, "\n");
	}
}

void
attempt_mismatch(struct buf *b, const struct attempt *a, int report)
{
	const cJSON *run = json_get(a->score, "run");
	const cJSON *mismatch = json_at(run, "verify.mismatch");

	buf_addf(b, "Verdict: %s", string(a->score, "verdict.status", "wrong"));
	if (is(json_get(a->score, "verdict"), "class", "hack"))
		buf_adds(b, ", rejected as not playing by the rules");
	if (report && string(a->score, "verdict.reason", NULL)) {
		buf_adds(b, ": ");
		addclean(b, string(a->score, "verdict.reason", ""));
	}
	buf_adds(b, ".\n");
	if (!report)
		return;
	json_each (f, json_at(a->code, "build.lint.findings")) {
		buf_addf(b, "- %s: ", string(f, "rule", "rule"));
		addplace(b, f);
		buf_addf(b, "%s\n", string(f, "text", ""));
	}
	if (cJSON_IsObject(mismatch))
		addmismatch(b, mismatch);
	if (json_at(run, "candidate.phase") && !cJSON_IsObject(mismatch))
		addcrash(b, json_get(run, "candidate"));
	addframes(b, a);
}

void
attempt_model(struct buf *b, const struct attempt *a)
{
	const cJSON *model = json_at(a->inspect, "inspect.model");
	char *text;

	if (!model)
		return;
	text = json_print(model);
	buf_addf(b, "```json\n%s\n```\n", text);
	free(text);
	json_each (d, json_get(model, "differences"))
		buf_addf(b, "- %s\n", d->valuestring);
}

static void
addtime(struct buf *b, const char *who, const cJSON *arm)
{
	buf_addf(b, "- %s: median %.1f us, p90 %.1f us, set-up %.1f ms\n", who,
	    number(arm, "median_ns", 0) / 1e3, number(arm, "p90_ns", 0) / 1e3,
	    number(arm, "setup_ns", 0) / 1e6);
}

static void
addrates(struct buf *b, const cJSON *record)
{
	double ns = number(record, "run.candidate.median_ns", 0);
	double native = number(record, "run.native.median_ns", 0);
	double macs = atof(string(record, "task.macs", "0"));
	double bytes = atof(string(record, "task.bytes", "0"));

	if (ns > 0 && native > 0 && bytes > 0)
		buf_addf(b,
		    "- Inputs and outputs are %.0f bytes: %.2f GB/s moved, "
		    "native %.2f GB/s\n",
		    bytes, bytes / ns, bytes / native);
	if (ns > 0 && native > 0 && macs > 0)
		buf_addf(b,
		    "- %.0f multiply-adds: %.2f GMAC/s, native %.2f GMAC/s\n",
		    macs, macs / ns, macs / native);
	if (ns > 0 && bytes > 0 && macs / bytes < 1)
		buf_adds(b, "- Few operations a byte: at its best, memory "
			    "bounds it, not arithmetic\n");
}

/* what calibration makes of it, if the device was calibrated */
static void
addroofline(struct buf *b, const cJSON *record)
{
	const cJSON *r = json_at(record, "run.roofline");

	if (r)
		buf_addf(b,
		    "- Roofline: %s bounds it at %.1f us; this kernel takes "
		    "%.2f times that, native %.2f times\n",
		    string(r, "roof", "?"), number(r, "floor_ns", 0) / 1e3,
		    number(r, "candidate", 0), number(r, "native", 0));
}

static void
addloops(struct buf *b, const cJSON *inspect)
{
	json_each (l, json_get(inspect, "loops")) {
		int vector = cJSON_IsTrue(json_get(l, "vectorised"));

		buf_addf(b, "- Loop at %s:%.0f: %s",
		    string(l, "file", "kernel"), number(l, "line", 0),
		    vector ? "vectorised" : "not vectorised");
		if (string(l, "why", NULL))
			buf_addf(b, " (%s)", string(l, "why", ""));
		buf_adds(b, "\n");
	}
	buf_adds(b, string(inspect, "mix", ""));
}

/* of an arm: processor time in its calls, over the time that they took; 0 if
   they took too little for the system's ticks.  Each turn has one call beside
   those that are timed. */
static double
busy(const cJSON *arm)
{
	double cpu = 0, all = 0, ns, calls;

	json_each (r, json_get(arm, "rounds")) {
		ns = 0;
		json_each (t, json_get(r, "ns"))
			ns += t->valuedouble;
		calls = number(r, "calls", 1);
		all += ns * (calls + 1) / calls;
		cpu += number(r, "run_cpu_ns", 0);
	}
	return all > ENOUGH ? cpu / all : 0;
}

static void
addthreads(struct buf *b, const cJSON *run)
{
	double threads = number(run, "threads", 1);
	double alive =
	    number(json_at(run, "candidate.rounds")->child, "threads", threads);
	double mine = busy(json_get(run, "candidate"));
	double native = busy(json_get(run, "native"));

	buf_addf(b, "- Threads: %.0f of %.0f allowed", alive, threads);
	if (mine > 0)
		buf_addf(b,
		    "; on average %.1f at work during a call (efficiency "
		    "%.0f %%), native %.1f",
		    mine, 100 * fmin(mine / threads, 1), native);
	buf_adds(b, "\n");
}

/* what the processor counted in a call, if it counts */
static void
addcounters(struct buf *b, const cJSON *run)
{
	const cJSON *mine = json_at(run, "candidate.counters");
	const cJSON *native = json_at(run, "native.counters");

	if (!cJSON_IsObject(mine)) {
		buf_addf(b, "- Hardware counters: %s\n",
		    string(run, "candidate.counters", "none were read"));
		return;
	}
	json_each (c, mine)
		buf_addf(b, "- %s a call: %.0f, native %.0f\n", c->string,
		    c->valuedouble, number(native, c->string, 0));
}

void
attempt_performance(
    struct buf *b, const struct attempt *a, int times, int roofline)
{
	const cJSON *run = json_get(a->score, "run");

	if (a->timed)
		buf_addf(b,
		    "- Speedup over native: %.2f (95 %% interval %.2f to "
		    "%.2f), on %.0f thread\n",
		    a->speedup, a->low, a->high, number(run, "threads", 1));
	else if (is(json_get(a->score, "verdict"), "class", "quarantined"))
		buf_addf(b, "- A speedup of %.2f is not believed: %s\n",
		    number(a->score, "verdict.speedup", 0),
		    string(a->score, "verdict.evidence", "?"));
	else
		buf_adds(b, "- No speedup could be measured\n");
	if (times) {
		addtime(b, "This kernel", json_get(run, "candidate"));
		addtime(b, "Native", json_get(run, "native"));
		addrates(b, a->score);
		if (json_at(run, "cold.candidate_ns"))
			buf_addf(b,
			    "- With cold caches: %.1f us, native %.1f us\n",
			    number(run, "cold.candidate_ns", 0) / 1e3,
			    number(run, "cold.native_ns", 0) / 1e3);
		if (json_at(run, "candidate.rounds"))
			addthreads(b, run);
		addcounters(b, run);
		addloops(b, json_get(a->inspect, "inspect"));
	}
	if (roofline)
		addroofline(b, a->score);
}

static const char *
rolename(const struct attempt *a)
{
	return string(a->agent, "agent.code", "coder");
}

static void
addidea(struct buf *b, const struct attempt *a)
{
	const char *idea = string(a->plan, "plan.idea", NULL);

	if (idea)
		buf_addf(b, "\"%s\": ", idea);
}

void
attempt_line(struct buf *b, const struct attempt *a, const struct attempt *best)
{
	static const char *const words[] = {"skipped", "no code in the answer",
	    "not built: the time was up", "does not build", "wrong", "right"};
	const cJSON *first;
	const char *status;

	buf_addf(b, "Attempt %d, %s", a->number, rolename(a));
	if (a->parent)
		buf_addf(b, " from %d", a->parent);
	buf_adds(b, ", ");
	addidea(b, a);
	buf_adds(b, words[a->outcome]);
	first = cJSON_GetArrayItem(json_at(a->code, "errors.list"), 0);
	if (a->outcome == ATTEMPT_BROKEN && first)
		buf_addf(b, " (%s)", string(first, "message", ""));
	status = string(a->score, "verdict.status", "wrong");
	if (a->outcome == ATTEMPT_WRONG && strcmp(status, "wrong") != 0)
		buf_addf(b, " (%s)", status);
	if (a->timed)
		buf_addf(b, ", %.2f x native [%.2f, %.2f]", a->speedup, a->low,
		    a->high);
	if (a == best)
		buf_adds(b, ", the best so far");
	else if (a->timed && best && best->timed && a->number > best->number)
		buf_adds(b, ", no gain: not built upon");
	buf_adds(b, "\n");
}

static int
sameidea(const struct attempt *a, const struct attempt *b)
{
	const char *x = string(a->plan, "plan.idea", NULL);
	const char *y = string(b->plan, "plan.idea", NULL);

	return x && y && strcasecmp(x, y) == 0 && a->outcome == b->outcome;
}

/* is there a later one of the same idea and outcome, told in its place? */
static int
repeated(const struct attempt *a, int n, int i)
{
	int j;

	for (j = i + 1; j < n; j++)
		if (sameidea(&a[i], &a[j]))
			return 1;
	return 0;
}

void
attempts_memory(struct buf *b, const struct attempt *a, int n, size_t budget)
{
	const struct attempt *best = attempts_best(a, n);
	uint8_t *show = xcalloc((size_t)n, 1);
	struct buf line = {0};
	size_t used = 0;
	int i, pass, left = 0;

	for (pass = 0; pass < 2; pass++)
		for (i = n - 1; i >= 0; i--) {
			int must = &a[i] == best || i == n - 1;

			if (must == pass || show[i] ||
			    (!must && repeated(a, n, i) && &a[i] != best))
				continue;
			line.len = 0;
			attempt_line(&line, &a[i], best);
			if (!must && used + tokens(line.len) > budget) {
				left++;
				continue;
			}
			used += tokens(line.len);
			show[i] = 1;
		}
	for (i = 0; i < n; i++)
		if (show[i])
			attempt_line(b, &a[i], best);
	if (left)
		buf_addf(b, "%d earlier attempts are left out.\n", left);
	buf_free(&line);
	free(show);
}

static void
attempt_free(struct attempt *a, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		cJSON_Delete(a[i].agent);
		cJSON_Delete(a[i].plan);
		cJSON_Delete(a[i].code);
		cJSON_Delete(a[i].score);
		cJSON_Delete(a[i].inspect);
	}
	free(a);
}

/* a relative's best and what gained nothing there, in a line; nothing if it has
   come to nothing yet */
static void
addrelative(struct buf *b, const char *task, const char *name, const char *op)
{
	int n = attempts_count(task), i;
	char *first = xasprintf("%s/1", task);
	struct attempt *a = attempts_load(first, n + 1);
	const struct attempt *best = attempts_best(a, n);
	const char *sep = "; without gain: ", *idea;

	if (best) {
		buf_addf(b, "- %s (%s): ", name, op);
		addidea(b, best);
		if (best->timed)
			buf_addf(b, "%.2f x native", best->speedup);
		else
			buf_adds(b, "right");
		for (i = 0; i < n; i++) {
			idea = string(a[i].plan, "plan.idea", NULL);
			if (!a[i].timed || &a[i] == best || !idea ||
			    repeated(a, n, i))
				continue;
			buf_addf(b, "%s\"%s\"", sep, idea);
			sep = ", ";
		}
		buf_adds(b, "\n");
	}
	attempt_free(a, n);
	free(first);
}

void
attempts_family(
    struct buf *b, const char *dir, const cJSON *record, size_t budget)
{
	const char *op = string(record, "task.op", "");
	const char *category = string(record, "task.category", "");
	char *pattern = xasprintf("%s/../../*/1/job.json", dir);
	struct buf line = {0};
	glob_t found = {0};
	size_t i, used = 0;
	int pass;

	glob(pattern, 0, NULL, &found);
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < found.gl_pathc; i++) {
			char *path = xstrdup(found.gl_pathv[i]);
			cJSON *job = json_readfile(path);
			int same = strcmp(string(job, "task.op", ""), op) == 0;

			path[strlen(path) - strlen("/1/job.json")] = '\0';
			line.len = 0;
			if (same == !pass &&
			    is(json_get(job, "task"), "category", category) &&
			    !is(json_get(job, "task"), "name",
				string(record, "task.name", "")))
				addrelative(&line, path,
				    string(job, "task.name", ""),
				    string(job, "task.op", ""));
			used += tokens(line.len);
			if (line.len && used <= budget)
				buf_add(b, line.data, line.len);
			cJSON_Delete(job);
			free(path);
		}
	globfree(&found);
	buf_free(&line);
	free(pattern);
}
