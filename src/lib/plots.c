#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "plots.h"
#include "proc.h"
#include "stats.h"

/* what gnuplot draws in these takes the page's colours, --c0 to --c5 */
static const char *const colours[] = {
    "#010204", "#010205", "#010206", "#010207", "#010208", "#010209"};
static const char *const marks[] = {
    "CSR", "FCR", "fast_0.5", "fast_1.0", "fast_1.5"};

/* drawn in this colour is what takes the page's text colour */
#define INK "#010203"

/* intervals, columns 3 to 4 at 1; yerrorbars would dot them in white */
#define BARS "u 1:3:(0):($4-$3) w vectors heads size screen 0.006,90"

/* of a log scale of ratios */
#define TICS "0.02,0.05,0.1,0.2,0.3,0.5,0.7,1,1.5,2,3,5,10,20,50"

/* of a share */
#define SHARES "0.001,0.002,0.005,0.01,0.02,0.05,0.1,0.2,0.5,1,2"

#define LEAST 0.05 /* multiply-adds a byte that are drawn as such */
#define NARROW 560
#define BROAD 1150
#define NAMES 48 /* tasks whose names fit under a figure */

struct plots {
	struct buf script;
	const char *dir;
	char **files;
	const char **captions;
	int *broad; /* it takes the whole width */
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
begin(struct plots *p, const char *name, const char *caption, int width,
    int height)
{
	struct buf *s = &p->script;

	p->files = xreallocarray(p->files, p->n + 1, sizeof(*p->files));
	p->captions = xreallocarray(p->captions, p->n + 1, sizeof(char *));
	p->broad = xreallocarray(p->broad, p->n + 1, sizeof(int));
	p->captions[p->n] = caption;
	p->broad[p->n] = width > NARROW;
	p->files[p->n++] = xasprintf("%s/%s.svg", p->dir, name);
	buf_adds(s, "reset\n");
	buf_addf(s,
	    "set term svg size %d,%d dynamic noenhanced font 'sans-serif,13' "
	    "\n",
	    width, height);
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

	begin(p, "radar",
	    "The five metrics, per cent of tasks; rings at 25, 50, 75 "
	    "and 100.",
	    NARROW, 440);
	buf_adds(s, "unset border\nunset tics\nunset grid\nset size square\n"
		    "set xrange [-150:150]\nset yrange [-125:135]\n"
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
		    "set label %zu \"%s\" at %.1f,%.1f %s tc rgb '" INK "'\n",
		    k + 1, marks[k], 108 * cos(a), 112 * sin(a),
		    fabs(cos(a)) < 0.1 ? "center"
		    : cos(a) > 0       ? "left"
				       : "right");
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
		label(s, n > 1 ? runs[i].name : "");
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
	    NARROW, 380);
	buf_adds(s,
	    "set yrange [0:105]\nset xrange [-0.6:4.6]\nset ylabel \"% of "
	    "tasks\"\nset key top right outside horizontal\nset xtics (");
	for (k = 0; k < LEN(marks); k++)
		buf_addf(s, "%s\"%s\" %zu", k ? "," : "",
		    k == 0   ? "compiled"
		    : k == 1 ? "correct"
			     : marks[k],
		    k);
	buf_addf(s, ")\nset boxwidth %.3f\nset style fill solid 1.0\n",
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
	    "By category, per cent of tasks, with 95 % intervals (Wilson).",
	    BROAD, 400);
	buf_addf(s,
	    "set yrange [0:105]\nset ylabel \"%% of tasks\"\nset xrange "
	    "[-0.6:%zu.6]\nset key top right outside horizontal\nset style "
	    "fill "
	    "solid 1.0\nset boxwidth 0.26\nset xtics (",
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

/* the tasks that have a speedup, slowest first; caller frees */
static const cJSON **
timed(const struct run *r, size_t *n)
{
	const cJSON **list =
	    xcalloc((size_t)cJSON_GetArraySize(r->tasks) + 1, sizeof(*list));

	*n = 0;
	json_each (t, r->tasks)
		if (json_numberor(t, "speedup", 0) > 0)
			list[(*n)++] = t;
	qsort(list, *n, sizeof(*list), byspeedup);
	return list;
}

static void
tasknames(struct buf *s, const cJSON *const *list, size_t n)
{
	size_t i;

	buf_adds(s, "set xtics rotate by -50 (");
	for (i = 0; i < n; i++) {
		buf_addf(s, "%s\"", i ? "," : "");
		label(s, list[i]->string);
		buf_addf(s, "\" %zu", i + 1);
	}
	buf_adds(s, ")\n");
}

static void
speedups(struct plots *p, const struct run *r)
{
	struct buf *s = &p->script;
	const cJSON **list;
	double lo, hi, v;
	size_t n, i;

	list = timed(r, &n);
	if (n) {
		/* an interval may reach far beyond what is of interest */
		lo = fmin(1, json_number(list[0], "speedup")) / 2;
		hi = fmax(1, json_number(list[n - 1], "speedup")) * 2;
		begin(p, "speedup",
		    "Speedup of each task's best kernel over native, slowest "
		    "first, with its 95 % interval; 1 is native.",
		    BROAD, n > NAMES ? 380 : 460);
		buf_adds(s, "$v << EOD\n");
		for (i = 0; i < n; i++) {
			v = json_number(list[i], "speedup");
			buf_addf(s, "%zu %.6g %.6g %.6g\n", i + 1, v,
			    fmax(json_numberor(list[i], "low", v), lo),
			    fmin(json_numberor(list[i], "high", v), hi));
		}
		buf_addf(s,
		    "EOD\nset logscale y\nset yrange [%.4g:%.4g]\nset xrange "
		    "[0.3:%zu.7]\nset ytics (" TICS
		    ")\nset ylabel \"speedup\"\n",
		    lo, hi, n);
		if (n <= NAMES)
			tasknames(s, list, n);
		else
			buf_adds(s, "set xlabel \"tasks\"\n");
		buf_addf(s,
		    "plot 1 lc rgb '" INK "' dt 2 notitle, $v " BARS
		    " lc rgb '%s' notitle, $v u 1:2 w p pt 7 ps %s lc rgb '%s' "
		    "notitle\n",
		    colour(0), n > 100 ? "0.3" : "0.6", colour(0));
	}
	free(list);
}

/* tasks solved after so many attempts, as the summary counts them */
static void
attempts(struct plots *p, const struct run *r)
{
	static const char *const keys[] = {"compiled", "correct", "fast_1.0"};
	static const char *const titles[] = {
	    "built", "right", "faster than native"};
	const cJSON *after = json_get(r->summary, "after");
	struct buf *s = &p->script;
	size_t k;

	if (cJSON_GetArraySize(after) < 2)
		return;
	begin(p, "attempts",
	    "Tasks that are built, right and faster than native after so many "
	    "attempts.",
	    NARROW, 380);
	buf_adds(s, "$k << EOD\n");
	json_each (a, after) {
		buf_addf(s, "%.0f", json_number(a, "attempts"));
		for (k = 0; k < LEN(keys); k++)
			buf_addf(s, " %.0f", json_number(a, keys[k]));
		buf_adds(s, "\n");
	}
	buf_addf(s,
	    "EOD\nset xrange [0.5:%d.5]\nset yrange [0:%.0f]\nset xtics 1\n"
	    "set xlabel \"attempts\"\nset ylabel \"tasks\"\nset key bottom "
	    "right\n",
	    cJSON_GetArraySize(after),
	    ceil(1.05 * json_number(overall(r), "tasks")));
	for (k = 0; k < LEN(keys); k++)
		buf_addf(s,
		    "%s $k u 1:%zu w lp lc rgb '%s' lw 2 pt %zu dt %zu title "
		    "\"%s\"",
		    k ? "," : "plot", k + 2, colour(k), 2 * k + 5, k + 1,
		    titles[k]);
	buf_adds(s, "\n");
}

/* where a task lies under the roof; at 0 what has no multiply-adds */
struct point {
	double x, native, own;
};

static int
underroof(struct point *at, const struct run *r, const cJSON *task)
{
	const cJSON *a = bestof(r, task), *roof = json_get(a, "roofline");
	double native = json_numberor(roof, "native", 0);
	double own = json_numberor(roof, "candidate", 0);
	double macs = strtod(json_stringor(a, "macs", "0"), NULL);
	double bytes = strtod(json_stringor(a, "bytes", "0"), NULL);

	if (native <= 0 || own <= 0 || bytes <= 0)
		return 0;
	*at = (struct point){macs / bytes, 1 / native, 1 / own};
	return 1;
}

static int
bypoint(const void *x, const void *y)
{
	const struct point *a = x, *b = y;

	if (a->x != b->x)
		return (a->x > b->x) - (a->x < b->x);
	return (a->native > b->native) - (a->native < b->native);
}

/* a log scale has no 0: its points stand in a row, left of all others */
static void
points(struct buf *b, struct point *v, size_t n)
{
	size_t i, none = 0;

	qsort(v, n, sizeof(*v), bypoint);
	while (none < n && v[none].x < LEAST)
		none++;
	for (i = 0; i < n; i++)
		buf_addf(b, "%.6g %.6g %.6g\n",
		    i >= none
			? v[i].x
			: LEAST * pow(10, ((double)i + 1) / ((double)none + 1) -
					      1.2),
		    v[i].native, v[i].own);
}

static void
roofline(struct plots *p, const struct run *r)
{
	struct buf *s = &p->script;
	struct point *v =
	    xcalloc((size_t)cJSON_GetArraySize(r->tasks) + 1, sizeof(*v));
	size_t n = 0;

	json_each (t, r->tasks)
		n += (size_t)underroof(&v[n], r, t);
	if (n) {
		begin(p, "roofline",
		    "Roofline: the share of what the device could do at best "
		    "that native and the best kernel of each task reach. The "
		    "dashed line is the roof; a line joins the two kernels of "
		    "a task.",
		    BROAD, 400);
		buf_adds(s, "$r << EOD\n");
		points(s, v, n);
		buf_addf(s,
		    "EOD\nset logscale xy\nset ytics (" SHARES
		    ")\nset xtics (\"no multiply-adds\" %g, 0.1, 1, 10, 100, "
		    "1000)\nset xrange [%g:*]\nset yrange [*:1.5<*]\nset "
		    "xlabel "
		    "\"multiply-adds a byte\"\nset ylabel \"share of the "
		    "roof\"\nset key bottom right\nplot 1 lc rgb '" INK
		    "' dt 2 notitle, $r u 1:2:(0):($3-$2) w vectors nohead lc "
		    "rgb '#808080' notitle, $r u 1:2 w p pt 4 ps 0.8 lw 1.5 lc "
		    "rgb '%s' title \"native\", $r u 1:3 w p pt 7 ps 0.7 lc "
		    "rgb "
		    "'%s' title \"best kernel\"\n",
		    LEAST / 5, LEAST / 17, colour(0), colour(1));
	}
	free(v);
}

/* tasks that the roofline shows */
static size_t
roofs(const struct run *r)
{
	struct point at;
	size_t n = 0;

	json_each (t, r->tasks)
		n += (size_t)underroof(&at, r, t);
	return n;
}

static double
costof(const cJSON *figures)
{
	return strtod(json_stringor(figures, "cost", "0"), NULL);
}

/* dollars a task against tasks right, attempt by attempt of each run */
static void
costs(struct plots *p, const struct run *runs, size_t n)
{
	struct buf *s = &p->script;
	const char *word = "plot";
	size_t i;

	for (i = 0; i < n && costof(overall(&runs[i])) <= 0; i++)
		;
	if (i == n)
		return;
	begin(p, "cost",
	    "Cost against success: tasks right (FCR) for the dollars a task "
	    "spent so far; a mark is an attempt, the last with its 95 % "
	    "interval.",
	    NARROW, 400);
	buf_adds(s,
	    "set xlabel \"$ a task\"\nset ylabel \"% of tasks right\"\n"
	    "set yrange [0:105]\nset xrange [0:*]\nset key bottom right\n");
	for (i = 0; i < n; i++) {
		const cJSON *o = overall(&runs[i]);
		double tasks = json_number(o, "tasks");

		buf_addf(s, "$x%zu << EOD\n", i);
		json_each (a, json_get(runs[i].summary, "after"))
			if (costof(a) > 0)
				buf_addf(s, "%.8g %.4f\n", costof(a) / tasks,
				    100 * json_number(a, "correct") / tasks);
		buf_addf(s, "EOD\n$y%zu << EOD\n%.8g %.4f %.4f %.4f\nEOD\n", i,
		    costof(o) / tasks, rate(o, "FCR", "rate"),
		    rate(o, "FCR", "low"), rate(o, "FCR", "high"));
	}
	for (i = 0; i < n; i++) {
		if (costof(overall(&runs[i])) <= 0)
			continue;
		buf_addf(s,
		    "%s $y%zu " BARS " lc rgb '%s' notitle, $%c%zu u 1:2 w lp "
		    "lc rgb '%s' lw 1.5 pt %zu ps 0.8 title \"",
		    word, i, colour(i),
		    json_get(runs[i].summary, "after") ? 'x' : 'y', i,
		    colour(i), i % 8 + 4);
		label(s, n > 1 ? runs[i].name : "");
		buf_adds(s, "\"");
		word = ",";
	}
	buf_adds(s, "\n");
}

/* the next colour that stands for one of the page's, as gnuplot writes it in
   lines or in text, and which: 0 is the ink */
static const char *
standin(const char *p, size_t *n, int *which)
{
	const char *hit;
	int c = 0, used;

	for (; (hit = strstr(p, "rgb(")); p = hit + 1) {
		used = 0;
		if (sscanf(hit, "rgb( %*[1] , %*[2] ,%d)%n", &c, &used) == 1 &&
		    used && c >= 3 && c < 4 + (int)LEN(colours)) {
			*n = (size_t)used;
			*which = c - 3;
			return hit;
		}
	}
	return NULL;
}

/* text with each stand-in as the colour of the page that shows it */
static void
recolour(struct buf *out, const char *p)
{
	const char *hit;
	size_t n;
	int which;

	for (; (hit = standin(p, &n, &which)); p = hit + n) {
		buf_add(out, p, (size_t)(hit - p));
		if (which)
			buf_addf(out, "var(--c%d)", which - 1);
		else
			buf_adds(out, "currentColor");
	}
	buf_adds(out, p);
}

/* the figure onto the page: names that more than one figure has made its own */
static void
inlined(
    struct buf *page, const char *svg, size_t k, const char *caption, int broad)
{
	static const char *const names[] = {
	    "id=\"", "id='", "href=\"#", "href='#", "url(#"};
	const char *hit;
	size_t i;

	buf_addf(page, "<figure%s role=\"img\" aria-label=\"%s\">",
	    broad ? " class=\"broad\" tabindex=\"0\"" : "", caption);
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
	    "color:#e6e6e6}}g[color=black]{color:inherit}";
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
	buf_addf(&out, "%s</style>", html_palette);
	buf_adds(&out, end + 1);
	if (writefile(p->files[k], out.data, out.len, 1) < 0)
		err(EX_IOERR, "%s", p->files[k]);
	inlined(page, svg, k, p->captions[k], p->broad[k]);
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
	if (n == 1 && !runs->foreign && !roofs(runs))
		buf_adds(page,
		    "<p class=\"dim\">No roofline: the device was not "
		    "calibrated before the run (make calibrate).</p>\n");
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
	free(p.broad);
	buf_free(&p.script);
	return drawn;
}
