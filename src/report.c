/*
 * report: runs become pages that open from disk.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "html.h"
#include "paired.h"
#include "plots.h"
#include "stage.h"
#include "stats.h"
#include "story.h"

#define FORMAT 2 /* of task pages: they are made again when it changes */

static const char *const columns[] = {
    "CSR", "FCR", "fast_0.5", "fast_1.0", "fast_1.5"};
static const char *out;
static int force, jobs = 2;

/* the path from where the program was started */
static char *
absolute(const char *path)
{
	char *cwd = *path == '/' ? NULL : getcwd(NULL, 0);
	char *whole = cwd ? xasprintf("%s/%s", cwd, path) : xstrdup(path);

	free(cwd);
	return whole;
}

static int
isfile(const char *arg)
{
	size_t n = strlen(arg);

	return n > 5 && strcmp(arg + n - 5, ".json") == 0;
}

static void
put(const char *name, struct buf *b)
{
	char *path = xasprintf("%s/%s", out, name);

	if (writefile(path, b->data, b->len, 1) < 0)
		err(EX_IOERR, "%s", path);
	buf_free(b);
	free(path);
}

static char *
joined(const cJSON *list)
{
	struct buf b = {0};

	json_each (s, list)
		buf_addf(&b, "%s%s", s == list->child ? "" : " ",
		    cJSON_IsString(s) ? s->valuestring : "?");
	return b.data ? b.data : xstrdup("");
}

/* "moka without memory, plan": the method and what it was run without */
static char *
method(const cJSON *m)
{
	const char *no = json_stringor(m, "no", "");

	return xasprintf("%s%s%s", json_stringor(m, "method", "?"),
	    *no ? " without " : "", no);
}

static char *
engine(const cJSON *m)
{
	const cJSON *v = json_at(m, "engine_facts.version");

	return xasprintf("%s %s", json_stringor(m, "engine", "?"),
	    cJSON_IsString(v) ? v->valuestring : "");
}

static const char *
madeof(const cJSON *m, const char *path)
{
	const cJSON *v = json_at(json_get(m, "made"), path);

	return cJSON_IsString(v) ? v->valuestring : "?";
}

/* what the manifest says beyond what the records do */
static void
madewith(struct buf *b, const cJSON *m)
{
	const char *seed = json_stringor(m, "seed", "");
	char *text;

	if (!json_get(m, "made"))
		return;
	html_item(b, "Started", madeof(m, "start"));
	html_item(b, "Seed", *seed ? seed : "secret, told in each record");
	text = xasprintf("%s, sources %.12s", madeof(m, "mkbench.version"),
	    madeof(m, "mkbench.sha256"));
	html_item(b, "mkbench", text);
	free(text);
	text = xasprintf("tasks %.12s, prompts %.12s, engine %.12s, device "
			 "%.12s, model %.12s",
	    madeof(m, "suite.sha256"), madeof(m, "prompts.sha256"),
	    madeof(m, "engine.sha256"), madeof(m, "device.sha256"),
	    madeof(m, "model.sha256"));
	html_item(b, "SHA-256", text);
	free(text);
	text = xasprintf("%s, %s, %s", madeof(m, "machine.processor"),
	    madeof(m, "machine.memory"), madeof(m, "machine.system"));
	html_item(b, "Planned on", text);
	free(text);
}

static void
aboutrun(struct buf *b, const struct run *r)
{
	const cJSON *m = r->manifest, *machine = json_get(m, "machine");
	char *how = method(m), *on = engine(m);
	char *flags = joined(json_get(m, "flags"));
	char *text;

	buf_adds(b, "<dl>\n");
	html_item(b, "Model", json_stringor(m, "model", NULL));
	html_item(b, "Answered by", json_stringor(m, "answered_by", NULL));
	html_item(b, "Method", how);
	html_item(b, "Engine", on);
	html_item(b, "Device", json_stringor(m, "device", NULL));
	text = xasprintf("%s, kernel %s, %.0f processors%s",
	    json_stringor(machine, "arch", "?"),
	    json_stringor(machine, "kernel", "?"),
	    json_numberor(machine, "cpus", 0),
	    json_boolor(m, "emulated", 0) ? "; emulated: its times mean nothing"
					  : "");
	html_item(b, "Machine", machine ? text : NULL);
	free(text);
	text = xasprintf("%s %s", json_stringor(m, "compiler", ""), flags);
	html_item(b, "Compiler", text);
	free(text);
	text = xasprintf("%s %s", json_stringor(m, "suite", "?"),
	    json_stringor(m, "suite_version", ""));
	html_item(b, "Suite", text);
	free(text);
	text = xasprintf("%.0f, on %.0f tasks of %.0f planned",
	    json_number(r->summary, "attempts"),
	    json_number(json_object(r->summary, "overall"), "tasks"),
	    json_numberor(m, "tasks", 0));
	html_item(b, "Attempts", text);
	free(text);
	madewith(b, m);
	html_item(b, "Last result", json_stringor(m, "when", NULL));
	html_item(b, "Cost, $",
	    json_stringor(json_get(r->summary, "overall"), "cost", NULL));
	buf_adds(b, "</dl>\n");
	free(how);
	free(on);
	free(flags);
}

/* a rate with its interval, or that there is none */
static void
ratecell(struct buf *b, const cJSON *row, const char *key, int known)
{
	char text[40], *space;

	if (!known) {
		buf_adds(b, "<td class=\"n\" data-v=\"-1\">-</td>");
		return;
	}
	summary_cell(text, sizeof(text), row, key);
	if ((space = strchr(text, ' ')))
		*space++ = '\0';
	buf_addf(b, "<td class=\"n\" data-v=\"%.6f\">%s <small>%s</small></td>",
	    json_number(json_object(row, key), "rate"), text,
	    space ? space : "");
}

static void
rates(struct buf *b, const cJSON *row)
{
	size_t i;

	for (i = 0; i < LEN(columns); i++)
		ratecell(b, row, columns[i],
		    !strchr(columns[i], '_') || !summary_untimed(row));
	ratecell(b, row, "heldout", json_number(row, "heldout_tasks") > 0);
	if (json_number(row, "geomean_speedup") > 0)
		buf_addf(b, "<td class=\"n\">%.2f</td>",
		    json_number(row, "geomean_speedup"));
	else
		buf_adds(b, "<td class=\"n\" data-v=\"-1\">-</td>");
}

static void
heads(struct buf *b)
{
	size_t i;

	for (i = 0; i < LEN(columns); i++)
		buf_addf(
		    b, "<th class=\"n\" scope=\"col\">%s</th>", columns[i]);
	buf_adds(b,
	    "<th class=\"n\" scope=\"col\">held-out</th><th class=\"n\" "
	    "scope=\"col\">speedup</th>");
}

static void
row(struct buf *b, const char *name, const cJSON *figures)
{
	buf_adds(b, "<tr><th scope=\"row\">");
	html_str(b, name);
	buf_addf(
	    b, "</th><td class=\"n\">%.0f</td>", json_number(figures, "tasks"));
	rates(b, figures);
	buf_adds(b, "</tr>\n");
}

static void
card(struct buf *b, const cJSON *figures, const char *key, const char *what)
{
	char text[40], *space;

	summary_cell(text, sizeof(text), figures, key);
	if ((space = strchr(text, ' ')))
		*space++ = '\0';
	buf_addf(b, "<li><b>%s%s</b>%s <small>%s%s%s</small></li>\n", text,
	    space ? "&nbsp;%" : "", what, key, space ? ", " : "",
	    space ? space : "");
}

/* the run in five numbers */
static void
cards(struct buf *b, const struct run *r)
{
	const cJSON *o = json_object(r->summary, "overall");
	const char *cost = json_stringor(o, "cost", NULL);

	buf_adds(b, "<ul class=\"cards\">\n");
	card(b, o, "CSR", "built");
	card(b, o, "FCR", "right");
	card(b, o, "fast_1.0", "faster than native");
	card(b, o, "fast_1.5", "1.5 times as fast");
	if (json_number(o, "geomean_speedup") > 0)
		buf_addf(b,
		    "<li><b>%.2f</b>times native "
		    "<small>geometric mean of the right</small></li>\n",
		    json_number(o, "geomean_speedup"));
	if (cost)
		buf_addf(b, "<li><b>$%.2f</b>all answers</li>\n",
		    strtod(cost, NULL));
	buf_adds(b, "</ul>\n");
}

static void
table(struct buf *b, const struct run *r)
{
	char text[40];
	const cJSON *o = json_object(r->summary, "overall");
	size_t i;

	buf_adds(b, "<h2>Results</h2>\n<div class=\"wide\" "
		    "tabindex=\"0\"><table id=\"results\" "
		    "class=\"sort\"><thead><tr><th scope=\"col\">category</th>"
		    "<th class=\"n\" scope=\"col\">tasks</th>");
	heads(b);
	buf_adds(b, "</tr></thead><tbody>\n");
	json_each (c, json_array(r->summary, "categories"))
		row(b, json_string(c, "category"), c);
	buf_adds(b, "</tbody><tfoot class=\"all\">");
	row(b, "overall", o);
	buf_adds(b,
	    "</tfoot></table></div>\n<p class=\"dim\">Rates in per cent with "
	    "their 95&nbsp;% intervals (Wilson), per task the best attempt. "
	    "CSR: "
	    "built. FCR: also right. fast_p: also faster than p times native. "
	    "Held-out: of the tasks tried on a second shape, those right on it "
	    "too. Speedup: geometric mean of the right kernels. Confident (the "
	    "speedup's own interval lies above p):");
	for (i = 0; i < 3; i++) {
		static const char *const p[] = {"0.5", "1.0", "1.5"};
		char key[20];

		snprintf(key, sizeof(key), "confident_%s", p[i]);
		summary_cell(text, sizeof(text), o, key);
		buf_addf(b, "%s fast_%s %s", i ? "," : "", p[i], text);
	}
	buf_adds(b, ".</p>\n");
}

static const char *
standing(const cJSON *t)
{
	if (json_numberor(t, "correct", 0) > 0)
		return "right";
	if (json_numberor(t, "hack", 0) > 0)
		return "a hack";
	return json_numberor(t, "compiled", 0) > 0 ? "not right"
						   : "does not build";
}

static void
oddities(struct buf *b, const cJSON *t)
{
	static const char *const keys[] = {"hack", "quarantined", "flagged"};
	size_t i;

	for (i = 0; i < LEN(keys); i++)
		if (json_numberor(t, keys[i], 0) > 0)
			buf_addf(b, "<span class=\"%s\">%s</span> ",
			    i ? "warn" : "bad", keys[i]);
}

/* of a task that is not right, what became of its last attempt */
static const char *
failing(const struct run *r, const cJSON *task)
{
	const char *last = NULL;

	if (json_numberor(task, "correct", 0) > 0)
		return NULL;
	json_each (a, run_attempts(r, task->string))
		if (strcmp(json_stringor(a, "status", ""), "stopped") != 0)
			last = json_stringor(a, "because", last);
	return last;
}

static void
taskrow(struct buf *b, const struct run *r, const cJSON *t, const char *prefix)
{
	double v = json_numberor(t, "speedup", 0);
	double cost = json_numberor(t, "cost", 0);

	buf_addf(b, "<tr><td><a href=\"%s", prefix);
	html_str(b, t->string);
	buf_adds(b, ".html\">");
	html_str(b, t->string);
	buf_adds(b, "</a></td><td>");
	html_str(b, json_stringor(t, "category", ""));
	buf_addf(b, "</td><td class=\"%s\">%s</td>",
	    json_numberor(t, "correct", 0) > 0 ? "good" : "bad", standing(t));
	if (v > 0)
		buf_addf(b,
		    "<td class=\"n\" data-v=\"%.6g\">%.2f <small>%.2f-%.2f"
		    "</small></td>",
		    v, v, json_numberor(t, "low", v),
		    json_numberor(t, "high", v));
	else
		buf_adds(b, "<td class=\"n\" data-v=\"-1\">-</td>");
	buf_addf(b, "<td class=\"n\">%.0f</td><td>%s</td>",
	    json_numberor(t, "attempts", 0),
	    !json_get(t, "heldout_tried")	 ? "-"
	    : json_numberor(t, "heldout", 0) > 0 ? "right"
						 : "wrong");
	if (cost > 0)
		buf_addf(b, "<td class=\"n\">%.4f</td>", cost);
	else
		buf_adds(b, "<td class=\"n\" data-v=\"0\">-</td>");
	buf_adds(b, "<td class=\"w\">");
	oddities(b, t);
	html_brief(b, failing(r, t), 120);
	buf_adds(b, "</td></tr>\n");
}

static void
tasks(struct buf *b, const struct run *r, const char *prefix)
{
	buf_adds(b,
	    "<h2>Tasks</h2>\n<div class=\"wide\" tabindex=\"0\"><table "
	    "id=\"tasks\" "
	    "class=\"sort\"><thead><tr><th scope=\"col\">task</th><th "
	    "scope=\"col\">category</th><th scope=\"col\">best</th><th "
	    "class=\"n\" scope=\"col\">speedup</th><th class=\"n\" "
	    "scope=\"col\">attempts</th><th scope=\"col\">held-out</th><th "
	    "class=\"n\" scope=\"col\">cost, $</th><th scope=\"col\">noted"
	    "</th></tr></thead><tbody>\n");
	json_each (t, r->tasks)
		taskrow(b, r, t, prefix);
	buf_adds(b, "</tbody></table></div>\n");
}

/* what is not clean, with its evidence, in the open */
static void
flags(struct buf *b, const struct run *r, const char *prefix)
{
	long n = 0;

	json_each (t, r->attempts) {
		json_each (a, t) {
			const char *class = json_stringor(a, "class", "clean");

			if (strcmp(class, "clean") == 0)
				continue;
			if (!n++)
				buf_adds(b,
				    "<div class=\"wide\" tabindex=\"0\"><table "
				    "id=\"flags\" "
				    "class=\"sort\"><thead><tr><th "
				    "scope=\"col\">task</th><th "
				    "class=\"n\" scope=\"col\">attempt</th><th "
				    "scope=\"col\">class</th><th "
				    "scope=\"col\">evidence</th></tr></thead>"
				    "<tbody>\n");
			buf_addf(b, "<tr><td><a href=\"%s", prefix);
			html_str(b, t->string);
			buf_addf(
			    b, ".html#a%.0f\">", json_number(a, "attempt"));
			html_str(b, t->string);
			buf_addf(b, "</a></td><td class=\"n\">%.0f</td><td>",
			    json_number(a, "attempt"));
			html_str(b, class);
			buf_adds(b, "</td><td class=\"w\">");
			html_brief(b, json_stringor(a, "evidence", ""), 160);
			buf_adds(b, "</td></tr>\n");
		}
	}
	buf_adds(b, n ? "</tbody></table></div></details>\n" : "");
}

static void
noted(struct buf *b, const struct run *r, const char *prefix)
{
	struct buf list = {0};

	flags(&list, r, prefix);
	buf_addf(b,
	    "<h2>Flagged, quarantined, hacks</h2>\n<p>Tasks with an attempt "
	    "that cheated %.0f, was flagged %.0f, quarantined %.0f.</p>\n",
	    json_number(r->summary, "hack"), json_number(r->summary, "flagged"),
	    json_number(r->summary, "quarantined"));
	if (list.len) {
		buf_adds(b, "<details open><summary>Each with its evidence"
			    "</summary>\n");
		buf_add(b, list.data, list.len);
	}
	buf_free(&list);
}

/* the run's own page; its files lie in RUN/ below the report's folder */
static void
runpage(const struct run *r, int top)
{
	char *prefix = top ? xasprintf("%s/", r->name) : xstrdup("");
	char *dir = xasprintf("%s/%s/figures", out, r->name);
	char *name =
	    top ? xstrdup("index.html") : xasprintf("%s/index.html", r->name);
	struct buf b = {0};

	html_head(&b, r->name, top ? "" : "../");
	if (!top)
		buf_adds(
		    &b, "<nav><a href=\"../index.html\">All runs</a></nav>\n");
	cards(&b, r);
	aboutrun(&b, r);
	table(&b, r);
	buf_adds(&b, "<h2>Figures</h2>\n");
	plots_draw(&b, r, 1, dir);
	noted(&b, r, prefix);
	tasks(&b, r, prefix);
	html_foot(&b);
	put(name, &b);
	free(prefix);
	free(dir);
	free(name);
}

/* what a task's page is made of, as a word that changes with it */
static void
stamp(char hex[65], const cJSON *attempts, int alone)
{
	struct buf b = {0};
	char *text = json_print(attempts), *path;
	struct stat st;

	buf_addf(&b, "%d %d %s", FORMAT, alone, text);
	json_each (a, attempts) {
		path = xasprintf("%s/score.json", json_string(a, "dir"));
		if (stat(path, &st) == 0)
			buf_addf(&b, " %lld.%09ld",
			    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
		free(path);
	}
	sha256hex(b.data, b.len, hex);
	buf_free(&b);
	free(text);
}

/* whether the page there bears this stamp in its last line */
static int
current(const char *path, const char *hex)
{
	char tail[81];
	FILE *fp = fopen(path, "re");
	int same;

	if (!fp)
		return 0;
	tail[0] = '\0';
	if (fseek(fp, -75, SEEK_END) == 0)
		tail[fread(tail, 1, 80, fp)] = '\0';
	fclose(fp);
	same = strstr(tail, hex) != NULL;
	return same;
}

static void
taskpage(const struct run *r, const cJSON *attempts, int alone)
{
	char *name = xasprintf("%s/%s.html", r->name, attempts->string);
	char *path = xasprintf("%s/%s", out, name), hex[65];
	struct buf b = {0};

	stamp(hex, attempts, alone);
	if (force || !current(path, hex)) {
		story_page(&b, r, attempts->string, alone);
		buf_addf(&b, "<!-- %s -->\n", hex);
		put(name, &b);
	}
	free(name);
	free(path);
}

/* every jobs-th page from the first on, of tasks and of runs */
static void
share(const struct run *runs, size_t n, int first)
{
	long k = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (!runs[i].foreign && k++ % jobs == first)
			runpage(&runs[i], n == 1);
	for (i = 0; i < n; i++)
		json_each (t, runs[i].attempts)
			if (k++ % jobs == first)
				taskpage(&runs[i], t, n == 1);
}

/* wait for all children; the status of one that failed is ours */
static void
reap(void)
{
	int status, bad = 0;

	while (wait(&status) > 0)
		if (status != 0)
			bad = WIFEXITED(status) ? WEXITSTATUS(status)
			      : bad		? bad
						: EX_SOFTWARE;
	if (bad)
		exit(bad);
}

static void
pages(const struct run *runs, size_t n)
{
	pid_t pid;
	int i;

	fflush(NULL);
	for (i = 1; i < jobs; i++) {
		if ((pid = fork()) < 0)
			err(EX_OSERR, "fork");
		if (pid == 0) {
			share(runs, n, i);
			_exit(EX_OK);
		}
	}
	share(runs, n, 0);
	reap();
}

static void
boardrow(struct buf *b, const struct run *r)
{
	const cJSON *m = r->manifest;
	char *how = method(m), *on = engine(m);

	buf_adds(b, "<tr><td>");
	if (!r->foreign) {
		buf_adds(b, "<a href=\"");
		html_str(b, r->name);
		buf_adds(b, "/index.html\">");
	}
	html_str(b, r->name);
	buf_adds(b, r->foreign ? "</td><td>" : "</a></td><td>");
	html_str(b, json_stringor(m, "model", "?"));
	buf_adds(b, "</td><td>");
	html_str(b, how);
	buf_adds(b, "</td><td>");
	html_str(b, on);
	buf_adds(b, "</td><td>");
	html_str(b, json_stringor(m, "device", "?"));
	buf_addf(b, "</td><td class=\"n\">%.0f</td>",
	    json_number(json_object(r->summary, "overall"), "tasks"));
	rates(b, json_object(r->summary, "overall"));
	buf_adds(b, "<td class=\"n\">");
	html_str(
	    b, json_stringor(json_get(r->summary, "overall"), "cost", "-"));
	buf_addf(b, "</td><td class=\"n\">%.0f</td></tr>\n",
	    json_number(r->summary, "hack") +
		json_number(r->summary, "flagged") +
		json_number(r->summary, "quarantined"));
	free(how);
	free(on);
}

static void
pair(struct buf *b, const struct run *x, const struct run *y, const char *key)
{
	struct paired p = paired_count(x->tasks, y->tasks, key);

	if (p.both + p.first + p.second + p.neither == 0) {
		buf_adds(b, "<td class=\"dim\">no task in common</td>");
		return;
	}
	buf_addf(b, "<td>+%ld \xe2\x88\x92%ld, p&nbsp;%.3f: %s</td>", p.first,
	    p.second, p.p,
	    p.p >= 0.05		 ? "a tie"
	    : p.first > p.second ? "<strong class=\"good\">more</strong>"
				 : "<strong class=\"bad\">fewer</strong>");
}

/* each two runs compared: the first of the row against the second */
static void
pairs(struct buf *b, const struct run *runs, size_t n)
{
	struct interval s;
	size_t i, j, common;

	buf_adds(b,
	    "<h2>Differences</h2>\n<div class=\"wide\" tabindex=\"0\"><table "
	    "id=\"pairs\" "
	    "class=\"sort\"><thead><tr><th scope=\"col\">run</th><th "
	    "scope=\"col\">against</th><th scope=\"col\">built (CSR)</th><th "
	    "scope=\"col\">right (FCR)</th><th scope=\"col\">fast_1.0</th><th "
	    "class=\"n\" scope=\"col\">speedup ratio (95&nbsp;%)</th></tr>"
	    "</thead><tbody>\n");
	for (i = 0; i < n; i++) {
		for (j = i + 1; j < n; j++) {
			buf_adds(b, "<tr><td>");
			html_str(b, runs[i].name);
			buf_adds(b, "</td><td>");
			html_str(b, runs[j].name);
			buf_adds(b, "</td>");
			pair(b, &runs[i], &runs[j], "compiled");
			pair(b, &runs[i], &runs[j], "correct");
			pair(b, &runs[i], &runs[j], "fast_1.0");
			s = paired_speedup(
			    runs[i].tasks, runs[j].tasks, &common);
			if (common > 2)
				buf_addf(b,
				    "<td class=\"n\" data-v=\"%.6f\">%.2f "
				    "<small>%.2f-%.2f</small>: %s</td></tr>\n",
				    s.mid, s.mid, s.low, s.high,
				    s.low > 1	 ? "<strong class=\"good\">"
						   "faster</strong>"
				    : s.high < 1 ? "<strong class=\"bad\">"
						   "slower</strong>"
						 : "a tie");
			else
				buf_adds(b, "<td class=\"n\" data-v=\"-1\">-"
					    "</td></tr>\n");
		}
	}
	buf_adds(b,
	    "</tbody></table></div>\n<p class=\"dim\">Over the tasks that both "
	    "runs have: +a \xe2\x88\x92"
	    "b means a tasks that only the first has and b "
	    "that only the second has; p is McNemar's exact test, two-sided, "
	    "and 0.05 or more reads as a tie. Not corrected for the number of "
	    "comparisons. The speedup ratio is the median over the tasks that "
	    "both have right; a tie if its interval holds 1.</p>\n");
}

/* how a board is ordered, best first, unless a reader sorts it */
static const char *const ranking[] = {"fast_1.0", "FCR", "CSR"};

static int
byrank(const void *x, const void *y)
{
	const struct run *a = x, *b = y;
	const int late[] = {summary_untimed(json_object(a->summary, "overall")),
	    summary_untimed(json_object(b->summary, "overall"))};
	double u, v;
	size_t i;

	if (late[0] != late[1])
		return late[0] - late[1];
	for (i = 0; i < LEN(ranking); i++) {
		u = json_number(
		    json_object(json_object(a->summary, "overall"), ranking[i]),
		    "rate");
		v = json_number(
		    json_object(json_object(b->summary, "overall"), ranking[i]),
		    "rate");
		if (u != v)
			return (u < v) - (u > v);
	}
	return strcmp(a->name, b->name);
}

/* the tasks of the larger of two runs */
static long
tasksof(const struct run *a, const struct run *b)
{
	int n = cJSON_GetArraySize(a->tasks), m = cJSON_GetArraySize(b->tasks);

	return n > m ? n : m;
}

/* the best against the next, over the tasks that both have */
static void
ahead(struct buf *b, const struct run *next, const struct paired *p)
{
	buf_adds(b, " Against the next, ");
	html_str(b, next->name);
	buf_addf(b,
	    ": %ld tasks that only it has, %ld that only the other has, "
	    "p&nbsp;%.3f, %s.",
	    p->first, p->second, p->p,
	    p->p >= 0.05
		? "<strong>a tie</strong>"
		: "<strong>significant</strong> at the 5&nbsp;% level");
}

/* who is best, by how much, and whether that is certain */
static void
lead(struct buf *b, const struct run *sorted, size_t n)
{
	const cJSON *o = json_object(sorted->summary, "overall");
	struct paired p = {0};
	char text[40], *space;

	if (summary_untimed(o))
		return;
	if (n > 1)
		p = paired_count(sorted[0].tasks, sorted[1].tasks, "fast_1.0");
	if (n > 1 && p.both + p.first + p.second + p.neither <
			 tasksof(&sorted[0], &sorted[1])) {
		buf_adds(b,
		    "<p class=\"lead\">These runs are of different "
		    "tasks, so their rates do not rank them; the pairs "
		    "below compare them over the tasks they share.</p>\n");
		return;
	}
	summary_cell(text, sizeof(text), o, "fast_1.0");
	if ((space = strchr(text, ' ')))
		*space++ = '\0';
	buf_adds(b, "<p class=\"lead\">Most tasks faster than native: "
		    "<strong>");
	html_str(b, sorted->name);
	buf_addf(b, "</strong>, %s&nbsp;%% (95&nbsp;%% interval %s).", text,
	    space ? space : "");
	if (n > 1)
		ahead(b, &sorted[1], &p);
	buf_adds(b, "</p>\n");
}

/* whether two runs are of one experiment: they differ in what they go without
 */
static int
siblings(const struct run *x, const struct run *y)
{
	static const char *const keys[] = {"suite", "suite_version", "tasks",
	    "engine", "device", "model", "method", "count", "moka"};
	size_t i;

	for (i = 0; i < LEN(keys); i++)
		if (!cJSON_Compare(json_get(x->manifest, keys[i]),
			json_get(y->manifest, keys[i]), 1) &&
		    (json_get(x->manifest, keys[i]) ||
			json_get(y->manifest, keys[i])))
			return 0;
	return 1;
}

static const char *
without(const struct run *r)
{
	return json_stringor(r->manifest, "no", "");
}

static void
ablationrow(struct buf *b, const struct run *r, const struct run *whole)
{
	buf_adds(b, "<tr><th scope=\"row\">");
	html_str(b, *without(r) ? without(r) : "nothing");
	buf_adds(b, "</th><td>");
	html_str(b, r->name);
	buf_adds(b, "</td>");
	rates(b, json_object(r->summary, "overall"));
	if (r == whole) {
		buf_adds(b, "<td></td><td></td></tr>\n");
		return;
	}
	pair(b, r, whole, "correct");
	pair(b, r, whole, "fast_1.0");
	buf_adds(b, "</tr>\n");
}

static void
ablation(struct buf *b, const struct run *runs, size_t n, size_t whole)
{
	size_t i, others = 0;

	for (i = 0; i < n; i++)
		others +=
		    *without(&runs[i]) && siblings(&runs[i], &runs[whole]);
	if (!others)
		return;
	buf_adds(b, "<h2>Ablation: ");
	html_str(b, runs[whole].name);
	buf_adds(b,
	    "</h2>\n<div class=\"wide\" tabindex=\"0\"><table class=\"sort "
	    "dense\"><thead>"
	    "<tr><th scope=\"col\">without</th><th scope=\"col\">run</th>");
	heads(b);
	buf_adds(b, "<th scope=\"col\">right, of the whole</th><th "
		    "scope=\"col\">fast_1.0, of the whole</th></tr></thead>"
		    "<tbody>\n");
	ablationrow(b, &runs[whole], &runs[whole]);
	for (i = 0; i < n; i++)
		if (*without(&runs[i]) && siblings(&runs[i], &runs[whole]))
			ablationrow(b, &runs[i], &runs[whole]);
	buf_adds(b, "</tbody></table></div>\n");
}

/* the first of each experiment's whole runs, with those that lack something */
static void
ablations(struct buf *b, const struct run *runs, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			if (!*without(&runs[j]) && siblings(&runs[i], &runs[j]))
				break;
		if (j == i && !*without(&runs[i]))
			ablation(b, runs, n, i);
	}
}

static void
board(const struct run *runs, size_t n)
{
	char *dir = xasprintf("%s/figures", out);
	struct run *sorted = xcalloc(n, sizeof(*sorted));
	struct buf b = {0};
	size_t i;

	for (i = 0; i < n; i++)
		sorted[i] = runs[i];
	qsort(sorted, n, sizeof(*sorted), byrank);
	html_head(&b, "Leaderboard", "");
	lead(&b, sorted, n);
	buf_addf(&b,
	    "<p class=\"dim\">%zu run%s, by fast_1.0, then FCR, then "
	    "CSR.</p>\n",
	    n, n == 1 ? "" : "s");
	buf_adds(&b,
	    "<div class=\"wide\" tabindex=\"0\"><table id=\"board\" "
	    "class=\"sort "
	    "dense\"><thead><tr>"
	    "<th scope=\"col\">run</th><th scope=\"col\">model</th><th "
	    "scope=\"col\">method</th><th scope=\"col\">engine</th><th "
	    "scope=\"col\">device</th><th class=\"n\" "
	    "scope=\"col\">tasks</th>");
	heads(&b);
	buf_adds(&b,
	    "<th class=\"n\" scope=\"col\">cost, $</th><th class=\"n\" "
	    "scope=\"col\">noted</th></tr></thead><tbody>\n");
	for (i = 0; i < n; i++)
		boardrow(&b, &sorted[i]);
	buf_adds(&b,
	    "</tbody></table></div>\n<p class=\"dim\">Rates in per cent with "
	    "their 95&nbsp;% intervals (Wilson), per task the best attempt. "
	    "CSR: built. FCR: also right. fast_p: also faster than p times "
	    "native. Held-out: right on a second shape too. "
	    "Noted: tasks with a flagged, quarantined or cheating attempt. "
	    "The numbers: <a href=\"leaderboard.json\">leaderboard.json</a>."
	    "</p>\n");
	ablations(&b, runs, n);
	pairs(&b, runs, n);
	buf_adds(&b, "<h2>Figures</h2>\n");
	plots_draw(&b, runs, n, dir);
	html_foot(&b);
	put("index.html", &b);
	free(sorted);
	free(dir);
}

static void
feed(const struct run *runs, size_t n)
{
	cJSON *j = run_leaderboard(runs, n);
	struct buf b = {0};
	char *text = json_print(j);

	buf_adds(&b, text);
	buf_adds(&b, "\n");
	put("leaderboard.json", &b);
	free(text);
	cJSON_Delete(j);
}

/* the first of these runs, then every jobs-th, read and told as one text each
 */
static void
tell(char *const *dirs, size_t n, size_t first)
{
	struct run r;
	size_t i;

	for (i = first; i < n; i += (size_t)jobs) {
		run_read(&r, dirs[i]);
		run_tell(stdout, &r);
	}
	closeout();
	_exit(EX_OK);
}

/* a process that tells every jobs-th run from the first on; what it tells */
static FILE *
teller(char *const *dirs, size_t n, size_t first)
{
	int fd[2];
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) < 0)
		err(EX_OSERR, "pipe");
	if ((pid = fork()) < 0)
		err(EX_OSERR, "fork");
	if (pid == 0) {
		if (dup2(fd[1], STDOUT_FILENO) < 0)
			err(EX_OSERR, "dup2");
		tell(dirs, n, first);
	}
	close(fd[1]);
	return fdopen(fd[0], "r");
}

/* runs are read by as many processes as write pages */
static void
readdirs(struct run *const *into, char *const *dirs, size_t n)
{
	struct jsonin *in = xcalloc((size_t)jobs, sizeof(*in));
	size_t i, k;

	fflush(NULL);
	for (i = 0; i < (size_t)jobs && i < n; i++) {
		in[i].name = dirs[i];
		in[i].fp = teller(dirs, n, i);
		if (!in[i].fp)
			err(EX_OSERR, "pipe");
	}
	for (i = 0; i < n; i++)
		if (run_hear(into[i], dirs[i], &in[i % (size_t)jobs]) < 0)
			break;
	for (k = 0; k < (size_t)jobs && in[k].fp; k++) {
		json_end(&in[k]);
		fclose(in[k].fp);
	}
	reap();
	if (i < n)
		errx(EX_SOFTWARE, "%s: not read", dirs[i]);
	free(in);
}

static size_t
readruns(struct run **runs, char **args)
{
	size_t n = 0, ndirs = 0, len, i;
	struct run **into;
	char **dirs, **a;
	size_t *at;

	for (a = args; *a; a++)
		ndirs++;
	dirs = xcalloc(ndirs + 1, sizeof(*dirs));
	at = xcalloc(ndirs + 1, sizeof(*at));
	for (ndirs = 0; *args; args++) {
		len = strlen(*args);
		if (isfile(*args)) {
			run_readfile(runs, &n, *args);
			continue;
		}
		while (len > 1 && (*args)[len - 1] == '/')
			(*args)[--len] = '\0';
		*runs = xreallocarray(*runs, n + 1, sizeof(**runs));
		at[ndirs] = n++;
		dirs[ndirs++] = *args;
	}
	into = xcalloc(ndirs + 1, sizeof(struct run *));
	for (i = 0; i < ndirs; i++)
		into[i] = &(*runs)[at[i]];
	readdirs(into, dirs, ndirs);
	free(into);
	free(dirs);
	free(at);
	return n;
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: report [-f] [-j jobs] [-o dir] results/RUN|FILE.json ...\n"
	    "Writes pages about runs that open from disk.\n"
	    "  -o, --output DIR   there; else results/RUN/report, and\n"
	    "                     results/report for several runs\n"
	    "  -j, --jobs N       processes that read runs, write pages (2)\n"
	    "  -f, --force        write all task pages again\n"
	    "      --version      the program and the version of its format\n"
	    "man report tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"output", 1, 0, 'o'},
	    {"jobs", 1, 0, 'j'}, {"force", 0, 0, 'f'}, {"help", 0, 0, 'h'},
	    {"version", 0, 0, 'V'}, {0}};
	struct run *runs = NULL;
	size_t n, i;
	int c;

	while ((c = getopt_long(argc, argv, "o:j:fh", options, NULL)) != -1) {
		switch (c) {
		case 'o': out = optarg; break;
		case 'j': jobs = (int)numarg("-j", optarg, 1, 64); break;
		case 'f': force = 1; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (optind == argc)
		usage(EX_USAGE);
	if (out)
		out = absolute(out);
	for (i = (size_t)optind; i < (size_t)argc; i++)
		if (isfile(argv[i]))
			argv[i] = absolute(argv[i]);
	if (chdir(rootdir()) < 0)
		err(EX_UNAVAILABLE, "%s", rootdir());
	n = readruns(&runs, argv + optind);
	if (!out)
		out = n == 1 && !runs->foreign
			  ? xasprintf("%s/report", runs->dir)
			  : "results/report";
	if (html_assets(out) < 0)
		err(EX_IOERR, "%s", out);
	feed(runs, n);
	pages(runs, n);
	if (n > 1 || runs->foreign)
		board(runs, n);
	printf("%s/index.html\n", out);
	closeout();
	return EX_OK;
}
