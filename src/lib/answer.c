#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"

static const char *const outcomes[] = {
    [OUT_NONE] = "none",
    [OUT_OK] = "ok",
    [OUT_TRUNCATED] = "truncated",
    [OUT_REFUSED] = "refused",
    [OUT_FILTERED] = "filtered",
    [OUT_REJECTED] = "rejected",
    [OUT_ABORTED] = "aborted",
};

const char *
answer_outcomename(enum outcome o)
{
	return outcomes[o];
}

enum outcome
answer_outcome(const char *name)
{
	size_t i;

	for (i = 1; name && i < LEN(outcomes); i++)
		if (strcmp(outcomes[i], name) == 0)
			return (enum outcome)i;
	return OUT_NONE;
}

void
answer_free(struct answer *a)
{
	buf_free(&a->text);
	buf_free(&a->reasoning);
	free(a->reason);
	free(a->category);
	free(a->finish);
	free(a->model);
	free(a->id);
	*a = (struct answer){0};
}

void
answer_set(char **field, const char *s)
{
	if (!s)
		return;
	free(*field);
	*field = xstrdup(s);
}

static int64_t
times(int64_t n, int64_t price)
{
	int64_t v;

	if (n <= 0)
		return 0;
	return __builtin_mul_overflow(n, price, &v) ? INT64_MAX / 8 : v;
}

int64_t
answer_cost(const struct model *m, const struct usage *u, double discount)
{
	int64_t cached = u->cached > 0 ? u->cached : 0;
	int64_t written = u->cache_write > 0 ? u->cache_write : 0;
	int64_t sum;

	if (!m->priced)
		return 0;
	sum = times(u->input - cached - written, m->price[PRICE_INPUT]) +
	      times(cached, m->price[PRICE_CACHED]) +
	      times(written, m->price[PRICE_WRITE]) +
	      times(u->output, m->price[PRICE_OUTPUT]);
	return discount < 1 ? llround((double)sum * discount) : sum;
}

void
money_print(int64_t pico, char s[32])
{
	const char *sign = pico < 0 ? "-" : "";
	uint64_t v = pico < 0 ? -(uint64_t)pico : (uint64_t)pico;
	char *end;

	snprintf(s, 32, "%s%llu.%012llu", sign, (unsigned long long)(v / PICO),
	    (unsigned long long)(v % PICO));
	for (end = s + strlen(s) - 1; *end == '0' && end[-6] != '.'; end--)
		*end = '\0';
}

int64_t
money_parse(const char *s)
{
	int64_t v = 0, unit = PICO;
	int digits = 0;

	for (; *s >= '0' && *s <= '9' && v < 1000000; s++, digits++)
		v = v * 10 + (*s - '0');
	v *= PICO;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++, digits++)
			v += (*s - '0') * (unit /= 10);
	return *s || !digits ? -1 : v;
}

static void
addtokens(cJSON *object, const char *key, int64_t n)
{
	if (n < 0)
		json_set(object, key, cJSON_CreateNull());
	else
		json_set(object, key, cJSON_CreateNumber((double)n));
}

static void
addstring(cJSON *object, const char *key, const char *s)
{
	if (s)
		json_set(object, key, json_text(s, strlen(s)));
}

void
answer_json(const struct answer *a, cJSON *object)
{
	cJSON *usage;

	json_set(object, "outcome",
	    cJSON_CreateString(answer_outcomename(a->outcome)));
	addstring(object, "reason", a->reason);
	addstring(object, "category", a->category);
	json_set(object, "text",
	    json_text(a->text.data ? a->text.data : "", a->text.len));
	if (a->reasoning.len)
		json_set(object, "reasoning",
		    json_text(a->reasoning.data, a->reasoning.len));
	addstring(object, "finish_reason", a->finish);
	addstring(object, "answered_by", a->model);
	addstring(object, "id", a->id);
	usage = cJSON_CreateObject();
	if (a->hasusage) {
		addtokens(usage, "input", a->usage.input);
		addtokens(usage, "cached", a->usage.cached);
		addtokens(usage, "cache_write", a->usage.cache_write);
		addtokens(usage, "output", a->usage.output);
		addtokens(usage, "reasoning", a->usage.reasoning);
	}
	json_set(object, "usage", usage);
}
