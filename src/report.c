/*
 * report: runs become pages that open from disk.
 */
#include <err.h>
#include <errno.h>
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

#define FORMAT 1 /* of task pages: they are made again when it changes */

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
	html_item(b, "Last result", json_stringor(m, "when", NULL));
	html_item(b, "Cost, $",
	    json_stringor(json_get(r->summary, "overall"), "cost", NULL));
	buf_adds(b, "</dl>\n");
	free(how);
	free(on);
	free(flags);
}

static void
rates(struct buf *b, const cJSON *row)
{
	char text[40], *space;
	size_t i;

	for (i = 0; i < LEN(columns); i++) {
		summary_cell(text, sizeof(text), row, columns[i]);
		if ((space = strchr(text, ' ')))
			*space++ = '\0';
		buf_addf(b,
		    "<td class=\"n\" data-v=\"%.6f\">%s <small>%s</small></td>",
		    json_number(json_object(row, columns[i]), "rate"), text,
		    space ? space : "");
	}
	if (json_number(row, "heldout_tasks") > 0) {
		summary_cell(text, sizeof(text), row, "heldout");
		if ((space = strchr(text, ' ')))
			*space++ = '\0';
		buf_addf(b,
		    "<td class=\"n\" data-v=\"%.6f\">%s <small>%s</small></td>",
		    json_number(json_object(row, "heldout"), "rate"), text,
		    space ? space : "");
	} else {
		buf_adds(b, "<td class=\"n\" data-v=\"-1\">-</td>");
	}
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
table(struct buf *b, const struct run *r)
{
	char text[40];
	const cJSON *o = json_object(r->summary, "overall");
	size_t i;

	buf_adds(b,
	    "<h2>Results</h2>\n<div class=\"wide\"><table id=\"results\" "
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

static double
costof(const struct run *r, const char *task)
{
	double sum = 0;

	json_each (a, run_attempts(r, task))
		sum += strtod(json_stringor(a, "cost", "0"), NULL);
	return sum;
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

static void
tasks(struct buf *b, const struct run *r, const char *prefix)
{
	buf_adds(b,
	    "<h2>Tasks</h2>\n<div class=\"wide\"><table id=\"tasks\" "
	    "class=\"sort\"><thead><tr><th scope=\"col\">task</th><th "
	    "scope=\"col\">category</th><th scope=\"col\">best</th><th "
	    "class=\"n\" scope=\"col\">speedup</th><th class=\"n\" "
	    "scope=\"col\">attempts</th><th scope=\"col\">held-out</th><th "
	    "scope=\"col\">noted</th><th class=\"n\" scope=\"col\">cost, $</th>"
	    "</tr></thead><tbody>\n");
	json_each (t, r->tasks) {
		double v = json_numberor(t, "speedup", 0);
		double cost = costof(r, t->string);

		buf_addf(b, "<tr><td><a href=\"%s", prefix);
		html_str(b, t->string);
		buf_adds(b, ".html\">");
		html_str(b, t->string);
		buf_adds(b, "</a></td><td>");
		html_str(b, json_stringor(t, "category", ""));
		buf_addf(b, "</td><td class=\"%s\">%s</td>",
		    json_numberor(t, "correct", 0) > 0 ? "good" : "bad",
		    standing(t));
		if (v > 0)
			buf_addf(b, "<td class=\"n\">%.2f</td>", v);
		else
			buf_adds(b, "<td class=\"n\" data-v=\"-1\">-</td>");
		buf_addf(b, "<td class=\"n\">%.0f</td><td>%s</td><td>",
		    json_numberor(t, "attempts", 0),
		    !json_get(t, "heldout_tried")	 ? "-"
		    : json_numberor(t, "heldout", 0) > 0 ? "right"
							 : "wrong");
		oddities(b, t);
		if (cost > 0)
			buf_addf(
			    b, "</td><td class=\"n\">%.4f</td></tr>\n", cost);
		else
			buf_adds(b, "</td><td class=\"n\" "
				    "data-v=\"0\">-</td></tr>\n");
	}
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
				    "<div class=\"wide\"><table id=\"flags\" "
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
			html_textf(
			    b, "%.160s", json_stringor(a, "evidence", ""));
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
		buf_adds(b, "<details><summary>Each with its evidence"
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
		buf_adds(&b, "<p><a href=\"../index.html\">All runs</a></p>\n");
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
stamp(char hex[65], const cJSON *attempts)
{
	struct buf b = {0};
	char *text = json_print(attempts), *path;
	struct stat st;

	buf_addf(&b, "%d %s", FORMAT, text);
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
taskpage(const struct run *r, const cJSON *attempts)
{
	char *name = xasprintf("%s/%s.html", r->name, attempts->string);
	char *path = xasprintf("%s/%s", out, name), hex[65];
	struct buf b = {0};

	stamp(hex, attempts);
	if (force || !current(path, hex)) {
		story_page(&b, r, attempts->string, "../");
		buf_addf(&b, "<!-- %s -->\n", hex);
		put(name, &b);
	}
	free(name);
	free(path);
}

/* every jobs-th task page from the first on */
static void
share(const struct run *runs, size_t n, int first)
{
	long k = 0;
	size_t i;

	for (i = 0; i < n; i++)
		json_each (t, runs[i].attempts)
			if (k++ % jobs == first)
				taskpage(&runs[i], t);
}

static void
taskpages(const struct run *runs, size_t n)
{
	int i, status, bad = 0;
	pid_t pid;

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
	while (wait(&status) > 0)
		if (status != 0)
			bad = WIFEXITED(status) ? WEXITSTATUS(status)
						: EX_SOFTWARE;
	if (bad)
		exit(bad);
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
	    "<h2>Differences</h2>\n<div class=\"wide\"><table id=\"pairs\" "
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
				    "<td class=\"n\" data-v=\"%.6f\">%.3f "
				    "<small>%.3f-%.3f</small></td></tr>\n",
				    s.mid, s.mid, s.low, s.high);
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
	    "comparisons.</p>\n");
}

static void
board(const struct run *runs, size_t n)
{
	char *dir = xasprintf("%s/figures", out);
	struct buf b = {0};
	size_t i;

	html_head(&b, "Leaderboard", "");
	buf_adds(&b,
	    "<div class=\"wide\"><table id=\"board\" class=\"sort\"><thead><tr>"
	    "<th scope=\"col\">run</th><th scope=\"col\">model</th><th "
	    "scope=\"col\">method</th><th scope=\"col\">engine</th><th "
	    "scope=\"col\">device</th><th class=\"n\" "
	    "scope=\"col\">tasks</th>");
	heads(&b);
	buf_adds(&b,
	    "<th class=\"n\" scope=\"col\">cost, $</th><th class=\"n\" "
	    "scope=\"col\">noted</th></tr></thead><tbody>\n");
	for (i = 0; i < n; i++)
		boardrow(&b, &runs[i]);
	buf_adds(&b,
	    "</tbody></table></div>\n<p class=\"dim\">Rates in per cent with "
	    "their 95&nbsp;% intervals (Wilson), per task the best attempt. "
	    "Noted: tasks with a flagged, quarantined or cheating attempt. "
	    "The numbers: <a href=\"leaderboard.json\">leaderboard.json</a>."
	    "</p>\n");
	pairs(&b, runs, n);
	buf_adds(&b, "<h2>Figures</h2>\n");
	plots_draw(&b, runs, n, dir);
	html_foot(&b);
	put("index.html", &b);
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

static size_t
readruns(struct run **runs, char **args)
{
	size_t n = 0, len;

	for (; *args; args++) {
		len = strlen(*args);
		if (isfile(*args)) {
			run_readfile(runs, &n, *args);
			continue;
		}
		while (len > 1 && (*args)[len - 1] == '/')
			(*args)[--len] = '\0';
		*runs = xreallocarray(*runs, n + 1, sizeof(**runs));
		run_read(&(*runs)[n++], *args);
	}
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
	    "  -j, --jobs N       processes that write task pages (2)\n"
	    "  -f, --force        write all task pages again\n"
	    "      --version      the program and the version of its format\n"
	    "man report tells more.\n");
	exit(rc);
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
	taskpages(runs, n);
	for (i = 0; i < n; i++)
		if (!runs[i].foreign)
			runpage(&runs[i], n == 1);
	if (n > 1 || runs->foreign)
		board(runs, n);
	printf("%s/index.html\n", out);
	closeout();
	return EX_OK;
}
