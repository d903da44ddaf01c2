#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "plots.h"
#include "proc.h"
#include "stats.h"

/* Okabe and Ito's colours, told apart by most eyes, on black and on white */
static const char *const colours[] = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"};
static const char *const marks[] = {
    "CSR", "FCR", "fast_0.5", "fast_1.0", "fast_1.5"};

/* drawn in this colour is what takes the page's text colour */
#define INK "#010203"

/* intervals, columns 3 to 4 at 1; yerrorbars would dot them in white */
#define BARS "u 1:3:(0):($4-$3) w vectors heads size screen 0.006,90"

struct plots {
	struct buf script;
	const char *dir;
	char **files;
	const char **captions;
	size_t n;
};

/* a text inside gnuplot's double quotes; only what names are made of is kept */
static void
label(struct buf *b, const char *s)
{
	size_t n = 0;

	for (; *s && n < 48; s++, n++) {
		char c = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
				 (*s >= '0' && *s <= '9') ||
				 strchr("._+- ,()", *s)
			     ? *s
			     : '?';
		buf_add(b, &c, 1);
	}
}

static const char *
colour(size_t i)
{
	return colours[i % LEN(colours)];
}

/* begin a figure of that name; its caption goes onto the page */
static void
begin(struct plots *p, const char *name, const char *caption, int height)
{
	struct buf *s = &p->script;

	p->files = xreallocarray(p->files, p->n + 1, sizeof(*p->files));
	p->captions = xreallocarray(p->captions, p->n + 1, sizeof(char *));
	p->captions[p->n] = caption;
	p->files[p->n++] = xasprintf("%s/%s.svg", p->dir, name);
	buf_adds(s, "reset\n");
	buf_addf(s,
	    "set term svg size 560,%d dynamic noenhanced font 'sans-serif,13' "
	    "\n",
	    height);
	buf_addf(s, "set output \"%s.tmp\"\n", p->files[p->n - 1]);
	buf_adds(s, "set border lc rgb '" INK "'\nset tics textcolor rgb '" INK
		    "'\nset key textcolor rgb '" INK
		    "' noenhanced\nset xlabel textcolor rgb '" INK
		    "'\nset ylabel textcolor rgb '" INK
		    "'\nset grid lc rgb '#808080' lw 0.4\n");
}

static double
rate(const cJSON *figures, const char *key, const char *part)
{
	return 100 * json_number(json_object(figures, key), part);
}

static const cJSON *
overall(const struct run *r)
{
	return json_object(r->summary, "overall");
}

static void
radar(struct plots *p, const struct run *runs, size_t n)
{
	struct buf *s = &p->script;
	size_t i, k;
	double a, v;

	begin(p, "radar", "The five metrics, per cent of tasks.", 440);
	buf_adds(s, "unset border\nunset tics\nunset grid\nset size square\n"
		    "set xrange [-140:140]\nset yrange [-125:135]\n"
		    "set key bottom outside center horizontal\n$web << EOD\n");
	for (v = 25; v <= 100; v += 25) {
		for (k = 0; k <= LEN(marks); k++) {
			a = M_PI / 2 - 2 * M_PI * (double)k / LEN(marks);
			buf_addf(s, "%.2f %.2f\n", v * cos(a), v * sin(a));
		}
		buf_adds(s, "\n");
	}
	buf_adds(s, "EOD\n");
	for (k = 0; k < LEN(marks); k++) {
		a = M_PI / 2 - 2 * M_PI * (double)k / LEN(marks);
		buf_addf(s,
		    "set label %zu \"%s\" at %.1f,%.1f center tc rgb '" INK
		    "'\n",
		    k + 1, marks[k], 118 * cos(a), 114 * sin(a));
	}
	for (i = 0; i < n; i++) {
		buf_addf(s, "$run%zu << EOD\n", i);
		for (k = 0; k <= LEN(marks); k++) {
			a = M_PI / 2 - 2 * M_PI * (double)k / LEN(marks);
			v = rate(
			    overall(&runs[i]), marks[k % LEN(marks)], "rate");
			buf_addf(s, "%.3f %.3f\n", v * cos(a), v * sin(a));
		}
		buf_adds(s, "EOD\n");
	}
	buf_adds(s, "plot $web w l lc rgb '#808080' lw 0.5 notitle");
	for (i = 0; i < n; i++) {
		buf_addf(s,
		    ", $run%zu w lp lc rgb '%s' lw 2 pt %zu dt %zu title \"", i,
		    colour(i), i % 8 + 4, i / LEN(colours) + 1);
		label(s, runs[i].name);
		buf_adds(s, "\"");
	}
	buf_adds(s, "\n");
}

/* rates of all tasks, a group of bars for each run */
static void
stages(struct plots *p, const struct run *runs, size_t n)
{
	struct buf *s = &p->script;
	size_t i, k;

	begin(p, "stages",
	    "Success by stage, per cent of tasks, with 95 % intervals "
	    "(Wilson).",
	    380);
	buf_adds(s,
	    "set yrange [0:100]\nset xrange [-0.6:4.6]\nset ylabel \"% of "
	    "tasks\"\nset key top right outside horizontal\nset xtics (");
	for (k = 0; k < LEN(marks); k++)
		buf_addf(s, "%s\"%s\" %zu", k ? "," : "",
		    k == 0   ? "compiled"
		    : k == 1 ? "correct"
			     : marks[k],
		    k);
	buf_addf(s, ")\nset boxwidth %.3f\nset style fill solid 0.85\n",
	    0.8 / (double)n);
	for (i = 0; i < n; i++) {
		buf_addf(s, "$s%zu << EOD\n", i);
		for (k = 0; k < LEN(marks); k++)
			buf_addf(s, "%.3f %.4f %.4f %.4f\n",
			    (double)k + ((double)i - ((double)n - 1) / 2) *
					    0.8 / (double)n,
			    rate(overall(&runs[i]), marks[k], "rate"),
			    rate(overall(&runs[i]), marks[k], "low"),
			    rate(overall(&runs[i]), marks[k], "high"));
		buf_adds(s, "EOD\n");
	}
	for (i = 0; i < n; i++) {
		buf_addf(s, "%s $s%zu u 1:2 w boxes lc rgb '%s' title \"",
		    i ? "," : "plot", i, colour(i));
		label(s, n > 1 ? runs[i].name : "");
		buf_addf(
		    s, "\", $s%zu " BARS " lc rgb '" INK "' lw 1 notitle", i);
	}
	buf_adds(s, "\n");
}

static void
categories(struct plots *p, const struct run *r)
{
	static const char *const keys[] = {"CSR", "FCR", "fast_1.0"};
	struct buf *s = &p->script;
	const cJSON *list = json_array(r->summary, "categories");
	size_t i = 0, k, n = (size_t)cJSON_GetArraySize(list);

	begin(p, "categories",
	    "By category, per cent of tasks, with 95 % intervals.", 440);
	buf_addf(s,
	    "set yrange [0:100]\nset ylabel \"%% of tasks\"\nset xrange "
	    "[-0.6:%zu.6]\nset key top right outside horizontal\nset style "
	    "fill "
	    "solid 0.85\nset boxwidth 0.26\nset xtics rotate by -40 (",
	    n - 1);
	json_each (c, list) {
		buf_addf(s, "%s\"", i ? "," : "");
		label(s, json_string(c, "category"));
		buf_addf(s, "\" %zu", i++);
	}
	buf_adds(s, ")\n");
	for (k = 0; k < LEN(keys); k++) {
		buf_addf(s, "$c%zu << EOD\n", k);
		i = 0;
		json_each (c, list)
			buf_addf(s, "%.3f %.4f %.4f %.4f\n",
			    (double)i++ + ((double)k - 1) * 0.27,
			    rate(c, keys[k], "rate"), rate(c, keys[k], "low"),
			    rate(c, keys[k], "high"));
		buf_adds(s, "EOD\n");
	}
	for (k = 0; k < LEN(keys); k++)
		buf_addf(s,
		    "%s $c%zu u 1:2 w boxes lc rgb '%s' title \"%s\", "
		    "$c%zu " BARS " lc rgb '" INK "' lw 1 notitle",
		    k ? "," : "plot", k, colour(k), keys[k], k);
	buf_adds(s, "\n");
}

/* the best timed attempt of a task: its speedup is the summary's */
static const cJSON *
bestof(const struct run *r, const cJSON *task)
{
	double speedup = json_numberor(task, "speedup", 0);

	json_each (a, run_attempts(r, task->string))
		if (speedup > 0 && json_numberor(a, "speedup", 0) == speedup)
			return a;
	return NULL;
}

static int
byspeedup(const void *x, const void *y)
{
	double a = json_number(*(const cJSON *const *)x, "speedup");
	double b = json_number(*(const cJSON *const *)y, "speedup");

	return (a > b) - (a < b);
}

static void
speedups(struct plots *p, const struct run *r)
{
	struct buf *s = &p->script;
	const cJSON **best = NULL, *a;
	size_t n = 0, i;
	double lo, hi;

	json_each (t, r->tasks) {
		if (!(a = bestof(r, t)))
			continue;
		best = xreallocarray(best, n + 1, sizeof(*best));
		best[n++] = a;
	}
	if (n) {
		qsort(best, n, sizeof(*best), byspeedup);
		begin(p, "speedup",
		    "Speedup of each task's best kernel, sorted, with its 95 % "
		    "interval; 1 is native.",
		    380);
		/* an interval may reach far beyond what is of interest */
		lo = fmin(1, json_number(best[0], "speedup")) / 2;
		hi = fmax(1, json_number(best[n - 1], "speedup")) * 2;
		buf_adds(s, "$v << EOD\n");
		for (i = 0; i < n; i++) {
			double m = json_number(best[i], "speedup");

			buf_addf(s, "%zu %.6g %.6g %.6g\n", i + 1, m,
			    fmax(json_numberor(best[i], "low", m), lo / 2),
			    fmin(json_numberor(best[i], "high", m), hi * 2));
		}
		buf_addf(s,
		    "EOD\nset logscale y\nset yrange [%.4g:%.4g]\nset xrange "
		    "[0:%zu]\nset xlabel \"tasks\"\nset ylabel "
		    "\"speedup\"\nset key off\nplot 1 lc rgb "
		    "'#d55e00' dt 2 lw 1.5, $v " BARS
		    " lc rgb '#0072b2' lw 0.8, $v u 1:2 w p lc rgb '#0072b2' "
		    "pt 7 ps 0.4\n",
		    lo, hi, n + 1);
	}
	free(best);
}

/* rates after so many attempts of each task */
static void
attempts(struct plots *p, const struct run *r)
{
	struct buf *s = &p->script;
	double most = 0;
	long n[3];
	int k;

	json_each (t, r->attempts)
		json_each (a, t)
			most = fmax(most, json_number(a, "attempt"));
	if (most < 2)
		return;
	begin(p, "attempts",
	    "Tasks that are built, right and faster than native after so many "
	    "attempts.",
	    380);
	buf_adds(s, "$k << EOD\n");
	for (k = 0; k <= (int)most; k++) {
		n[0] = n[1] = n[2] = 0;
		json_each (t, r->attempts) {
			int got[3] = {0};

			json_each (a, t) {
				int hack = strcmp(json_stringor(a, "class", ""),
					       "hack") == 0;

				if (json_number(a, "attempt") > k)
					continue;
				got[0] |= json_boolor(a, "compiled", 0);
				got[1] |= json_boolor(a, "correct", 0) && !hack;
				got[2] |= !hack &&
					  strcmp(json_stringor(a, "class", ""),
					      "quarantined") != 0 &&
					  !json_boolor(a, "emulated", 0) &&
					  json_numberor(a, "speedup", 0) > 1;
			}
			n[0] += got[0], n[1] += got[1], n[2] += got[2];
		}
		buf_addf(s, "%d %ld %ld %ld\n", k, n[0], n[1], n[2]);
	}
	buf_addf(s,
	    "EOD\nset xrange [0:%.0f]\nset yrange [0:*]\nset xlabel "
	    "\"attempts\"\nset ylabel \"tasks\"\nset key top left\nplot $k u "
	    "1:2 w lp lc rgb '%s' lw 2 pt 5 title \"built\", $k u 1:3 w lp lc "
	    "rgb '%s' lw 2 pt 7 title \"right\", $k u 1:4 w lp lc rgb '%s' lw "
	    "2 "
	    "pt 9 title \"faster than native\"\n",
	    most, colour(0), colour(1), colour(2));
}

/* times the device's floor, native and best kernel of each task */
static void
roofline(struct plots *p, const struct run *r)
{
	struct buf *s = &p->script, v = {0};
	const cJSON *a, *roof;
	size_t n = 0;

	json_each (t, r->tasks) {
		if (!(a = bestof(r, t)) || !(roof = json_get(a, "roofline")))
			continue;
		if (json_numberor(roof, "native", 0) > 0 &&
		    json_numberor(roof, "candidate", 0) > 0)
			buf_addf(&v, "%zu %.6g %.6g\n", ++n,
			    1 / json_number(roof, "native"),
			    1 / json_number(roof, "candidate"));
	}
	if (n) {
		begin(p, "roofline",
		    "Share of the device's roofline that native and the best "
		    "kernel reach; 1 is the roof.",
		    380);
		buf_addf(s,
		    "$r << EOD\n%sEOD\nset logscale y\nset xrange [0:%zu]\nset "
		    "xlabel \"tasks\"\nset ylabel \"share of the roof\"\nset "
		    "key top left\nplot 1 lc rgb '" INK
		    "' dt 2 notitle, $r u 1:2 w p pt 5 ps 0.6 lc rgb '%s' "
		    "title "
		    "\"native\", $r u 1:3 w p pt 7 ps 0.6 lc rgb '%s' title "
		    "\"best kernel\"\n",
		    v.data, n + 1, colour(0), colour(1));
	}
	buf_free(&v);
}

static double
costof(const struct run *r)
{
	return strtod(json_stringor(r->summary, "cost", "0"), NULL);
}

/* of several runs: dollars a task against what is right */
static void
costs(struct plots *p, const struct run *runs, size_t n)
{
	struct buf *s = &p->script;
	size_t i, priced = 0;

	for (i = 0; i < n; i++)
		priced += costof(&runs[i]) > 0;
	if (!priced)
		return;
	begin(p, "cost", "Cost of a task against success.", 380);
	buf_adds(s,
	    "set xlabel \"$ a task\"\nset ylabel \"% of tasks right (FCR)\"\n"
	    "set yrange [0:105]\nset xrange [0:*]\nset key bottom right\n");
	for (i = 0, priced = 0; i < n; i++) {
		double tasks = json_number(overall(&runs[i]), "tasks");

		if (costof(&runs[i]) <= 0)
			continue;
		buf_addf(s, "$x%zu << EOD\n%.8g %.4f %.4f %.4f\nEOD\n", i,
		    costof(&runs[i]) / tasks,
		    rate(overall(&runs[i]), "FCR", "rate"),
		    rate(overall(&runs[i]), "FCR", "low"),
		    rate(overall(&runs[i]), "FCR", "high"));
	}
	for (i = 0; i < n; i++) {
		if (costof(&runs[i]) <= 0)
			continue;
		buf_addf(s,
		    "%s $x%zu " BARS
		    " lc rgb '%s' notitle, $x%zu u 1:2 w p lc rgb '%s' pt %zu "
		    "ps 1.2 title \"",
		    priced++ ? "," : "plot", i, colour(i), i, colour(i),
		    i % 8 + 4);
		label(s, runs[i].name);
		buf_adds(s, "\"");
	}
	buf_adds(s, "\n");
}

/* how gnuplot writes the ink, in lines and in text */
static const char *
inkat(const char *p, size_t *n)
{
	const char *line = "rgb(  1,   2,   3)", *text = "rgb(1,2,3)";
	const char *a = strstr(p, line), *b = strstr(p, text);

	*n = strlen(a && (!b || a < b) ? line : text);
	return a && (!b || a < b) ? a : b;
}

/* text with each ink as the reader's text colour */
static void
recolour(struct buf *out, const char *p)
{
	const char *hit;
	size_t n;

	for (; (hit = inkat(p, &n)); p = hit + n) {
		buf_add(out, p, (size_t)(hit - p));
		buf_adds(out, "currentColor");
	}
	buf_adds(out, p);
}

/* the figure onto the page: names that more than one figure has made its own */
static void
inlined(struct buf *page, const char *svg, size_t k, const char *caption)
{
	static const char *const names[] = {
	    "id=\"", "id='", "href=\"#", "href='#", "url(#"};
	const char *hit;
	size_t i;

	buf_addf(page, "<figure role=\"img\" aria-label=\"%s\">", caption);
	while (*svg) {
		hit = NULL;
		for (i = 0; i < LEN(names) && !hit; i++)
			if (strncmp(svg, names[i], strlen(names[i])) == 0)
				hit = names[i];
		if (!hit) {
			buf_add(page, svg++, 1);
			continue;
		}
		buf_addf(page, "%sf%zu-", hit, k);
		svg += strlen(hit);
	}
	buf_addf(page, "<figcaption>%s</figcaption></figure>\n", caption);
}

/* the file that gnuplot wrote, alone and on the page */
static void
finish(struct plots *p, size_t k, struct buf *page)
{
	static const char css[] =
	    "<style>svg{color:#1b1b1b}@media(prefers-color-scheme:dark){svg{"
	    "color:#e6e6e6}}g[color=black]{color:inherit}</style>";
	char *tmp = xasprintf("%s.tmp", p->files[k]);
	struct buf in = {0}, text = {0}, out = {0};
	const char *svg, *end;

	if (buf_readfile(&in, tmp, (size_t)1 << 26) < 0)
		err(EX_UNAVAILABLE, "gnuplot: %s", tmp);
	recolour(&text, in.data ? in.data : "");
	if (!(svg = strstr(text.data, "<svg")) || !(end = strchr(svg, '>')))
		errx(EX_UNAVAILABLE, "gnuplot: %s is no SVG", tmp);
	buf_add(&out, text.data, (size_t)(end + 1 - text.data));
	buf_adds(&out, css);
	buf_adds(&out, end + 1);
	if (writefile(p->files[k], out.data, out.len, 1) < 0)
		err(EX_IOERR, "%s", p->files[k]);
	inlined(page, svg, k, p->captions[k]);
	free(tmp);
	buf_free(&in);
	buf_free(&text);
	buf_free(&out);
}

static int
gnuplot(struct plots *p)
{
	const char *program = getenv("MKBENCH_GNUPLOT");
	const char *const argv[] = {
	    program && *program ? program : "gnuplot", "-", NULL};
	struct proc proc = {.argv = argv,
	    .input = p->script.data,
	    .inputlen = p->script.len,
	    .maxoutput = 4096,
	    .seconds = 60};
	struct procresult r = {0};

	if (proc_run(&proc, &r) < 0) {
		warn("no figures: %s (make setup-report installs it)", argv[0]);
		return 0;
	}
	if (r.status != 0) {
		warnx("no figures: %s: %s: %.200s", argv[0],
		    proc_status(r.status), r.out.data ? r.out.data : "");
		buf_free(&r.out);
		return 0;
	}
	buf_free(&r.out);
	return 1;
}

int
plots_draw(struct buf *page, const struct run *runs, size_t n, const char *dir)
{
	struct plots p = {.dir = dir};
	size_t i;
	int drawn;

	if (mkdirs(dir) < 0)
		err(EX_IOERR, "%s", dir);
	radar(&p, runs, n);
	stages(&p, runs, n);
	costs(&p, runs, n);
	if (n == 1 && !runs->foreign) {
		categories(&p, runs);
		speedups(&p, runs);
		attempts(&p, runs);
		roofline(&p, runs);
	}
	drawn = gnuplot(&p);
	if (drawn) {
		buf_adds(page, "<div class=\"figs\">\n");
		for (i = 0; i < p.n; i++)
			finish(&p, i, page);
		buf_adds(page, "</div>\n");
	} else {
		buf_adds(page, "<p class=\"warn\">No figures: gnuplot is not "
			       "installed, or failed.</p>\n");
	}
	for (i = 0; i < p.n; i++) {
		char *tmp = xasprintf("%s.tmp", p.files[i]);

		remove(tmp); /* of a gnuplot that failed */
		free(tmp);
		free(p.files[i]);
	}
	free(p.files);
	free(p.captions);
	buf_free(&p.script);
	return drawn;
}
