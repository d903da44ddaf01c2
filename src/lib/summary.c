#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"
#include "summary.h"

/* the paper's categories, in the order of its table 3 */
static const char *const categories[] = {"unary", "binary", "trigonometry",
    "activation", "normalization", "pooling", "convolution", "matrix",
    "reduction", "tensor", "logic", "others"};

static const double levels[] = {0.5, 1.0, 1.5};
static const char *const levelnames[] = {"fast_0.5", "fast_1.0", "fast_1.5"};
static const char *const columns[] = {
    "CSR", "FCR", "fast_0.5", "fast_1.0", "fast_1.5"};

/* what counts of a verdict */
struct verdict {
	int compiled, correct, timed, hack, quarantined, heldout, emulated;
	double speedup, low, high;
};

static struct verdict
verdict(const cJSON *v)
{
	const char *class = json_stringor(v, "class", "clean");
	struct verdict r = {0};

	r.compiled = json_boolor(v, "compiled", 0);
	r.correct = json_boolor(v, "correct", 0);
	r.hack = strcmp(class, "hack") == 0;
	r.quarantined = strcmp(class, "quarantined") == 0;
	r.heldout = json_boolor(v, "heldout", 0);
	r.emulated = json_boolor(v, "emulated", 0);
	r.timed = r.correct && !r.quarantined && json_get(v, "speedup") &&
		  !r.emulated;
	r.speedup = r.timed ? json_number(v, "speedup") : 0;
	r.low = r.timed ? json_numberor(v, "low", 0) : 0;
	r.high = r.timed ? json_numberor(v, "high", r.speedup) : 0;
	return r;
}

static void
raise(cJSON *task, const char *key, double value)
{
	if (value > json_numberor(task, key, 0))
		json_set(task, key, cJSON_CreateNumber(value));
}

/* the task's fastest so far, with its interval */
static void
fastest(cJSON *node, const struct verdict *r)
{
	if (r->speedup <= json_numberor(node, "speedup", 0))
		return;
	json_set(node, "speedup", cJSON_CreateNumber(r->speedup));
	json_set(node, "low", cJSON_CreateNumber(r->low));
	json_set(node, "high", cJSON_CreateNumber(r->high));
}

static void
bump(cJSON *object, const char *key, double by)
{
	json_set(object, key,
	    cJSON_CreateNumber(json_numberor(object, key, 0) + by));
}

static cJSON *
tasknode(struct summary *s, const cJSON *task)
{
	const char *name = json_stringor(task, "name", "task");
	cJSON *node;

	if (!s->tasks)
		s->tasks = cJSON_CreateObject();
	node = json_get(s->tasks, name);
	if (node)
		return node;
	node = cJSON_CreateObject();
	json_set(node, "category",
	    cJSON_CreateString(json_stringor(task, "category", "")));
	cJSON_AddItemToObject(s->tasks, name, node);
	return node;
}

static void
addanswer(struct summary *s, const cJSON *answer)
{
	const cJSON *usage = json_get(answer, "usage");

	if (json_get(answer, "seconds")) {
		s->seconds = xreallocarray(
		    s->seconds, s->nseconds + 1, sizeof(*s->seconds));
		s->seconds[s->nseconds++] = json_number(answer, "seconds");
	}
	s->input += (long)json_numberor(usage, "input", 0);
	s->output += (long)json_numberor(usage, "output", 0);
}

static double
dollarsof(const cJSON *answer)
{
	return strtod(json_stringor(answer, "cost", "0"), NULL);
}

double
summary_cost(const cJSON *record)
{
	double sum = dollarsof(json_get(record, "response"));

	json_each (p, json_get(record, "planning"))
		sum += dollarsof(p);
	return sum;
}

/* the n-th attempt at a task and what it cost */
static void
addattempt(struct summary *s, cJSON *node, const cJSON *record)
{
	size_t n = (size_t)json_numberor(node, "attempts", 0) + 1;
	double cost = summary_cost(record);

	bump(node, "attempts", 1);
	if (cost > 0)
		bump(node, "cost", cost);
	if (n > s->nspent) {
		s->spent = xreallocarray(s->spent, n, sizeof(*s->spent));
		s->spent[s->nspent++] = 0;
	}
	s->spent[n - 1] += cost;
	addanswer(s, json_get(record, "response"));
	json_each (p, json_get(record, "planning"))
		addanswer(s, p);
}

/* this attempt is the task's first to do it */
static void
first(cJSON *node, const char *key)
{
	cJSON *n = json_get(node, "first");

	if (!n)
		json_set(node, "first", n = cJSON_CreateObject());
	if (!json_get(n, key))
		json_set(
		    n, key, cJSON_CreateNumber(json_number(node, "attempts")));
}

static void
winner(cJSON *node, const struct verdict *r, const char *file)
{
	if (!file || !r->correct || r->hack || r->quarantined ||
	    (json_get(node, "best") &&
		r->speedup <= json_numberor(node, "best_speedup", 0)))
		return;
	json_set(node, "best", cJSON_CreateString(file));
	json_set(node, "best_speedup", cJSON_CreateNumber(r->speedup));
}

void
summary_winners(FILE *fp, const struct summary *s)
{
	json_each (t, s->tasks) {
		if (json_get(t, "best"))
			fprintf(fp, "%s\n", json_string(t, "best"));
	}
}

void
summary_add(struct summary *s, const cJSON *record, const char *file)
{
	const cJSON *v = json_object(record, "verdict");
	struct verdict r = verdict(v);
	cJSON *node = tasknode(s, json_object(record, "task"));
	size_t i;

	s->attempts++;
	addattempt(s, node, record);
	bump(node, "compiled", r.compiled);
	bump(node, "correct", r.correct && !r.hack);
	if (r.compiled)
		first(node, "compiled");
	if (r.correct && !r.hack)
		first(node, "correct");
	bump(node, "hack", r.hack);
	bump(node, "quarantined", r.quarantined);
	bump(node, "emulated", r.emulated);
	bump(node, "flagged",
	    strcmp(json_stringor(v, "class", ""), "flagged") == 0);
	winner(node, &r, file);
	if (json_get(v, "heldout")) {
		bump(node, "heldout_tried", 1);
		bump(node, "heldout", r.heldout);
	}
	if (r.hack || !r.timed)
		return;
	fastest(node, &r);
	for (i = 0; i < LEN(levels); i++) {
		if (r.speedup > levels[i]) {
			bump(node, levelnames[i], 1);
			first(node, levelnames[i]);
		}
		if (r.low > levels[i])
			raise(node,
			    i == 0   ? "confident_0.5"
			    : i == 1 ? "confident_1.0"
				     : "confident_1.5",
			    1);
	}
}

static cJSON *
rate(long n, long of)
{
	cJSON *r = cJSON_CreateObject();
	double low, high;

	stats_wilson(n, of, &low, &high);
	json_set(r, "count", cJSON_CreateNumber((double)n));
	json_set(
	    r, "rate", cJSON_CreateNumber(of ? (double)n / (double)of : 0));
	json_set(r, "low", cJSON_CreateNumber(low));
	json_set(r, "high", cJSON_CreateNumber(high));
	return r;
}

/* tasks of a category (NULL: all) of which the member is above 0 */
static long
having(const cJSON *tasks, const char *category, const char *key)
{
	long n = 0;

	json_each (t, tasks) {
		if (category &&
		    strcmp(category, json_string(t, "category")) != 0)
			continue;
		n += !key || json_numberor(t, key, 0) > 0;
	}
	return n;
}

static double
geomean(const cJSON *tasks, const char *category)
{
	double sum = 0, v;
	long n = 0;

	json_each (t, tasks) {
		v = json_numberor(t, "speedup", 0);
		if (v <= 0 ||
		    (category &&
			strcmp(category, json_string(t, "category")) != 0))
			continue;
		sum += log(v);
		n++;
	}
	return n ? exp(sum / (double)n) : 0;
}

static void
dollars(cJSON *o, const char *key, double v)
{
	char text[40];

	snprintf(text, sizeof(text), "%.6f", v);
	json_set(o, key, cJSON_CreateString(text));
}

/* what the answers cost, and each task that came of them */
static void
costs(cJSON *f, const cJSON *tasks, const char *category)
{
	long correct = having(tasks, category, "correct");
	long fast = having(tasks, category, "fast_1.5");
	double sum = 0;

	json_each (t, tasks)
		if (!category ||
		    strcmp(category, json_string(t, "category")) == 0)
			sum += json_numberor(t, "cost", 0);
	if (sum <= 0)
		return;
	dollars(f, "cost", sum);
	if (correct)
		dollars(f, "cost_per_correct", sum / (double)correct);
	if (fast)
		dollars(f, "cost_per_fast_1.5", sum / (double)fast);
}

static cJSON *
figures(const cJSON *tasks, const char *category)
{
	static const char *const keys[][2] = {{"CSR", "compiled"},
	    {"FCR", "correct"}, {"fast_0.5", "fast_0.5"},
	    {"fast_1.0", "fast_1.0"}, {"fast_1.5", "fast_1.5"},
	    {"confident_0.5", "confident_0.5"},
	    {"confident_1.0", "confident_1.0"},
	    {"confident_1.5", "confident_1.5"}};
	long n = having(tasks, category, NULL);
	cJSON *f = cJSON_CreateObject();
	size_t i;

	json_set(f, "tasks", cJSON_CreateNumber((double)n));
	json_set(f, "emulated",
	    cJSON_CreateNumber((double)having(tasks, category, "emulated")));
	for (i = 0; i < LEN(keys); i++)
		json_set(f, keys[i][0],
		    rate(having(tasks, category, keys[i][1]), n));
	json_set(f, "heldout",
	    rate(having(tasks, category, "heldout"),
		having(tasks, category, "heldout_tried")));
	json_set(f, "heldout_tasks",
	    cJSON_CreateNumber(
		(double)having(tasks, category, "heldout_tried")));
	json_set(
	    f, "geomean_speedup", cJSON_CreateNumber(geomean(tasks, category)));
	costs(f, tasks, category);
	return f;
}

/* unbiased pass@k: 1 - C(n-c, k) / C(n, k) (Chen et al. 2021, section 2.1) */
static double
passat(double n, double c, int k)
{
	double miss = 1;
	int i;

	if (n - c < k)
		return 1;
	for (i = 0; i < k; i++)
		miss *= (n - c - i) / (n - i);
	return 1 - miss;
}

static double
meanpass(const cJSON *tasks, const char *key, int k)
{
	double sum = 0;
	long n = 0;

	json_each (t, tasks) {
		sum += passat(
		    json_number(t, "attempts"), json_numberor(t, key, 0), k);
		n++;
	}
	return n ? sum / (double)n : 0;
}

static cJSON *
passes(const cJSON *tasks)
{
	cJSON *out = cJSON_CreateArray(), *p;
	double most = 0;
	int k;

	json_each (t, tasks)
		most = fmax(most, json_number(t, "attempts"));
	json_each (t, tasks)
		most = fmin(most, json_number(t, "attempts"));
	for (k = 1; k <= (int)most; k++) {
		p = cJSON_CreateObject();
		json_set(p, "k", cJSON_CreateNumber(k));
		json_set(p, "compiled",
		    cJSON_CreateNumber(meanpass(tasks, "compiled", k)));
		json_set(p, "correct",
		    cJSON_CreateNumber(meanpass(tasks, "correct", k)));
		json_set(p, "fast_1.0",
		    cJSON_CreateNumber(meanpass(tasks, "fast_1.0", k)));
		json_set(p, "fast_1.5",
		    cJSON_CreateNumber(meanpass(tasks, "fast_1.5", k)));
		cJSON_AddItemToArray(out, p);
	}
	return out;
}

/* tasks that had it after n attempts */
static long
within(const cJSON *tasks, const char *key, size_t n)
{
	long count = 0;

	json_each (t, tasks) {
		double at = json_numberor(json_get(t, "first"), key, 0);

		count += at > 0 && at <= (double)n;
	}
	return count;
}

/* the best so far, attempt by attempt, and what was spent */
static cJSON *
progress(const struct summary *s)
{
	static const char *const keys[] = {
	    "compiled", "correct", "fast_1.0", "fast_1.5"};
	cJSON *out = cJSON_CreateArray(), *p;
	double sum = 0;
	size_t n, i;

	for (n = 1; n <= s->nspent; n++) {
		p = cJSON_CreateObject();
		json_set(p, "attempts", cJSON_CreateNumber((double)n));
		for (i = 0; i < LEN(keys); i++)
			json_set(p, keys[i],
			    cJSON_CreateNumber(
				(double)within(s->tasks, keys[i], n)));
		if ((sum += s->spent[n - 1]) > 0)
			dollars(p, "cost", sum);
		cJSON_AddItemToArray(out, p);
	}
	return out;
}

static cJSON *
bycategory(const cJSON *tasks)
{
	cJSON *list = cJSON_CreateArray(), *f;
	size_t i;

	for (i = 0; i <= LEN(categories); i++) {
		const char *c = i < LEN(categories) ? categories[i] : "";

		if (!having(tasks, c, NULL))
			continue;
		f = figures(tasks, c);
		json_set(f, "category", cJSON_CreateString(*c ? c : "none"));
		cJSON_AddItemToArray(list, f);
	}
	return list;
}

cJSON *
summary_json(const struct summary *s)
{
	cJSON *out = cJSON_CreateObject(), *m = cJSON_CreateObject();

	json_set(m, "attempts", cJSON_CreateNumber((double)s->attempts));
	json_set(m, "overall", figures(s->tasks, NULL));
	json_set(m, "categories", bycategory(s->tasks));
	json_set(m, "hack",
	    cJSON_CreateNumber((double)having(s->tasks, NULL, "hack")));
	json_set(m, "flagged",
	    cJSON_CreateNumber((double)having(s->tasks, NULL, "flagged")));
	json_set(m, "quarantined",
	    cJSON_CreateNumber((double)having(s->tasks, NULL, "quarantined")));
	if (s->attempts > having(s->tasks, NULL, NULL))
		json_set(m, "pass_at", passes(s->tasks));
	json_set(m, "after", progress(s));
	if (s->nseconds) {
		json_set(m, "seconds_median",
		    cJSON_CreateNumber(stats_median(s->seconds, s->nseconds)));
		json_set(m, "seconds_p90",
		    cJSON_CreateNumber(
			stats_quantile(s->seconds, s->nseconds, 0.9)));
	}
	json_set(m, "input_tokens", cJSON_CreateNumber((double)s->input));
	json_set(m, "output_tokens", cJSON_CreateNumber((double)s->output));
	json_set(out, "summary", m);
	return out;
}

/* a percentage in as few characters as say it: 100, 93.7, 8.3, 0 */
static void
percent(char *s, size_t n, double v)
{
	double p = 100 * v;

	if (fabs(p - round(p)) < 0.05)
		snprintf(s, n, "%.0f", p);
	else
		snprintf(s, n, "%.1f", p);
}

int
summary_untimed(const cJSON *row)
{
	double n = json_numberor(row, "emulated", 0);

	return n > 0 && n >= json_number(row, "tasks");
}

/* is there such a rate?  Nothing is fast on an emulator. */
static int
known(const cJSON *row, const char *column)
{
	return strchr(column, '_') == NULL || !summary_untimed(row);
}

void
summary_cell(char *s, size_t n, const cJSON *row, const char *column)
{
	const cJSON *r = json_object(row, column);
	char p[16];

	if (!known(row, column)) {
		snprintf(s, n, "-");
		return;
	}
	percent(p, sizeof(p), json_number(r, "rate"));
	snprintf(s, n, "%s %.0f-%.0f", p, 100 * json_number(r, "low"),
	    100 * json_number(r, "high"));
}

static void
plainrow(FILE *fp, const char *name, const cJSON *row)
{
	char text[40];
	size_t i;

	fprintf(fp, "%-14s%5.0f", name, json_number(row, "tasks"));
	for (i = 0; i < LEN(columns); i++) {
		summary_cell(text, sizeof(text), row, columns[i]);
		fprintf(fp, "  %-10s", text);
	}
	putc('\n', fp);
}

static void
notes(FILE *fp, const cJSON *m)
{
	const cJSON *o = json_object(m, "overall");
	char a[40], b[40], c[40];

	fprintf(fp, "\nRates in per cent with their 95 %% intervals (Wilson), "
		    "per task the best attempt.\n");
	if (summary_untimed(o)) {
		fprintf(fp, "Times of an emulator are not compared.\n");
	} else {
		summary_cell(a, sizeof(a), o, "confident_0.5");
		summary_cell(b, sizeof(b), o, "confident_1.0");
		summary_cell(c, sizeof(c), o, "confident_1.5");
		fprintf(fp,
		    "Confident (the speedup's own interval lies above p): "
		    "fast_0.5 %s,\n  fast_1.0 %s, fast_1.5 %s.\n",
		    a, b, c);
	}
	if (json_number(o, "geomean_speedup") > 0)
		fprintf(fp,
		    "Speedup of the correct kernels, geometric mean: "
		    "%.2f\n",
		    json_number(o, "geomean_speedup"));
	if (json_number(o, "heldout_tasks") > 0) {
		summary_cell(a, sizeof(a), o, "heldout");
		fprintf(fp, "Right on a held-out shape too: %s of %.0f tasks\n",
		    a, json_number(o, "heldout_tasks"));
	}
	if (json_number(m, "hack") + json_number(m, "flagged") +
		json_number(m, "quarantined") >
	    0)
		fprintf(fp,
		    "Tasks with an attempt that cheated %.0f, was "
		    "flagged %.0f, quarantined %.0f\n",
		    json_number(m, "hack"), json_number(m, "flagged"),
		    json_number(m, "quarantined"));
	if (json_get(o, "cost")) {
		fprintf(fp, "Cost: $%s for %.0f answers",
		    json_string(o, "cost"), json_number(m, "attempts"));
		if (json_get(o, "cost_per_correct"))
			fprintf(fp, ", $%s a correct task",
			    json_string(o, "cost_per_correct"));
		if (json_get(o, "cost_per_fast_1.5"))
			fprintf(fp, ",\n  $%s a task of fast_1.5",
			    json_string(o, "cost_per_fast_1.5"));
		fprintf(fp, "\n");
	}
}

static void
plain(FILE *fp, const cJSON *m)
{
	size_t i;

	fprintf(fp, "%-14s%5s", "category", "tasks");
	for (i = 0; i < LEN(columns); i++)
		fprintf(
		    fp, "  %-*s", i + 1 < LEN(columns) ? 10 : 0, columns[i]);
	putc('\n', fp);
	json_each (c, json_array(m, "categories"))
		plainrow(fp, json_string(c, "category"), c);
	plainrow(fp, "overall", json_object(m, "overall"));
	notes(fp, m);
}

/* rows of cells between separators; the last column ends with end */
static void
gridrow(FILE *fp, const char *name, const cJSON *row, const char *begin,
    const char *sep, const char *end)
{
	char text[40];
	size_t i;

	fprintf(fp, "%s%s%s%.0f", begin, name, sep, json_number(row, "tasks"));
	for (i = 0; i < LEN(columns); i++) {
		summary_cell(text, sizeof(text), row, columns[i]);
		fprintf(fp, "%s%s", sep, text);
	}
	fputs(end, fp);
}

static void
markdown(FILE *fp, const cJSON *m)
{
	size_t i;

	fputs("| category | tasks |", fp);
	for (i = 0; i < LEN(columns); i++)
		fprintf(fp, " %s |", columns[i]);
	fputs("\n|---|---|---|---|---|---|---|\n", fp);
	json_each (c, json_array(m, "categories"))
		gridrow(fp, json_string(c, "category"), c, "| ", " | ", " |\n");
	gridrow(fp, "overall", json_object(m, "overall"), "| ", " | ", " |\n");
}

static void
latex(FILE *fp, const cJSON *m)
{
	fputs(
	    "\\begin{tabular}{lrrrrrr}\n\\hline\ncategory & tasks & CSR & FCR "
	    "& fast$_{0.5}$ & fast$_{1.0}$ & fast$_{1.5}$ \\\\\n\\hline\n",
	    fp);
	json_each (c, json_array(m, "categories"))
		gridrow(
		    fp, json_string(c, "category"), c, "", " & ", " \\\\\n");
	fputs("\\hline\n", fp);
	gridrow(fp, "overall", json_object(m, "overall"), "", " & ", " \\\\\n");
	fputs("\\hline\n\\end{tabular}\n", fp);
}

static void
csvrow(FILE *fp, const char *name, const cJSON *row)
{
	const cJSON *r;
	size_t i;

	fprintf(fp, "%s,%.0f", name, json_number(row, "tasks"));
	for (i = 0; i < LEN(columns); i++) {
		r = json_object(row, columns[i]);
		if (!known(row, columns[i])) {
			fputs(",,,", fp);
			continue;
		}
		fprintf(fp, ",%.6f,%.6f,%.6f", json_number(r, "rate"),
		    json_number(r, "low"), json_number(r, "high"));
	}
	putc('\n', fp);
}

static void
csv(FILE *fp, const cJSON *m)
{
	size_t i;

	fputs("category,tasks", fp);
	for (i = 0; i < LEN(columns); i++)
		fprintf(fp, ",%s,%s_low,%s_high", columns[i], columns[i],
		    columns[i]);
	putc('\n', fp);
	json_each (c, json_array(m, "categories"))
		csvrow(fp, json_string(c, "category"), c);
	csvrow(fp, "overall", json_object(m, "overall"));
}

void
summary_print(FILE *fp, const cJSON *figures, const char *format)
{
	const cJSON *m = json_object(figures, "summary");

	if (strcmp(format, "plain") == 0)
		plain(fp, m);
	else if (strcmp(format, "markdown") == 0)
		markdown(fp, m);
	else if (strcmp(format, "csv") == 0)
		csv(fp, m);
	else if (strcmp(format, "latex") == 0)
		latex(fp, m);
	else if (strcmp(format, "json") == 0)
		json_write(fp, figures);
	else
		errx(EX_USAGE,
		    "no format '%s'; there are: csv, json, latex, "
		    "markdown, plain",
		    format);
}
