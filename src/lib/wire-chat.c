/*
 * OpenAI chat completions, and the servers that follow them: vLLM, SGLang,
 * llama.cpp, OpenRouter, DeepSeek, Azure.
 */
#include <stdlib.h>
#include <string.h>

#include "wire.h"

static const char *const parameters[] = {"max_output_tokens", "temperature",
    "top_p", "top_k", "stop", "seed", "reasoning_effort", "verbosity", NULL};

static char *
url(const struct model *m, int stream)
{
	(void)stream;
	return xasprintf(
	    "%s%s", m->base_url, m->path ? m->path : "/chat/completions");
}

static cJSON *
body(const struct model *m, const cJSON *messages)
{
	cJSON *b = cJSON_CreateObject();

	json_set(b, "model", cJSON_CreateString(m->model));
	json_set(b, "messages", cJSON_Duplicate(messages, 1));
	wire_copy(m, "max_output_tokens", b,
	    m->max_output_key ? m->max_output_key : "max_completion_tokens");
	wire_copy(m, "temperature", b, "temperature");
	wire_copy(m, "top_p", b, "top_p");
	wire_copy(m, "top_k", b, "top_k");
	wire_copy(m, "stop", b, "stop");
	wire_copy(m, "seed", b, "seed");
	wire_copy(m, "reasoning_effort", b, "reasoning_effort");
	wire_copy(m, "verbosity", b, "verbosity");
	return b;
}

static void
streaming(cJSON *b)
{
	cJSON *options = json_get(b, "stream_options");

	if (!cJSON_IsObject(options)) {
		options = cJSON_CreateObject();
		json_set(b, "stream_options", options);
	}
	json_set(options, "include_usage", cJSON_CreateTrue());
	json_set(b, "stream", cJSON_CreateTrue());
}

static void
finish(const char *word, struct answer *a)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} words[] = {
	    {"stop", OUT_OK},
	    {"eos", OUT_OK},
	    {"end_turn", OUT_OK},
	    {"stop_sequence", OUT_OK},
	    {"tool_calls", OUT_OK},
	    {"function_call", OUT_OK},
	    {"length", OUT_TRUNCATED},
	    {"max_tokens", OUT_TRUNCATED},
	    {"model_length", OUT_TRUNCATED},
	    {"content_filter", OUT_FILTERED},
	};
	size_t i;

	for (i = 0; i < LEN(words); i++)
		if (strcmp(words[i].word, word) == 0) {
			wire_finished(a, words[i].outcome, word);
			return;
		}
	answer_set(&a->finish, word);
	a->outcome = OUT_ABORTED;
	answer_set(&a->reason, "the server broke the answer off");
	a->terminal = 0;
}

static void
usage(const cJSON *u, struct answer *a)
{
	if (!cJSON_IsObject(u) || wire_count(u, "completion_tokens") < 0)
		return;
	a->hasusage = 1;
	a->usage.input = wire_count(u, "prompt_tokens");
	a->usage.cached = wire_count(u, "prompt_tokens_details.cached_tokens");
	if (a->usage.cached < 0)
		a->usage.cached = wire_count(u, "prompt_cache_hit_tokens");
	a->usage.cache_write =
	    wire_count(u, "prompt_tokens_details.cache_write_tokens");
	a->usage.output = wire_count(u, "completion_tokens");
	a->usage.reasoning =
	    wire_count(u, "completion_tokens_details.reasoning_tokens");
}

/* a string, or a list of parts */
static void
content(const cJSON *c, struct answer *a)
{
	if (cJSON_IsString(c)) {
		wire_append(&a->text, c);
		return;
	}
	json_each (part, c) {
		const char *type = wire_string(part, "type");

		if (!type || strcmp(type, "text") == 0)
			wire_append(&a->text, json_get(part, "text"));
		else if (strcmp(type, "thinking") == 0)
			json_each (t, json_get(part, "thinking"))
				wire_append(&a->reasoning, json_get(t, "text"));
	}
}

/* a message, or what a chunk adds to it */
static void
message(const cJSON *m, struct answer *a)
{
	const cJSON *thought = json_get(m, "reasoning_content");
	const cJSON *refusal = json_get(m, "refusal");

	content(json_get(m, "content"), a);
	wire_append(
	    &a->reasoning, thought ? thought : json_get(m, "reasoning"));
	if (cJSON_IsString(refusal) && *refusal->valuestring) {
		if (a->outcome == OUT_REFUSED && a->reason) {
			char *s =
			    xasprintf("%s%s", a->reason, refusal->valuestring);

			answer_set(&a->reason, s);
			free(s);
		} else {
			wire_refuse(a, NULL, refusal->valuestring);
		}
	}
}

static void
identity(const cJSON *json, struct answer *a)
{
	const char *id = wire_string(json, "id");
	const char *model = wire_string(json, "model");

	if (!a->id && id && *id)
		answer_set(&a->id, id);
	if (!a->model && model && *model)
		answer_set(&a->model, model);
}

/* the choice with index 0, or NULL */
static const cJSON *
first(const cJSON *json)
{
	json_each (c, json_get(json, "choices"))
		if (wire_count(c, "index") <= 0)
			return c;
	return NULL;
}

static int
take(const cJSON *json, const char *part, struct answer *a)
{
	const cJSON *choice = first(json);
	const char *word = wire_string(choice, "finish_reason");

	identity(json, a);
	usage(json_get(json, "usage"), a);
	if (!choice)
		return -1;
	message(json_get(choice, part), a);
	if (word && *word)
		finish(word, a);
	return 0;
}

static int
answer(const cJSON *json, struct answer *a)
{
	if (json_get(json, "error"))
		return -1;
	return take(json, "message", a);
}

static int
event(const char *name, const cJSON *data, struct answer *a)
{
	(void)name;
	if (json_get(data, "error"))
		return -1;
	take(data, "delta", a);
	return 0;
}

const struct wire wire_chat = {
    .name = "openai-chat",
    .auth = "bearer",
    .parameters = parameters,
    .url = url,
    .body = body,
    .streaming = streaming,
    .answer = answer,
    .event = event,
};
