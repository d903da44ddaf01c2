/*
 * OpenAI responses.
 */
#include <string.h>

#include "wire.h"

static const char *const parameters[] = {"max_output_tokens", "temperature",
    "top_p", "reasoning_effort", "verbosity", NULL};

static char *
url(const struct model *m, int stream)
{
	(void)stream;
	return xasprintf("%s%s", m->base_url, m->path ? m->path : "/responses");
}

/* body[object][key] = the parameter */
static void
nested(const struct model *m, const char *name, cJSON *b, const char *object,
    const char *key)
{
	cJSON *o = json_get(b, object);

	if (!wire_parameter(m, name))
		return;
	if (!o) {
		o = cJSON_CreateObject();
		json_set(b, object, o);
	}
	wire_copy(m, name, o, key);
}

static cJSON *
body(const struct model *m, const cJSON *messages)
{
	cJSON *b = cJSON_CreateObject();

	json_set(b, "model", cJSON_CreateString(m->model));
	json_set(b, "input", cJSON_Duplicate(messages, 1));
	json_set(b, "store", cJSON_CreateFalse());
	wire_copy(m, "max_output_tokens", b, "max_output_tokens");
	wire_copy(m, "temperature", b, "temperature");
	wire_copy(m, "top_p", b, "top_p");
	nested(m, "reasoning_effort", b, "reasoning", "effort");
	nested(m, "verbosity", b, "text", "verbosity");
	return b;
}

static void
streaming(cJSON *b)
{
	json_set(b, "stream", cJSON_CreateTrue());
}

static void
usage(const cJSON *u, struct answer *a)
{
	if (!cJSON_IsObject(u))
		return;
	a->hasusage = 1;
	a->usage.input = wire_count(u, "input_tokens");
	a->usage.cached = wire_count(u, "input_tokens_details.cached_tokens");
	a->usage.cache_write =
	    wire_count(u, "input_tokens_details.cache_write_tokens");
	a->usage.output = wire_count(u, "output_tokens");
	a->usage.reasoning =
	    wire_count(u, "output_tokens_details.reasoning_tokens");
}

static int
isa(const cJSON *node, const char *key, const char *want)
{
	const char *s = wire_string(node, key);

	return s && strcmp(s, want) == 0;
}

static void
message(const cJSON *item, struct answer *a)
{
	json_each (part, json_get(item, "content")) {
		if (isa(part, "type", "output_text"))
			wire_append(&a->text, json_get(part, "text"));
		else if (isa(part, "type", "refusal"))
			wire_refuse(a, NULL, wire_string(part, "refusal"));
	}
}

/* commentary is no answer if a final one is there */
static void
output(const cJSON *items, struct answer *a)
{
	int final = 0;

	a->text.len = a->reasoning.len = 0;
	json_each (item, items)
		final |= isa(item, "phase", "final_answer");
	json_each (item, items) {
		if (isa(item, "type", "message") &&
		    !(final && isa(item, "phase", "commentary")))
			message(item, a);
		if (!isa(item, "type", "reasoning"))
			continue;
		json_each (s, json_get(item, "summary"))
			wire_append(&a->reasoning, json_get(s, "text"));
		json_each (s, json_get(item, "content"))
			wire_append(&a->reasoning, json_get(s, "text"));
	}
}

static int
answer(const cJSON *json, struct answer *a)
{
	const char *status = wire_string(json, "status");
	const char *why = wire_string(json, "incomplete_details.reason");

	if (!status || json_get(json, "error"))
		return -1;
	answer_set(&a->id, wire_string(json, "id"));
	answer_set(&a->model, wire_string(json, "model"));
	usage(json_get(json, "usage"), a);
	output(json_get(json, "output"), a);
	if (strcmp(status, "completed") == 0) {
		wire_finished(a, OUT_OK, status);
	} else if (strcmp(status, "incomplete") == 0) {
		if (why && strcmp(why, "content_filter") == 0)
			wire_finished(a, OUT_FILTERED, why);
		else
			wire_finished(a, OUT_TRUNCATED, why ? why : status);
	} else {
		a->outcome = OUT_ABORTED;
		answer_set(&a->finish, status);
	}
	return 0;
}

static int
event(const char *name, const cJSON *data, struct answer *a)
{
	const char *type = wire_string(data, "type");

	if (!type)
		type = name;
	if (strcmp(type, "response.output_text.delta") == 0)
		wire_append(&a->text, json_get(data, "delta"));
	else if (strcmp(type, "response.reasoning_summary_text.delta") == 0 ||
		 strcmp(type, "response.reasoning_text.delta") == 0)
		wire_append(&a->reasoning, json_get(data, "delta"));
	else if (strcmp(type, "response.completed") == 0 ||
		 strcmp(type, "response.incomplete") == 0)
		return answer(json_get(data, "response"), a) < 0 ? -1 : 1;
	else if (strcmp(type, "response.failed") == 0 ||
		 strcmp(type, "error") == 0)
		return -1;
	return 0;
}

const struct wire wire_responses = {
    .name = "openai-responses",
    .auth = "bearer",
    .parameters = parameters,
    .url = url,
    .body = body,
    .streaming = streaming,
    .answer = answer,
    .event = event,
};
