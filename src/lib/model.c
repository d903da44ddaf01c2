#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "model.h"

const char *const model_providers[] = {"openai-chat", "openai-responses",
    "anthropic", "gemini", "exec", "queue", "replay", "oracle", NULL};

static const char *const auths[] = {
    "bearer", "x-api-key", "api-key", "x-goog-api-key", "none", NULL};
static const char *const outputs[] = {"text", "json", NULL};
static const char *const keys[] = {"note", "example", "provider", "base_url",
    "path", "model", "key_env", "auth", "ca_file", "headers", "parameters",
    "extra", "drop", "max_output_key", "stream", "prices", "limits", "timeouts",
    "retries", "command", "output", "answers", NULL};
static const char *const parameters[] = {"max_output_tokens", "temperature",
    "top_p", "top_k", "stop", "seed", "reasoning_effort", "thinking_tokens",
    "verbosity", NULL};
static const char *const prices[] = {
    "note", "input", "cached", "cache_write", "output", "batch", NULL};
static const char *const limits[] = {
    "requests_per_minute", "tokens_per_minute", "concurrency", NULL};
static const char *const timeouts[] = {"connect", "idle", "total", NULL};
static const char *const retries[] = {
    "attempts", "seconds", "base", "hint", NULL};
/* headers that carry secrets, which a model file must not hold */
static const char *const secrets[] = {"authorization", "x-api-key", "api-key",
    "x-goog-api-key", "cookie", "proxy-authorization", NULL};

static int
among(const char *const *list, const char *s)
{
	for (; *list; list++)
		if (strcmp(*list, s) == 0)
			return 1;
	return 0;
}

static char *
joined(const char *const *list)
{
	struct buf b = {0};

	for (; *list; list++)
		buf_addf(&b, "%s%s", b.len ? ", " : "", *list);
	return b.data;
}

static void
checkkeys(const cJSON *object, const char *const *list)
{
	json_each (node, object)
		if (!among(list, node->string))
			json_bad(
			    node, "unknown key; known are: %s", joined(list));
}

static const cJSON *
section(const cJSON *object, const char *key, const char *const *list)
{
	const cJSON *node = json_get(object, key);

	if (!node)
		return NULL;
	node = json_object(object, key);
	if (list)
		checkkeys(node, list);
	return node;
}

static const char *
choice(const cJSON *object, const char *key, const char *const *list)
{
	const char *s = json_stringor(object, key, NULL);

	if (s && !among(list, s))
		json_bad(json_get(object, key), "'%s' is none of: %s", s,
		    joined(list));
	return s;
}

/* the value of a list of strings, or NULL if it is absent */
static const cJSON *
strings(const cJSON *object, const char *key)
{
	const cJSON *node = json_get(object, key);

	if (!node)
		return NULL;
	node = json_array(object, key);
	json_each (item, node)
		if (!cJSON_IsString(item))
			json_bad(item, "not a string");
	return node;
}

static double
seconds(const cJSON *object, const char *key, double absent)
{
	double v = json_numberor(object, key, absent);

	if (!(v > 0 && v <= 1e6))
		json_bad(json_get(object, key), "not from 0 to 1e6 seconds");
	return v;
}

static int64_t
price(const cJSON *object, const char *key, double absent)
{
	double v = json_numberor(object, key, absent);

	if (!(v >= 0 && v <= 1e5))
		json_bad(json_get(object, key),
		    "not from 0 to 100000 USD per million tokens");
	return llround(v * (double)(PICO / 1000000));
}

static void
readprices(struct model *m)
{
	const cJSON *p = section(m->json, "prices", prices);
	double in;

	m->batch = 0.5;
	if (!p)
		return;
	m->priced = 1;
	in = json_number(p, "input");
	m->price[PRICE_INPUT] = price(p, "input", 0);
	m->price[PRICE_CACHED] = price(p, "cached", in);
	m->price[PRICE_WRITE] = price(p, "cache_write", in);
	json_number(p, "output");
	m->price[PRICE_OUTPUT] = price(p, "output", 0);
	m->batch = json_numberor(p, "batch", 0.5);
	if (!(m->batch >= 0 && m->batch <= 1))
		json_bad(json_get(p, "batch"), "not from 0 to 1");
}

static void
readlimits(struct model *m)
{
	const cJSON *l = section(m->json, "limits", limits);
	const cJSON *t = section(m->json, "timeouts", timeouts);
	const cJSON *r = section(m->json, "retries", retries);

	m->rpm = json_intor(l, "requests_per_minute", 1, 1000000, 0);
	m->tpm = json_intor(l, "tokens_per_minute", 1, 1000000000, 0);
	m->concurrency = json_intor(l, "concurrency", 1, 1024, 64);
	m->connect = seconds(t, "connect", 10);
	m->idle = seconds(t, "idle", 300);
	m->total = seconds(t, "total", 3600);
	m->tries = (int)json_intor(r, "attempts", 1, 100, 8);
	m->trytime = seconds(r, "seconds", 1800);
	m->trybase = seconds(r, "base", 1);
	m->hintcap = seconds(r, "hint", 120);
}

static void
readparameters(struct model *m)
{
	const cJSON *p = section(m->json, "parameters", parameters);

	m->parameters = p;
	m->maxoutput = json_intor(p, "max_output_tokens", 1, 10000000, 0);
	json_numberor(p, "temperature", 0);
	json_numberor(p, "top_p", 0);
	json_intor(p, "top_k", 0, 1000000, 0);
	json_intor(p, "seed", 0, 2147483647, 0);
	json_intor(p, "thinking_tokens", -1, 10000000, 0);
	json_stringor(p, "reasoning_effort", NULL);
	json_stringor(p, "verbosity", NULL);
	strings(p, "stop");
}

static void
checkurl(const struct model *m)
{
	const char *u = m->base_url, *host, *end;

	if (strncmp(u, "https://", 8) != 0 && strncmp(u, "http://", 7) != 0)
		json_bad(json_get(m->json, "base_url"), "not http or https");
	host = strstr(u, "://") + 3;
	end = host + strcspn(host, "/");
	if (memchr(host, '@', (size_t)(end - host)))
		json_bad(json_get(m->json, "base_url"),
		    "a name or password in it; keys come from key_env");
	for (; *u; u++)
		if (!isgraph((unsigned char)*u) || *u == '#' || *u == '?')
			json_bad(json_get(m->json, "base_url"),
			    "a character that it must not have");
}

static void
checkheaders(const struct model *m)
{
	json_each (h, m->headers) {
		if (!cJSON_IsString(h))
			json_bad(h, "not a string");
		for (const char *const *s = secrets; *s; s++)
			if (strcasecmp(h->string, *s) == 0)
				json_bad(h, "a secret does not belong here; "
					    "keys come from key_env");
		if (strpbrk(h->string, "\r\n: ") ||
		    strpbrk(h->valuestring, "\r\n"))
			json_bad(h, "not a header");
	}
}

static void
checkremote(struct model *m)
{
	if (!m->base_url)
		json_bad(m->json, "no 'base_url'");
	if (!m->model)
		json_bad(m->json, "no 'model'");
	checkurl(m);
	checkheaders(m);
	if (m->path && m->path[0] != '/')
		json_bad(json_get(m->json, "path"), "does not start with '/'");
	if (m->key_env &&
	    (!*m->key_env ||
		m->key_env[strspn(m->key_env, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					      "abcdefghijklmnopqrstuvwxyz"
					      "0123456789_")]))
		json_bad(json_get(m->json, "key_env"),
		    "not the name of an environment variable");
	if (strcmp(m->provider, "anthropic") == 0 && !m->maxoutput)
		json_bad(m->json, "no 'parameters.max_output_tokens', which "
				  "this provider requires");
}

int
model_isremote(const struct model *m)
{
	return strncmp(m->provider, "openai", 6) == 0 ||
	       strcmp(m->provider, "anthropic") == 0 ||
	       strcmp(m->provider, "gemini") == 0;
}

static cJSON *
readfile(const char *name, char **base)
{
	size_t n = strlen(name);
	int ispath =
	    strchr(name, '/') || (n > 5 && strcmp(name + n - 5, ".json") == 0);
	char *path =
	    ispath ? xstrdup(name) : rootpath("mk/models/%s.json", name);
	const char *slash = strrchr(path, '/');
	cJSON *json;

	if (access(path, R_OK) < 0) {
		if (ispath)
			err(EX_UNAVAILABLE, "model '%s'", name);
		errx(EX_UNAVAILABLE, "no model '%s' in mk/models: there are %s",
		    name, listnames("mk/models", ".json"));
	}
	json = json_readfile(path);
	*base = xstrdup(slash ? slash + 1 : path);
	n = strlen(*base);
	if (n > 5 && strcmp(*base + n - 5, ".json") == 0)
		(*base)[n - 5] = '\0';
	return json;
}

struct model *
model_read(const char *name)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->json = readfile(name, &m->name);
	if (!cJSON_IsObject(m->json))
		json_bad(m->json, "not an object");
	checkkeys(m->json, keys);
	json_string(m->json, "provider");
	m->provider = choice(m->json, "provider", model_providers);
	m->base_url = json_stringor(m->json, "base_url", NULL);
	m->path = json_stringor(m->json, "path", NULL);
	m->model = json_stringor(m->json, "model", NULL);
	m->key_env = json_stringor(m->json, "key_env", NULL);
	m->auth = choice(m->json, "auth", auths);
	m->headers = section(m->json, "headers", NULL);
	m->extra = section(m->json, "extra", NULL);
	m->drop = strings(m->json, "drop");
	m->max_output_key = json_stringor(m->json, "max_output_key", NULL);
	m->stream = json_boolor(m->json, "stream", -1);
	m->command = strings(m->json, "command");
	m->output = choice(m->json, "output", outputs);
	m->ca_file = json_stringor(m->json, "ca_file", NULL);
	m->answers = json_stringor(m->json, "answers", NULL);
	json_boolor(m->json, "example", 0);
	readparameters(m);
	readprices(m);
	readlimits(m);
	if (model_isremote(m))
		checkremote(m);
	if (strcmp(m->provider, "exec") == 0 && !cJSON_GetArraySize(m->command))
		json_bad(m->json, "no 'command'");
	return m;
}
