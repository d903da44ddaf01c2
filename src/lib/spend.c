#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "ledger.h"
#include "spend.h"
#include "stats.h"
#include "store.h"
#include "wire.h"

/* what is known of one model, category or task */
struct group {
	char *name;
	long calls, attempts;
	long outcomes[OUT_ABORTED + 1];
	int64_t input, output, cost;
	double *seconds;
	size_t nseconds;
};

struct table {
	const char *title;
	struct group *groups;
	size_t n;
};

static struct group *
groupof(struct table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (strcmp(t->groups[i].name, name) == 0)
			return &t->groups[i];
	t->groups = xreallocarray(t->groups, t->n + 1, sizeof(*t->groups));
	t->groups[t->n] = (struct group){.name = xstrdup(name)};
	return &t->groups[t->n++];
}

static void
count(struct table *t, const char *name, const cJSON *response)
{
	struct group *g = groupof(t, name && *name ? name : "-");
	const char *cost = wire_string(response, "cost");
	enum outcome o = answer_outcome(wire_string(response, "outcome"));
	int64_t in = wire_count(response, "usage.input");
	int64_t out = wire_count(response, "usage.output");
	double s = json_numberor(response, "seconds", 0);

	g->calls++;
	g->attempts += cJSON_GetArraySize(json_get(response, "attempts"));
	g->outcomes[o]++;
	g->input += in > 0 ? in : 0;
	g->output += out > 0 ? out : 0;
	if (cost && money_parse(cost) > 0)
		g->cost += money_parse(cost);
	if (s > 0) {
		g->seconds =
		    xreallocarray(g->seconds, g->nseconds + 1, sizeof(double));
		g->seconds[g->nseconds++] = s;
	}
}

static int
byname(const void *a, const void *b)
{
	return strcmp(
	    ((const struct group *)a)->name, ((const struct group *)b)->name);
}

static void
printgroup(const char *name, struct group *g)
{
	char money[32];

	money_print(g->cost, money);
	printf(
	    "%-24.24s %6ld %6ld %5ld %10lld %10lld %12.9s %6.1f %6.1f %6.1f\n",
	    name, g->calls, g->attempts, g->calls - g->outcomes[OUT_OK],
	    (long long)g->input, (long long)g->output, money,
	    stats_quantile(g->seconds, g->nseconds, 0.5),
	    stats_quantile(g->seconds, g->nseconds, 0.9),
	    stats_quantile(g->seconds, g->nseconds, 0.99));
}

static void
printtable(struct table *t)
{
	size_t i;

	if (!t->n)
		return;
	qsort(t->groups, t->n, sizeof(*t->groups), byname);
	printf("%-24s %6s %6s %5s %10s %10s %12s %6s %6s %6s\n", t->title,
	    "calls", "tries", "not ok", "tokens in", "out", "USD", "p50 s",
	    "p90 s", "p99 s");
	for (i = 0; i < t->n; i++)
		printgroup(t->groups[i].name, &t->groups[i]);
	printf("\n");
}

static int
fromstore(const char *key, void *arg)
{
	cJSON *e = store_get(key);
	const cJSON *r = json_get(e, "response");

	if (cJSON_IsObject(r))
		count(arg, wire_string(r, "model"), r);
	cJSON_Delete(e);
	return 0;
}

static void
fromfile(const char *path, struct table *t)
{
	struct jsonin in = {.fp = stdin, .name = path};
	cJSON *record;

	if (strcmp(path, "-") != 0 && !(in.fp = fopen(path, "re")))
		err(EX_UNAVAILABLE, "%s", path);
	while ((record = json_readrecord(&in))) {
		const cJSON *r = json_get(record, "response");

		if (cJSON_IsObject(r)) {
			count(&t[0], wire_string(r, "model"), r);
			count(&t[1], wire_string(record, "task.category"), r);
			count(&t[2], wire_string(record, "task.name"), r);
			count(&t[3], wire_string(record, "request.role"), r);
		}
		cJSON_Delete(record);
	}
	json_end(&in);
	if (in.fp != stdin)
		fclose(in.fp);
}

static void
printledger(const char *path)
{
	char *own = xasprintf("%s/ledger", store_dir()), spent[32], held[32];
	int64_t settled, reserved;

	ledger_sums(
	    ledger_open(path && *path ? path : own, -1), &settled, &reserved);
	money_print(settled, spent);
	money_print(reserved, held);
	printf("ledger: %s USD spent, %s USD reserved\n", spent, held);
	free(own);
}

int
spend_print(char *const *files, const char *ledger)
{
	struct table t[] = {
	    {.title = "model"},
	    {.title = "category"},
	    {.title = "task"},
	    {.title = "role"},
	};
	size_t i;

	if (!*files) {
		store_each(fromstore, &t[0]);
		printtable(&t[0]);
		printledger(ledger);
		closeout();
		return 0;
	}
	for (; *files; files++)
		fromfile(*files, t);
	for (i = 0; i < LEN(t); i++)
		printtable(&t[i]);
	closeout();
	return 0;
}

int
spend_gc(void)
{
	long long bytes = 0;
	long files = store_gc(&bytes);

	printf("%s: %ld files of debris removed, %lld bytes; answers stay\n",
	    store_dir(), files, bytes);
	closeout();
	return 0;
}
