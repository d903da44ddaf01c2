#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "cpp.h"
#include "disasm.h"

#define LOGTAIL 6000 /* bytes of a compiler's output shown as it is */
#define EXAMPLES 4   /* wrong elements shown */
#define LOOPS 12     /* loops of which is said how they were compiled */

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

/* no text may tell where on this machine things lie */
static void
addclean(struct buf *b, const char *text)
{
	const char *dirs[] = {rootdir(), getenv("MNN_ROOT"), getenv("HOME")};
	const char *p = text;
	size_t i, n;

	while (*p) {
		for (i = 0; *p == '/' && i < LEN(dirs); i++) {
			n = dirs[i] ? strlen(dirs[i]) : 0;
			if (n > 1 && strncmp(p, dirs[i], n) == 0 &&
			    (p[n] == '/' || !p[n]))
				break;
		}
		if (*p == '/' && i < LEN(dirs)) {
			p += n + (p[n] == '/');
			continue;
		}
		buf_add(b, p++, 1);
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
	buf_addf(b, "The build %s%s%s.\n",
	    string(a->code, "build.status", "failed"),
	    string(a->code, "build.reason", NULL) ? ": " : "",
	    string(a->code, "build.reason", ""));
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
		buf_adds(b, "- Few operations a byte: memory bounds it, not "
			    "arithmetic\n");
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

/* does gcc's or clang's output say that the loop of this line is vector code?
 */
static int
vectorised(const char *log, const char *name, unsigned first, unsigned last)
{
	const char *p = log, *q;
	size_t n = strlen(name);
	unsigned long line;

	for (; p && *p; p = strchr(p, '\n'), p += p != NULL) {
		q = strstr(p, "loop vectorized");
		if (!q)
			q = strstr(p, "vectorized loop");
		if (!q || strncmp(p, name, n) != 0 || p[n] != ':')
			continue;
		if (strchr(p, '\n') && strchr(p, '\n') < q)
			continue;
		line = strtoul(p + n + 1, NULL, 10);
		if (line >= first && line <= last)
			return 1;
	}
	return 0;
}

/* the innermost loops below a node */
static int
innermost(TSNode n, TSNode *loops, int count)
{
	uint32_t i, k = ts_node_named_child_count(n);
	int before = count;

	for (i = 0; i < k; i++)
		count = innermost(ts_node_named_child(n, i), loops, count);
	if (count == before && count < LOOPS &&
	    (cpp_is(n, "for_statement") || cpp_is(n, "while_statement") ||
		cpp_is(n, "for_range_loop") || cpp_is(n, "do_statement")))
		loops[count++] = n;
	return count;
}

static void
addloops(struct buf *b, const char *name, const char *text, const char *log)
{
	TSNode loops[LOOPS];
	struct cpp c;
	int n, i;

	cpp_parse(&c, text, strlen(text));
	n = innermost(c.root, loops, 0);
	for (i = 0; i < n; i++) {
		unsigned first = ts_node_start_point(loops[i]).row + 1;
		unsigned last = ts_node_end_point(loops[i]).row + 1;

		buf_addf(b, "- Loop at %s:%u: %s\n", name, first,
		    vectorised(log, name, first, last) ? "vectorised"
						       : "not vectorised");
	}
	cpp_free(&c);
}

static void
addmix(struct buf *b, const cJSON *record)
{
	const char *artifact = string(record, "build.artifact", NULL);
	char *path;

	if (!artifact)
		return;
	path = rootpath("%s", artifact);
	disasm_mix(b, path);
	free(path);
}

void
attempt_performance(
    struct buf *b, const struct attempt *a, int times, int roofline)
{
	const cJSON *run = json_get(a->score, "run");
	const char *log = string(a->code, "build.log", "");

	if (a->timed)
		buf_addf(b,
		    "- Speedup over native: %.2f (95 %% interval %.2f to "
		    "%.2f), on %.0f thread\n",
		    a->speedup, a->low, a->high, number(run, "threads", 1));
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
		json_each (f, json_at(a->code, "candidate.files"))
			addloops(b, string(f, "name", "kernel"),
			    string(f, "text", ""), log);
		addmix(b, a->code);
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
	    "does not build", "wrong", "right"};
	const cJSON *first;

	buf_addf(b, "Attempt %d, %s", a->number, rolename(a));
	if (a->parent)
		buf_addf(b, " from %d", a->parent);
	buf_adds(b, ", ");
	addidea(b, a);
	buf_adds(b, words[a->outcome]);
	first = cJSON_GetArrayItem(json_at(a->code, "errors.list"), 0);
	if (a->outcome == ATTEMPT_BROKEN && first)
		buf_addf(b, " (%s)", string(first, "message", ""));
	if (a->outcome == ATTEMPT_WRONG)
		buf_addf(
		    b, " (%s)", string(a->score, "verdict.status", "wrong"));
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
