/*
 * versus: two runs side by side, task by task, with paired tests.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "goals.h"
#include "manifest.h"
#include "paired.h"
#include "stage.h"
#include "stats.h"
#include "summary.h"

static int json;

static void
addfile(struct summary *s, const char *path)
{
	struct jsonin in = {.fp = fopen(path, "re"), .name = path};
	cJSON *record;

	if (!in.fp) {
		if (errno != ENOENT)
			err(EX_UNAVAILABLE, "%s", path);
		return; /* not done yet */
	}
	while ((record = json_readrecord(&in))) {
		summary_add(s, record, path);
		cJSON_Delete(record);
	}
	json_end(&in);
	fclose(in.fp);
}

static void
readrun(struct summary *s, const char *dir)
{
	struct goals g = {0};
	size_t i;

	goals_add(&g, dir);
	for (i = 0; i < g.n; i++)
		addfile(s, g.name[i]);
	if (!s->attempts)
		errx(EX_UNAVAILABLE, "%s: nothing done yet", dir);
	goals_free(&g);
}

static const char *
reading(const struct paired *p)
{
	if (p->first == p->second)
		return "a tie";
	if (p->p >= 0.05)
		return "no difference that shows";
	return p->first > p->second ? "the first has more"
				    : "the second has more";
}

static void
tasklines(const cJSON *a, const cJSON *b)
{
	const cJSON *o;
	double x, y;
	int ca, cb;

	printf("%-34s %10s %10s\n", "task", "first", "second");
	json_each (t, a) {
		o = json_get(b, t->string);
		if (!o)
			continue;
		ca = json_numberor(t, "correct", 0) > 0;
		cb = json_numberor(o, "correct", 0) > 0;
		x = json_numberor(t, "speedup", 0);
		y = json_numberor(o, "speedup", 0);
		printf("%-34s ", t->string);
		if (x > 0)
			printf("%10.2f ", x);
		else
			printf("%10s ", ca ? "right" : "-");
		if (y > 0)
			printf("%10.2f\n", y);
		else
			printf("%10s\n", cb ? "right" : "-");
	}
}

static const char *const keys[][2] = {{"compiled", "CSR"}, {"correct", "FCR"},
    {"fast_0.5", "fast_0.5"}, {"fast_1.0", "fast_1.0"},
    {"fast_1.5", "fast_1.5"}};

/* what the two were made with, where it differs */
static cJSON *
changes(char *const dirs[2])
{
	cJSON *a = manifest_read(dirs[0]), *b = manifest_read(dirs[1]);
	cJSON *list = manifest_diff(a, b);

	cJSON_Delete(a);
	cJSON_Delete(b);
	return list;
}

static void
printvalue(const cJSON *v)
{
	char *text = v ? json_print(v) : xstrdup("-");

	printf(" %s", cJSON_IsString(v) ? v->valuestring : text);
	free(text);
}

static void
changelines(char *const dirs[2])
{
	cJSON *list = changes(dirs);

	json_each (c, list) {
		printf("%-22s", json_string(c, "key"));
		printvalue(json_get(c, "first"));
		printf(" |");
		printvalue(json_get(c, "second"));
		putchar('\n');
	}
	if (list->child)
		putchar('\n');
	cJSON_Delete(list);
}

static void
print(char *const dirs[2], const cJSON *a, const cJSON *b)
{
	struct interval s;
	struct paired p;
	size_t i, n;

	changelines(dirs);
	tasklines(a, b);
	printf("\n%-10s %5s %7s %7s %8s %8s  %s\n", "", "both", "first",
	    "second", "neither", "p", "");
	for (i = 0; i < LEN(keys); i++) {
		p = paired_count(a, b, keys[i][0]);
		printf("%-10s %5ld %7ld %7ld %8ld %8.3f  %s\n", keys[i][1],
		    p.both, p.first, p.second, p.neither, p.p, reading(&p));
	}
	s = paired_speedup(a, b, &n);
	if (n > 2)
		printf("\nSpeedup, first over second, %zu tasks right in both: "
		       "%.3f (95 %%: %.3f to %.3f)\n",
		    n, s.mid, s.low, s.high);
	printf("p: McNemar's exact test, two-sided.\n");
}

static void
printjson(char *const dirs[2], const cJSON *a, const cJSON *b)
{
	cJSON *out = cJSON_CreateObject(), *o;
	struct interval s;
	struct paired p;
	size_t i, n;

	for (i = 0; i < LEN(keys); i++) {
		p = paired_count(a, b, keys[i][0]);
		o = cJSON_CreateObject();
		json_set(o, "both", cJSON_CreateNumber((double)p.both));
		json_set(o, "first", cJSON_CreateNumber((double)p.first));
		json_set(o, "second", cJSON_CreateNumber((double)p.second));
		json_set(o, "neither", cJSON_CreateNumber((double)p.neither));
		json_set(o, "p", cJSON_CreateNumber(p.p));
		json_set(out, keys[i][1], o);
	}
	s = paired_speedup(a, b, &n);
	if (n > 2) {
		o = cJSON_CreateObject();
		json_set(o, "tasks", cJSON_CreateNumber((double)n));
		json_set(o, "ratio", cJSON_CreateNumber(s.mid));
		json_set(o, "low", cJSON_CreateNumber(s.low));
		json_set(o, "high", cJSON_CreateNumber(s.high));
		json_set(out, "speedup", o);
	}
	json_set(out, "changed", changes(dirs));
	json_write(stdout, out);
	cJSON_Delete(out);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: versus [-j] results/RUN1 results/RUN2\n"
	    "Compares two runs task by task, each by its best attempt.\n"
	    "  -j, --json   the tests and what changed, as JSON\n"
	    "man versus tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"json", 0, 0, 'j'}, {"help", 0, 0, 'h'}, {0}};
	struct summary a = {0}, b = {0};
	int c;

	while ((c = getopt_long(argc, argv, "jh", options, NULL)) != -1) {
		switch (c) {
		case 'j': json = 1; break;
		case 'h': usage(EX_OK);
		default: usage(EX_USAGE);
		}
	}
	if (argc - optind != 2)
		usage(EX_USAGE);
	if (chdir(rootdir()) < 0)
		err(EX_UNAVAILABLE, "%s", rootdir());
	readrun(&a, argv[optind]);
	readrun(&b, argv[optind + 1]);
	(json ? printjson : print)(argv + optind, a.tasks, b.tasks);
	closeout();
	return EX_OK;
}
