#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff.h"
#include "html.h"
#include "stats.h"
#include "story.h"
#include "why.h"

#define SAMPLES 300 /* of an arm that are drawn */
#define CONTEXT 3   /* lines around a change */
#define SPAN 24	    /* bytes of a time in words */
#define AROUND 6    /* lines around an error */

static void
shapes(struct buf *b, const cJSON *list, const char *what)
{
	buf_addf(b, "<dt>%s</dt><dd>", what);
	json_each (t, list) {
		char *shape = json_get(t, "shape")
				  ? json_print(json_get(t, "shape"))
				  : xstrdup("");
		html_textf(b, "%s%s %s %s%s", t == list->child ? "" : ", ",
		    json_stringor(t, "name", ""), json_stringor(t, "dtype", ""),
		    shape, json_boolor(t, "constant", 0) ? " constant" : "");
		free(shape);
	}
	buf_adds(b, "</dd>\n");
}

static void
about(struct buf *b, const cJSON *task)
{
	char *attributes;

	if (!task)
		return;
	buf_adds(b, "<dl>");
	html_item(b, "Operator", json_stringor(task, "op", ""));
	html_item(b, "Category", json_stringor(task, "category", ""));
	shapes(b, json_get(task, "inputs"), "Inputs");
	shapes(b, json_get(task, "outputs"), "Outputs");
	attributes = json_print(json_get(task, "attributes"));
	if (strcmp(attributes, "{}") != 0)
		html_item(b, "Attributes", attributes);
	free(attributes);
	html_item(b, "Multiply-adds", json_stringor(task, "macs", NULL));
	html_item(b, "Bytes", json_stringor(task, "bytes", NULL));
	buf_adds(b, "</dl>\n");
}

static int
is(const cJSON *object, const char *key, const char *word)
{
	return strcmp(json_stringor(object, key, ""), word) == 0;
}

static const char *
outcome(const cJSON *a)
{
	if (is(a, "status", "stopped"))
		return "not made";
	if (is(a, "status", "skipped"))
		return "no kernel";
	if (!json_boolor(a, "compiled", 0))
		return "does not build";
	if (is(a, "class", "hack"))
		return "a hack";
	if (!json_boolor(a, "correct", 0))
		return json_stringor(a, "status", "wrong");
	return is(a, "class", "quarantined") ? "right, in quarantine" : "right";
}

static const char *
mark(const cJSON *a)
{
	if (is(a, "status", "stopped"))
		return "dim";
	if (!json_boolor(a, "correct", 0))
		return "bad";
	return is(a, "class", "clean") ? "good" : "warn";
}

static void
speed(struct buf *b, const cJSON *a)
{
	if (!json_get(a, "speedup"))
		return;
	html_textf(b, "%.2f", json_number(a, "speedup"));
	if (json_get(a, "low"))
		buf_addf(b, " <small>%.2f\xe2\x80\x93%.2f</small>",
		    json_number(a, "low"), json_number(a, "high"));
	if (json_boolor(a, "emulated", 0))
		buf_adds(b, " emulated");
}

static void
dollars(struct buf *b, const cJSON *a)
{
	if (json_numberor(a, "cost", 0) > 0)
		buf_addf(b, "%.4f", json_number(a, "cost"));
}

/* what an attempt says of itself, loaded once */
struct chapter {
	const cJSON *a;
	cJSON *score, *xcompile, *errors, *inspect;
	char *why;
};

static void
load(struct chapter *c, const cJSON *attempt)
{
	cJSON *located;

	*c = (struct chapter){
	    .a = attempt, .score = run_stage(attempt, "score")};
	if (is(attempt, "status", "stopped")) {
		c->why = why_line(c->score, NULL);
		return;
	}
	c->xcompile = run_stage(attempt, "xcompile");
	located = run_stage(attempt, "errors");
	c->inspect = run_stage(attempt, "inspect");
	c->errors = why_errors(c->xcompile, located);
	c->why = why_line(c->score, c->errors);
	cJSON_Delete(located);
}

static void
unload(struct chapter *c)
{
	cJSON_Delete(c->score);
	cJSON_Delete(c->xcompile);
	cJSON_Delete(c->errors);
	cJSON_Delete(c->inspect);
	free(c->why);
}

static void
overview(struct buf *b, const struct chapter *c, size_t n)
{
	size_t i;

	buf_adds(b,
	    "<h2>Attempts</h2>\n<div class=\"wide\" tabindex=\"0\"><table "
	    "id=\"attempts\">"
	    "<thead><tr><th scope=\"col\">#</th><th scope=\"col\">role</th>"
	    "<th scope=\"col\">outcome</th><th scope=\"col\">speedup "
	    "<small>95&nbsp;%</small></th><th scope=\"col\">held-out</th>"
	    "<th class=\"n\" scope=\"col\">cost, $</th><th scope=\"col\" "
	    "class=\"w\">why"
	    "</th></tr></thead><tbody>\n");
	for (i = 0; i < n; i++) {
		const cJSON *a = c[i].a;
		int k = (int)json_number(a, "attempt");

		buf_addf(b, "<tr><td><a href=\"#a%d\">%d</a></td><td>", k, k);
		html_str(b, json_stringor(a, "role", ""));
		if (json_numberor(a, "parent", 0) > 0)
			buf_addf(b, " <small>of %.0f</small>",
			    json_number(a, "parent"));
		buf_addf(b, "</td><td class=\"%s\">", mark(a));
		html_str(b, outcome(a));
		buf_adds(b, "</td><td>");
		speed(b, a);
		buf_adds(b, "</td><td>");
		if (json_get(a, "heldout"))
			buf_adds(b,
			    json_boolor(a, "heldout", 0) ? "right" : "wrong");
		buf_adds(b, "</td><td class=\"n\">");
		dollars(b, a);
		buf_adds(b, "</td><td class=\"w\">");
		html_brief(b, c[i].why, 200);
		buf_adds(b, "</td></tr>\n");
	}
	buf_adds(b, "</tbody></table></div>\n");
}

/* speedup by attempt, each with its interval, on a log scale */
static void
curve(struct buf *b, const cJSON *attempts)
{
	double lo = 0.9, hi = 1.1, y, best = 0, x, step;
	int n = cJSON_GetArraySize(attempts), i = 0, timed = 0;
	struct buf line = {0};

	json_each (a, attempts) {
		if (!json_get(a, "speedup") || json_number(a, "speedup") <= 0)
			continue;
		timed++;
		lo = fmin(lo, fmax(json_numberor(a, "low", lo), 0.01));
		hi = fmax(hi, json_numberor(a, "high", hi));
	}
	if (timed < 2)
		return;
	step = 600.0 / n;
#define Y(v) (150 - 130 * (log(v) - log(lo)) / (log(hi) - log(lo)))
	buf_addf(b,
	    "<figure><svg viewBox=\"0 0 680 190\" role=\"img\" "
	    "aria-label=\"speedup by attempt\" fill=\"none\">"
	    "<path class=\"axis\" d=\"M50 %.1fH670M50 20V150\"/>"
	    "<text x=\"8\" y=\"12\">%.2f</text><text x=\"8\" y=\"164\">%.2f"
	    "</text><text x=\"14\" y=\"%.1f\">1</text>",
	    Y(1), hi, lo, Y(1) + 4);
	json_each (a, attempts) {
		x = 60 + step * (i++ + 0.5);
		buf_addf(b, "<text x=\"%.1f\" y=\"172\">%.0f</text>", x - 4,
		    json_number(a, "attempt"));
		if (json_get(a, "speedup") && json_number(a, "speedup") > 0) {
			y = json_number(a, "speedup");
			buf_addf(b,
			    "<path class=\"cand\" d=\"M%.1f %.1fV%.1f\"/>"
			    "<circle class=\"cand\" cx=\"%.1f\" cy=\"%.1f\" "
			    "r=\"4\"/>",
			    x, Y(fmax(json_numberor(a, "low", y), lo)),
			    Y(json_numberor(a, "high", y)), x, Y(y));
			if (!is(a, "class", "hack") &&
			    !is(a, "class", "quarantined"))
				best = fmax(best, y);
		}
		if (best > 0)
			buf_addf(&line, line.len ? "H%.1fV%.1f" : "M%.1f %.1f",
			    x, Y(best));
	}
#undef Y
	buf_addf(b,
	    "<path class=\"native\" stroke-dasharray=\"4 3\" d=\"%s\"/></svg>"
	    "<figcaption>Speedup by attempt with its 95&nbsp;%% interval; "
	    "dashed: the best so far; 1 is native.</figcaption></figure>\n",
	    line.data ? line.data : "");
	buf_free(&line);
}

/* all timed calls of an arm, nanoseconds; caller frees */
static double *
samples(const cJSON *arm, size_t *n)
{
	double *v = NULL;
	size_t room = 0;

	*n = 0;
	json_each (round, json_get(arm, "rounds")) {
		json_each (ns, json_get(round, "ns")) {
			if (!cJSON_IsNumber(ns) || ns->valuedouble <= 0)
				continue;
			if (*n == room)
				v = xreallocarray(
				    v, room = room * 2 + 64, sizeof(*v));
			v[(*n)++] = ns->valuedouble;
		}
	}
	return v;
}

static void
strip(struct buf *b, const char *class, const double *v, size_t n, double lo,
    double hi, int y)
{
	size_t i, step = n / SAMPLES + 1;

	buf_addf(b, "<path class=\"%s\" opacity=\".55\" d=\"", class);
	for (i = 0; i < n; i += step)
		buf_addf(b, "M%.1f %dv24",
		    90 + 570 * (log(v[i]) - log(lo)) / (log(hi) - log(lo)), y);
	buf_adds(b, "\"/>");
}

/* nanoseconds as people read them */
static const char *
span(char s[SPAN], double ns)
{
	if (ns >= 1e6)
		snprintf(s, SPAN, "%.4g ms", ns / 1e6);
	else
		snprintf(s, SPAN, "%.4g \xc2\xb5s", ns / 1e3);
	return s;
}

static void
timings(struct buf *b, const cJSON *run)
{
	size_t n, c;
	double *native = samples(json_get(run, "native"), &n);
	double *cand = samples(json_get(run, "candidate"), &c), lo, hi, mn, mc;
	char text[4][SPAN];

	if (n && c) {
		mn = stats_median(native, n); /* sorts */
		mc = stats_median(cand, c);
		lo = fmin(native[0], cand[0]) * 0.95;
		hi = fmax(native[n - 1], cand[c - 1]) * 1.05;
		buf_adds(b,
		    "<figure><svg viewBox=\"0 0 680 110\" role=\"img\" "
		    "aria-label=\"timed calls of both arms\" fill=\"none\">"
		    "<text x=\"2\" y=\"27\">native</text><text x=\"2\" "
		    "y=\"67\">candidate</text><path class=\"axis\" d=\"M90 "
		    "84H660\"/>");
		strip(b, "native", native, n, lo, hi, 10);
		strip(b, "cand", cand, c, lo, hi, 50);
		buf_addf(b,
		    "<text x=\"90\" y=\"102\">%s</text><text x=\"660\" "
		    "y=\"102\" text-anchor=\"end\">%s</text></svg>"
		    "<figcaption>Each timed call, log scale. Median: native "
		    "%s, candidate %s.</figcaption></figure>\n",
		    span(text[0], lo), span(text[1], hi), span(text[2], mn),
		    span(text[3], mc));
	}
	free(native);
	free(cand);
}

static void
value(struct buf *b, const cJSON *v)
{
	if (cJSON_IsString(v))
		html_str(b, v->valuestring);
	else if (v)
		html_textf(b, "%.9g", v->valuedouble);
}

/* per axis: which positions hold wrong elements */
static void
axes(struct buf *b, const cJSON *m)
{
	double size, w;
	int listed;

	json_each (axis, json_get(m, "axes")) {
		size = json_numberor(axis, "size", 0);
		if (size < 1)
			continue;
		w = fmax(600 / size, 1.5);
		buf_addf(b,
		    "<figure><svg viewBox=\"0 0 680 26\" role=\"img\" "
		    "aria-label=\"wrong positions of axis %.0f\"><text x=\"0\" "
		    "y=\"17\">axis %.0f</text><rect class=\"axis\" x=\"60\" "
		    "y=\"4\" width=\"600\" height=\"18\" fill=\"none\"/><path "
		    "fill=\"var(--cand)\" d=\"",
		    json_numberor(axis, "axis", 0),
		    json_numberor(axis, "axis", 0));
		json_each (p, json_get(axis, "wrong"))
			buf_addf(b, "M%.1f 4h%.1fv18h-%.1fz",
			    60 + 600 * p->valuedouble / size, w, w);
		buf_adds(b, "\"/></svg>");
		listed = cJSON_GetArraySize(json_get(axis, "wrong"));
		if (json_numberor(axis, "positions", 0) > listed)
			buf_addf(b,
			    "<figcaption>The first %d of %.0f wrong positions "
			    "are drawn.</figcaption>",
			    listed, json_number(axis, "positions"));
		buf_adds(b, "</figure>\n");
	}
}

static void
mismatch(struct buf *b, const cJSON *m)
{
	if (!m)
		return;
	html_textf(b, "Output %s: ", json_stringor(m, "output", ""));
	html_textf(b, "%.0f of %.0f elements are wrong",
	    json_numberor(m, "failed", 0), json_numberor(m, "count", 0));
	buf_adds(b, ".<ul>");
	json_each (p, json_get(m, "pattern")) {
		buf_adds(b, "<li>");
		html_str(b, cJSON_GetStringValue(p));
		buf_adds(b, "</li>");
	}
	buf_adds(b, "</ul>\n");
	axes(b, m);
	buf_adds(b, "<div class=\"wide\" "
		    "tabindex=\"0\"><table><thead><tr><th>Index</th><th "
		    "class=\"n\">Got</th><th class=\"n\">Want</th></tr></thead>"
		    "<tbody>\n");
	json_each (e, json_get(m, "examples")) {
		char *index = json_print(json_get(e, "index"));

		buf_adds(b, "<tr><td>");
		html_str(b, index);
		free(index);
		buf_adds(b, "</td><td class=\"n\">");
		value(b, json_get(e, "got"));
		buf_adds(b, "</td><td class=\"n\">");
		value(b, json_get(e, "want"));
		buf_adds(b, "</td></tr>\n");
	}
	buf_adds(b, "</tbody></table></div>\n");
}

static void
messages(struct buf *b, const char *file, long line, const cJSON *errors)
{
	json_each (e, errors) {
		if (json_number(e, "line") != (double)line ||
		    strcmp(json_string(e, "file"), file) != 0)
			continue;
		buf_adds(b, "<mark>     ^ ");
		html_str(b, json_string(e, "message"));
		buf_adds(b, "</mark>\n");
	}
}

/* whether an error points at a line, or near it */
static int
near(const char *file, long line, long lines, const cJSON *errors)
{
	json_each (e, errors)
		if (fabs(json_number(e, "line") - (double)line) <=
			(double)lines &&
		    json_number(e, "line") > 0 &&
		    strcmp(json_string(e, "file"), file) == 0)
			return 1;
	return 0;
}

/* a file with line numbers, errors under the lines they point at; with around
   only what is so near to an error */
static void
source(struct buf *b, const cJSON *file, const cJSON *errors, long around)
{
	const char *name = json_stringor(file, "name", ""), *nl;
	const char *p = json_stringor(file, "text", "");
	long line = 1, gap = 0;

	buf_addf(b, "<details%s><summary>", around ? " open" : "");
	html_str(b, name);
	buf_addf(b, "%s</summary><pre class=\"code\" tabindex=\"0\">",
	    around ? ", around the errors" : "");
	for (; *p; p = *nl ? nl + 1 : nl, line++) {
		nl = strchrnul(p, '\n');
		if (around && !near(name, line, around, errors)) {
			gap++;
			continue;
		}
		if (gap)
			buf_adds(b, "<i>   \xe2\x8b\xaf</i>\n");
		gap = 0;
		buf_addf(b, "<i>%4ld</i> ", line);
		html_text(b, p, (size_t)(nl - p));
		buf_adds(b, "\n");
		messages(b, name, line, errors);
	}
	buf_adds(b, "</pre></details>\n");
}

/* the errors as a list; those of no line of the candidate are only here */
static void
errorlist(struct buf *b, const cJSON *errors)
{
	if (!errors || !errors->child || !errors->child->next)
		return; /* the one has been said */
	buf_adds(b, "<ul class=\"errors\">");
	json_each (e, errors) {
		buf_adds(b, "<li>");
		if (json_number(e, "line") > 0)
			html_textf(b, "%s:%.0f: ", json_string(e, "file"),
			    json_number(e, "line"));
		html_brief(b, json_string(e, "message"), 600);
		buf_adds(b, "</li>");
	}
	buf_adds(b, "</ul>\n");
}

/* lines of a diff, kept until it is known whether a change is near */
struct hunks {
	struct buf *b;
	struct buf kept[CONTEXT];
	size_t nkept, after;
	int changed, gap;
};

static void
putdiff(struct buf *b, char kind, const char *line, size_t n)
{
	const char *tag = kind == '+' ? "ins" : kind == '-' ? "del" : NULL;

	if (tag)
		buf_addf(b, "<%s>", tag);
	buf_add(b, &kind, 1);
	html_text(b, line, n);
	if (tag)
		buf_addf(b, "</%s>", tag);
	buf_adds(b, "\n");
}

static void
hunk(char kind, const char *line, size_t n, void *arg)
{
	struct hunks *h = arg;
	size_t i;

	if (kind == ' ' && h->after) {
		h->after--;
		putdiff(h->b, kind, line, n);
		return;
	}
	if (kind == ' ') {
		if (h->nkept == CONTEXT) {
			buf_free(&h->kept[0]);
			memmove(h->kept, h->kept + 1,
			    (CONTEXT - 1) * sizeof(h->kept[0]));
			h->nkept--;
			h->gap = 1;
		}
		h->kept[h->nkept] = (struct buf){0};
		putdiff(&h->kept[h->nkept++], kind, line, n);
		return;
	}
	if (h->gap)
		buf_adds(h->b, "\xe2\x8b\xaf\n");
	for (i = 0; i < h->nkept; i++) {
		buf_add(h->b, h->kept[i].data, h->kept[i].len);
		buf_free(&h->kept[i]);
	}
	h->nkept = 0;
	h->gap = 0;
	h->after = CONTEXT;
	h->changed = 1;
	putdiff(h->b, kind, line, n);
}

static const cJSON *
filenamed(const cJSON *candidate, const char *name)
{
	json_each (f, json_get(candidate, "files"))
		if (strcmp(json_stringor(f, "name", ""), name) == 0)
			return f;
	return NULL;
}

static void
changes(struct buf *b, const cJSON *attempt, const cJSON *attempts,
    const cJSON *candidate)
{
	double parent = json_numberor(attempt, "parent", 0);
	const cJSON *from = NULL, *old;
	cJSON *record;

	json_each (a, attempts)
		if (json_number(a, "attempt") == parent)
			from = a;
	if (parent < 1 || !from || !(record = run_stage(from, "unpack")))
		return;
	json_each (f, json_get(candidate, "files")) {
		struct hunks h = {.b = b};
		size_t i;

		old = filenamed(json_get(record, "candidate"),
		    json_stringor(f, "name", ""));
		buf_addf(b,
		    "<details open><summary>Changes to attempt %.0f: ", parent);
		html_str(b, json_stringor(f, "name", ""));
		buf_adds(b, "</summary><pre tabindex=\"0\">");
		diff_lines(old ? json_stringor(old, "text", "") : "",
		    json_stringor(f, "text", ""), hunk, &h);
		for (i = 0; i < h.nkept; i++)
			buf_free(&h.kept[i]);
		if (!h.changed)
			buf_adds(b, "(none)\n");
		buf_adds(b, "</pre></details>\n");
	}
	cJSON_Delete(record);
}

static void
planned(struct buf *b, const cJSON *attempt)
{
	cJSON *record = run_stage(attempt, "replan");
	const cJSON *p;

	if (!record)
		record = run_stage(attempt, "plan");
	if ((p = json_get(record, "plan"))) {
		buf_adds(b, "<p><strong>Plan</strong> (");
		html_str(b, json_stringor(p, "role", ""));
		buf_adds(b,
		    is(p, "status", "bad") ? ", not as asked for): " : "): ");
		html_brief(b,
		    json_stringor(p, "idea", json_stringor(p, "reason", "")),
		    600);
		buf_adds(b, "</p>\n");
		html_fold(b, "The whole plan", json_stringor(p, "text", ""));
	}
	cJSON_Delete(record);
}

static void
question(
    struct buf *b, const cJSON *attempt, const char *stage, const char *summary)
{
	cJSON *record = run_stage(attempt, stage);
	struct buf text = {0};

	json_each (m, json_at(record, "request.messages"))
		buf_addf(&text, "[%s]\n%s\n\n", json_stringor(m, "role", ""),
		    json_stringor(m, "content", ""));
	if (text.len)
		html_fold(b, summary, text.data);
	buf_free(&text);
	cJSON_Delete(record);
}

static void
answer(
    struct buf *b, const cJSON *attempt, const char *stage, const char *summary)
{
	cJSON *record = run_stage(attempt, stage);
	const cJSON *r = json_get(record, "response");

	if (*json_stringor(r, "reasoning", "")) {
		char *what = xasprintf("%s: reasoning", summary);

		html_fold(b, what, json_string(r, "reasoning"));
		free(what);
	}
	if (json_get(r, "text"))
		html_fold(b, summary, json_stringor(r, "text", ""));
	cJSON_Delete(record);
}

/* what was asked and answered, word by word */
static void
words(struct buf *b, const cJSON *attempt)
{
	question(b, attempt, "plan-prompt", "Planner's prompt");
	answer(b, attempt, "plan-call", "Planner's answer");
	answer(b, attempt, "replan-call", "Planner's second answer");
	question(b, attempt, "prompt", "Prompt");
	answer(b, attempt, "llm-call", "Answer");
}

static void
written(struct buf *b, const struct chapter *c, const cJSON *attempts)
{
	const cJSON *candidate = json_get(c->xcompile, "candidate");
	const char *log =
	    json_stringor(json_get(c->xcompile, "build"), "log", "");

	errorlist(b, c->errors);
	changes(b, c->a, attempts, candidate);
	json_each (f, json_get(candidate, "files")) {
		if (near(json_stringor(f, "name", ""), 0, LONG_MAX, c->errors))
			source(b, f, c->errors, AROUND);
		source(b, f, c->errors, 0);
	}
	if (*log)
		html_fold(b, "Compiler's output", log);
}

static void
roofline(struct buf *b, const cJSON *roof)
{
	double native = json_numberor(roof, "native", 0);
	double candidate = json_numberor(roof, "candidate", 0);
	char text[SPAN];

	if (native <= 0 || candidate <= 0)
		return;
	buf_addf(b, "<p>The device needs %s at least (bound by ",
	    span(text, json_numberor(roof, "floor_ns", 0)));
	html_str(b, json_stringor(roof, "roof", "?"));
	buf_addf(b,
	    "): native takes %.3g times that, the candidate %.3g times.</p>\n",
	    native, candidate);
}

/* in which of the candidate's lines it was when it ended badly */
static void
ended(struct buf *b, const cJSON *frames)
{
	if (!cJSON_GetArraySize(frames))
		return;
	buf_adds(b, "<p>It was in these lines, the innermost first:</p><ul>");
	json_each (f, frames) {
		buf_adds(b, "<li><code>");
		html_textf(b, "%s:%.0f", json_stringor(f, "file", ""),
		    json_numberor(f, "line", 0));
		buf_adds(b, "</code> in <code>");
		html_str(b, json_stringor(f, "function", ""));
		buf_adds(b, "</code></li>");
	}
	buf_adds(b, "</ul>\n");
}

/* what the compiler made of the code */
static void
made(struct buf *b, const cJSON *seen)
{
	struct buf text = {0};

	json_each (l, json_get(seen, "loops")) {
		buf_addf(&text, "%s:%.0f: %s", json_stringor(l, "file", ""),
		    json_numberor(l, "line", 0),
		    json_boolor(l, "vectorised", 0) ? "vectorised"
						    : "not vectorised");
		if (json_get(l, "why"))
			buf_addf(&text, ": %s", json_stringor(l, "why", ""));
		buf_adds(&text, "\n");
	}
	buf_adds(&text, json_stringor(seen, "mix", ""));
	if (text.len)
		html_fold(b, "Its loops and instructions", text.data);
	buf_free(&text);
}

/* the node beside what the engine's converter made of it */
static void
converted(struct buf *b, const cJSON *model)
{
	char *text;

	if (!model)
		return;
	if (cJSON_GetArraySize(json_get(model, "differences"))) {
		buf_adds(b, "<p>The engine's operator differs from the ONNX "
			    "node:</p><ul>");
		json_each (d, json_get(model, "differences")) {
			buf_adds(b, "<li>");
			html_str(b, cJSON_GetStringValue(d));
			buf_adds(b, "</li>");
		}
		buf_adds(b, "</ul>\n");
	}
	text = cJSON_Print(model);
	html_fold(b, "ONNX node and converted operator", text);
	cJSON_free(text);
}

static void
measured(struct buf *b, const struct chapter *c)
{
	const cJSON *seen = json_get(c->inspect, "inspect");
	const cJSON *run = json_get(c->score, "run");
	const cJSON *log = json_at(run, "candidate.log");

	mismatch(b, json_at(run, "verify.mismatch"));
	if (json_at(run, "heldout.verify.mismatch")) {
		buf_adds(b, "<h3>On the held-out shape</h3>\n");
		mismatch(b, json_at(run, "heldout.verify.mismatch"));
	}
	ended(b, json_get(seen, "frames"));
	timings(b, run);
	roofline(b, json_get(run, "roofline"));
	made(b, seen);
	converted(b, json_get(seen, "model"));
	if (cJSON_IsString(log) && *log->valuestring)
		html_foldopen(b, "What it printed, and where it was",
		    log->valuestring, !json_boolor(c->a, "correct", 0));
}

/* who acted on what, in a line */
static void
meta(struct buf *b, const cJSON *a)
{
	static const char *const keys[] = {"track", "class"};
	size_t i, n = json_boolor(a, "compiled", 0) ? LEN(keys) : 0;

	buf_adds(b, "<p class=\"dim\">");
	html_str(b, json_stringor(a, "role", "nobody"));
	if (json_numberor(a, "parent", 0) > 0)
		buf_addf(b, ", changing <a href=\"#a%.0f\">attempt %.0f</a>",
		    json_number(a, "parent"), json_number(a, "parent"));
	if (json_get(a, "why")) {
		buf_adds(b, ", because ");
		html_str(b, json_string(a, "why"));
	}
	for (i = 0; i < n; i++)
		if (json_get(a, keys[i])) {
			buf_adds(b, " \xc2\xb7 ");
			html_str(b, json_string(a, keys[i]));
		}
	if (json_numberor(a, "cost", 0) > 0) {
		buf_adds(b, " \xc2\xb7 $");
		dollars(b, a);
	}
	buf_adds(b, "</p>\n");
}

static void
section(struct buf *b, const struct chapter *c, const cJSON *attempts)
{
	int n = (int)json_number(c->a, "attempt");

	buf_addf(b,
	    "<section class=\"attempt\"><h2 id=\"a%d\">Attempt %d: "
	    "<span class=\"%s\">",
	    n, n, mark(c->a));
	html_str(b, outcome(c->a));
	buf_adds(b, "</span> ");
	speed(b, c->a);
	buf_adds(b, "</h2>\n");
	meta(b, c->a);
	if (c->why && *c->why) {
		buf_addf(b, "<p class=\"why %s\">", mark(c->a));
		html_brief(b, c->why, 600);
		buf_adds(b, "</p>\n");
	}
	if (!is(c->a, "status", "stopped")) {
		planned(b, c->a);
		measured(b, c);
		written(b, c, attempts);
		words(b, c->a);
	}
	buf_adds(b, "</section>\n");
}

/* the task in a sentence: what came of all attempts */
static void
outline(struct buf *b, const struct run *r, const char *task,
    const struct chapter *c, size_t n)
{
	const cJSON *t = json_get(r->tasks, task), *best = NULL;
	double v = json_numberor(t, "speedup", 0);
	size_t i;

	for (i = 0; i < n && !best; i++)
		if (v > 0 && json_numberor(c[i].a, "speedup", 0) == v)
			best = c[i].a;
	buf_adds(b, "<p class=\"lead\">");
	if (best) {
		buf_addf(b, "Best: <a href=\"#a%.0f\">attempt %.0f</a>, ",
		    json_number(best, "attempt"), json_number(best, "attempt"));
		buf_addf(b,
		    "%.2f times as fast as native (95&nbsp;%% interval "
		    "%.2f\xe2\x80\x93%.2f: %s).</p>\n",
		    v, json_numberor(t, "low", v), json_numberor(t, "high", v),
		    json_numberor(t, "low", v) > 1    ? "confidently faster"
		    : json_numberor(t, "high", v) < 1 ? "confidently slower"
						      : "a tie");
		return;
	}
	if (json_numberor(t, "correct", 0) > 0)
		buf_adds(b, "Right, without a speedup that counts.");
	else if (n)
		buf_addf(b, "None of %zu attempts is right.", n);
	if (n && c[n - 1].why && *c[n - 1].why) {
		buf_adds(b, " The last: ");
		html_brief(b, c[n - 1].why, 300);
	}
	buf_adds(b, "</p>\n");
}

void
story_page(struct buf *b, const struct run *r, const char *task, int alone)
{
	const cJSON *attempts = run_attempts(r, task);
	cJSON *job = run_stage(attempts->child, "job");
	size_t n = 0, i;
	struct chapter *c =
	    xcalloc((size_t)cJSON_GetArraySize(attempts), sizeof(*c));

	json_each (a, attempts)
		load(&c[n++], a);
	html_head(b, task, "../");
	buf_adds(b, alone ? "<nav><a href=\"../index.html\">"
			  : "<nav><a href=\"../index.html\">All runs</a> "
			    "\xe2\x80\xba <a href=\"index.html\">");
	html_str(b, r->name);
	buf_adds(b, "</a></nav>\n");
	outline(b, r, task, c, n);
	about(b, json_get(job, "task"));
	overview(b, c, n);
	curve(b, attempts);
	for (i = 0; i < n; i++) {
		section(b, &c[i], attempts);
		unload(&c[i]);
	}
	html_foot(b);
	free(c);
	cJSON_Delete(job);
}
