/*
 * Anthropic messages.
 */
#include <string.h>

#include "wire.h"

static const char *const parameters[] = {"max_output_tokens", "temperature",
    "top_p", "top_k", "stop", "reasoning_effort", "thinking_tokens", NULL};

static char *
url(const struct model *m, int stream)
{
	(void)stream;
	return xasprintf(
	    "%s%s", m->base_url, m->path ? m->path : "/v1/messages");
}

static int
issystem(const cJSON *msg)
{
	const char *role = wire_string(msg, "role");

	return role &&
	       (strcmp(role, "system") == 0 || strcmp(role, "developer") == 0);
}

static cJSON *
body(const struct model *m, const cJSON *messages)
{
	cJSON *b = cJSON_CreateObject(), *list = cJSON_CreateArray(), *o;
	const cJSON *budget = wire_parameter(m, "thinking_tokens");
	struct buf system = {0};

	json_each (msg, messages) {
		if (!issystem(msg)) {
			cJSON_AddItemToArray(list, cJSON_Duplicate(msg, 1));
			continue;
		}
		if (system.len)
			buf_adds(&system, "\n\n");
		wire_append(&system, json_get(msg, "content"));
	}
	json_set(b, "model", cJSON_CreateString(m->model));
	wire_copy(m, "max_output_tokens", b, "max_tokens");
	if (system.len)
		json_set(b, "system", cJSON_CreateString(system.data));
	json_set(b, "messages", list);
	wire_copy(m, "temperature", b, "temperature");
	wire_copy(m, "top_p", b, "top_p");
	wire_copy(m, "top_k", b, "top_k");
	wire_copy(m, "stop", b, "stop_sequences");
	if (budget) {
		o = cJSON_CreateObject();
		json_set(o, "type",
		    cJSON_CreateString(
			budget->valuedouble > 0 ? "enabled" : "disabled"));
		if (budget->valuedouble > 0)
			json_set(
			    o, "budget_tokens", cJSON_Duplicate(budget, 1));
		json_set(b, "thinking", o);
	}
	if (wire_parameter(m, "reasoning_effort")) {
		o = cJSON_CreateObject();
		wire_copy(m, "reasoning_effort", o, "effort");
		json_set(b, "output_config", o);
	}
	buf_free(&system);
	return b;
}

static void
streaming(cJSON *b)
{
	json_set(b, "stream", cJSON_CreateTrue());
}

static void
overwrite(int64_t *n, const cJSON *u, const char *path)
{
	int64_t v = wire_count(u, path);

	if (v >= 0)
		*n = v;
}

/* cumulative: later counts replace earlier ones.  The input that is stated
   leaves out what was cached; ours counts it. */
static void
usage(const cJSON *u, struct answer *a)
{
	int64_t input;

	if (!cJSON_IsObject(u))
		return;
	if (!a->hasusage)
		a->usage.reasoning = -1;
	input = a->usage.input - a->usage.cached - a->usage.cache_write;
	a->hasusage = 1;
	overwrite(&input, u, "input_tokens");
	overwrite(&a->usage.cached, u, "cache_read_input_tokens");
	overwrite(&a->usage.cache_write, u, "cache_creation_input_tokens");
	a->usage.input = input + a->usage.cached + a->usage.cache_write;
	overwrite(&a->usage.output, u, "output_tokens");
	overwrite(
	    &a->usage.reasoning, u, "output_tokens_details.thinking_tokens");
}

static void
stop(const cJSON *from, struct answer *a)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} words[] = {
	    {"end_turn", OUT_OK},
	    {"stop_sequence", OUT_OK},
	    {"tool_use", OUT_OK},
	    {"max_tokens", OUT_TRUNCATED},
	    {"model_context_window_exceeded", OUT_TRUNCATED},
	};
	const char *word = wire_string(from, "stop_reason");
	size_t i;

	if (!word)
		return;
	answer_set(&a->finish, word);
	if (strcmp(word, "refusal") == 0) {
		wire_refuse(a, wire_string(from, "stop_details.category"),
		    wire_string(from, "stop_details.explanation"));
		return;
	}
	for (i = 0; i < LEN(words); i++)
		if (strcmp(words[i].word, word) == 0)
			a->outcome = words[i].outcome;
	if (a->outcome == OUT_NONE) {
		a->outcome = OUT_ABORTED;
		answer_set(&a->reason, "it stopped for another reason than "
				       "that it was done");
	}
}

static void
block(const cJSON *b, struct answer *a)
{
	const char *type = wire_string(b, "type");

	if (!type)
		return;
	if (strcmp(type, "text") == 0 || strcmp(type, "text_delta") == 0)
		wire_append(&a->text, json_get(b, "text"));
	else if (strcmp(type, "thinking") == 0 ||
		 strcmp(type, "thinking_delta") == 0)
		wire_append(&a->reasoning, json_get(b, "thinking"));
}

static void
identity(const cJSON *message, struct answer *a)
{
	answer_set(&a->id, wire_string(message, "id"));
	answer_set(&a->model, wire_string(message, "model"));
	usage(json_get(message, "usage"), a);
}

static int
answer(const cJSON *json, struct answer *a)
{
	if (json_get(json, "error") || !json_get(json, "content"))
		return -1;
	identity(json, a);
	json_each (b, json_get(json, "content"))
		block(b, a);
	stop(json, a);
	a->terminal = a->finish != NULL;
	return 0;
}

static int
event(const char *name, const cJSON *data, struct answer *a)
{
	const char *type = wire_string(data, "type");

	if (!type)
		type = name;
	if (strcmp(type, "message_start") == 0) {
		identity(json_get(data, "message"), a);
	} else if (strcmp(type, "content_block_start") == 0) {
		block(json_get(data, "content_block"), a);
	} else if (strcmp(type, "content_block_delta") == 0) {
		block(json_get(data, "delta"), a);
	} else if (strcmp(type, "message_delta") == 0) {
		stop(json_get(data, "delta"), a);
		usage(json_get(data, "usage"), a);
	} else if (strcmp(type, "message_stop") == 0) {
		a->terminal = a->finish != NULL;
		return 1;
	} else if (strcmp(type, "error") == 0) {
		return -1;
	}
	return 0;
}

const struct wire wire_anthropic = {
    .name = "anthropic",
    .auth = "x-api-key",
    .header = "anthropic-version: 2023-06-01",
    .parameters = parameters,
    .url = url,
    .body = body,
    .streaming = streaming,
    .answer = answer,
    .event = event,
};
