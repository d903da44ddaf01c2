#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff.h"
#include "html.h"
#include "stats.h"
#include "story.h"

#define SAMPLES 300 /* of an arm that are drawn */
#define CONTEXT 3   /* lines around a change */

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

static const char *
outcome(const cJSON *a)
{
	if (strcmp(json_stringor(a, "status", ""), "skipped") == 0)
		return "not made";
	if (!json_boolor(a, "compiled", 0))
		return "does not build";
	if (strcmp(json_stringor(a, "class", ""), "hack") == 0)
		return "a hack";
	return json_boolor(a, "correct", 0)
		   ? "right"
		   : json_stringor(a, "status", "wrong");
}

static const char *
mark(const cJSON *a)
{
	return json_boolor(a, "correct", 0) ? "good" : "bad";
}

static void
speed(struct buf *b, const cJSON *a)
{
	if (!json_get(a, "speedup"))
		return;
	html_textf(b, "%.2f", json_number(a, "speedup"));
	if (json_get(a, "low"))
		html_textf(b, " (%.2f to %.2f)", json_number(a, "low"),
		    json_number(a, "high"));
	if (json_boolor(a, "emulated", 0))
		buf_adds(b, " emulated");
}

static void
overview(struct buf *b, const cJSON *attempts)
{
	buf_adds(b,
	    "<div class=\"wide\"><table><thead><tr><th>Attempt</th><th>Role"
	    "</th><th class=\"n\">From</th><th>Outcome</th><th>Speedup "
	    "(95&nbsp;%)"
	    "</th><th>Held-out</th><th>Class</th><th class=\"n\">Cost, $</th>"
	    "</tr></thead><tbody>\n");
	json_each (a, attempts) {
		int n = (int)json_number(a, "attempt");

		buf_addf(b, "<tr><td><a href=\"#a%d\">%d</a></td><td>", n, n);
		html_str(b, json_stringor(a, "role", ""));
		buf_adds(b, "</td><td class=\"n\">");
		if (json_numberor(a, "parent", 0) > 0)
			buf_addf(b, "%.0f", json_number(a, "parent"));
		buf_addf(b, "</td><td class=\"%s\">", mark(a));
		html_str(b, outcome(a));
		buf_adds(b, "</td><td>");
		speed(b, a);
		buf_adds(b, "</td><td>");
		if (json_get(a, "heldout"))
			buf_adds(b,
			    json_boolor(a, "heldout", 0) ? "right" : "wrong");
		buf_adds(b, "</td><td>");
		html_str(b, json_stringor(a, "class", ""));
		buf_adds(b, "</td><td class=\"n\">");
		html_str(b, json_stringor(a, "cost", ""));
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
			best = fmax(best, y);
		}
		if (best > 0)
			buf_addf(&line, "%s%.1f %.1f", line.len ? "L" : "M", x,
			    Y(best));
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

static void
timings(struct buf *b, const cJSON *run)
{
	size_t n, c;
	double *native = samples(json_get(run, "native"), &n);
	double *cand = samples(json_get(run, "candidate"), &c), lo, hi, mn, mc;

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
		    "<text x=\"90\" y=\"102\">%.4g \xc2\xb5s</text><text "
		    "x=\"660\" y=\"102\" text-anchor=\"end\">%.4g "
		    "\xc2\xb5s</text></svg><figcaption>Each timed call, log "
		    "scale. Median: native %.4g \xc2\xb5s, candidate %.4g "
		    "\xc2\xb5s.</figcaption></figure>\n",
		    lo / 1e3, hi / 1e3, mn / 1e3, mc / 1e3);
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
		buf_adds(b, "\"/></svg></figure>\n");
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
	buf_adds(b, "<div class=\"wide\"><table><thead><tr><th>Index</th><th "
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
	json_each (e, json_get(errors, "list")) {
		if (json_numberor(e, "line", 0) != (double)line ||
		    strcmp(json_stringor(e, "file", ""), file) != 0)
			continue;
		buf_adds(b, "<mark>     ^ ");
		html_str(b, json_stringor(e, "message", ""));
		buf_adds(b, "</mark>\n");
	}
}

static int
hasmessage(const char *file, const cJSON *errors)
{
	json_each (e, json_get(errors, "list"))
		if (strcmp(json_stringor(e, "file", ""), file) == 0)
			return 1;
	return 0;
}

/* a file with line numbers, and errors under the lines they point at */
static void
source(struct buf *b, const cJSON *file, const cJSON *errors)
{
	const char *name = json_stringor(file, "name", ""), *nl;
	const char *p = json_stringor(file, "text", "");
	long line = 1;

	buf_addf(
	    b, "<details%s><summary>", hasmessage(name, errors) ? " open" : "");
	html_str(b, name);
	buf_adds(b, "</summary><pre tabindex=\"0\">");
	for (; *p; p = *nl ? nl + 1 : nl, line++) {
		nl = strchrnul(p, '\n');
		buf_addf(b, "%4ld ", line);
		html_text(b, p, (size_t)(nl - p));
		buf_adds(b, "\n");
		messages(b, name, line, errors);
	}
	buf_adds(b, "</pre></details>\n");
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
asked(struct buf *b, const cJSON *attempt)
{
	cJSON *prompt = run_stage(attempt, "prompt");
	cJSON *answer = run_stage(attempt, "llm-call");
	cJSON *plan = run_stage(attempt, "plan");
	const cJSON *p = json_get(plan, "plan");
	const cJSON *r = json_get(answer, "response");
	struct buf text = {0};

	if (p) {
		buf_adds(b, "<p>Plan (");
		html_str(b, json_stringor(p, "role", ""));
		buf_adds(b, "): ");
		html_str(b,
		    json_stringor(p, "idea", json_stringor(p, "reason", "")));
		buf_adds(b, "</p>\n");
		html_fold(b, "Plan, whole", json_stringor(p, "text", ""));
	}
	json_each (m, json_get(json_get(prompt, "request"), "messages"))
		buf_addf(&text, "[%s]\n%s\n\n", json_stringor(m, "role", ""),
		    json_stringor(m, "content", ""));
	if (text.len)
		html_fold(b, "Prompt", text.data);
	if (json_get(r, "reasoning"))
		html_fold(b, "Reasoning", json_stringor(r, "reasoning", ""));
	if (r)
		html_fold(b, "Answer", json_stringor(r, "text", ""));
	buf_free(&text);
	cJSON_Delete(prompt);
	cJSON_Delete(answer);
	cJSON_Delete(plan);
}

static void
written(struct buf *b, const cJSON *attempt, const cJSON *attempts)
{
	cJSON *record = run_stage(attempt, "xcompile");
	cJSON *errors = run_stage(attempt, "errors");
	const cJSON *c = json_get(record, "candidate");
	const cJSON *build = json_get(record, "build");

	if (c && strcmp(json_stringor(c, "status", "ok"), "ok") != 0) {
		buf_adds(b, "<p class=\"bad\">The answer was refused: ");
		html_str(b, json_stringor(c, "reason", ""));
		buf_adds(b, "</p>\n");
	}
	changes(b, attempt, attempts, c);
	json_each (f, json_get(c, "files"))
		source(b, f, json_get(errors, "errors"));
	if (*json_stringor(build, "log", ""))
		html_fold(b, "Compiler's output", json_string(build, "log"));
	cJSON_Delete(record);
	cJSON_Delete(errors);
}

static void
measured(struct buf *b, const cJSON *attempt)
{
	cJSON *record = run_stage(attempt, "score");
	const cJSON *run = json_get(record, "run");
	const cJSON *log = json_at(run, "candidate.log");
	const cJSON *roof = json_get(run, "roofline");

	mismatch(b, json_at(run, "verify.mismatch"));
	if (json_at(run, "heldout.verify.mismatch")) {
		buf_adds(b, "<h4>On the held-out shape</h4>\n");
		mismatch(b, json_at(run, "heldout.verify.mismatch"));
	}
	timings(b, run);
	if (roof)
		html_textf(b,
		    "Times the least the device could need (%s): native %.3g, "
		    "candidate %.3g.\n",
		    json_stringor(roof, "roof", ""),
		    json_numberor(roof, "native", 0),
		    json_numberor(roof, "candidate", 0));
	if (cJSON_IsString(log) && *log->valuestring)
		html_fold(b, "What the kernel printed", log->valuestring);
	cJSON_Delete(record);
}

static void
section(struct buf *b, const cJSON *a, const cJSON *attempts)
{
	int n = (int)json_number(a, "attempt");

	buf_addf(b,
	    "<section class=\"attempt\"><h2 id=\"a%d\">Attempt %d: "
	    "<span class=\"%s\">",
	    n, n, mark(a));
	html_str(b, outcome(a));
	buf_adds(b, "</span> ");
	speed(b, a);
	buf_adds(b, "</h2>\n<dl>");
	html_item(b, "Role", json_stringor(a, "role", NULL));
	html_item(b, "Why", json_stringor(a, "why", NULL));
	html_item(b, "Reason", json_stringor(a, "reason", NULL));
	html_item(b, "Class", json_stringor(a, "class", NULL));
	html_item(b, "Evidence", json_stringor(a, "evidence", NULL));
	html_item(b, "Track", json_stringor(a, "track", NULL));
	html_item(b, "Cost, $", json_stringor(a, "cost", NULL));
	buf_adds(b, "</dl>\n");
	if (strcmp(json_stringor(a, "status", ""), "skipped") != 0) {
		asked(b, a);
		written(b, a, attempts);
		measured(b, a);
	}
	buf_adds(b, "</section>\n");
}

void
story_page(struct buf *b, const struct run *r, const char *task, const char *up)
{
	const cJSON *attempts = run_attempts(r, task);
	cJSON *job = run_stage(attempts->child, "job");

	html_head(b, task, up);
	buf_adds(b, "<p><a href=\"index.html\">");
	html_str(b, r->name);
	buf_adds(b, "</a></p>\n");
	about(b, json_get(job, "task"));
	overview(b, attempts);
	curve(b, attempts);
	json_each (a, attempts)
		section(b, a, attempts);
	html_foot(b);
	cJSON_Delete(job);
}
