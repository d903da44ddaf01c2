/*
 * Gemini generateContent.
 */
#include <ctype.h>
#include <string.h>

#include "wire.h"

static const char *const parameters[] = {"max_output_tokens", "temperature",
    "top_p", "top_k", "stop", "seed", "reasoning_effort", "thinking_tokens",
    NULL};

static char *
url(const struct model *m, int stream)
{
	if (m->path)
		return xasprintf("%s%s", m->base_url, m->path);
	return xasprintf("%s/v1beta/models/%s:%s", m->base_url, m->model,
	    stream ? "streamGenerateContent?alt=sse" : "generateContent");
}

static cJSON *
content(const char *role, const char *text)
{
	cJSON *c = cJSON_CreateObject(), *part = cJSON_CreateObject();
	cJSON *parts = cJSON_CreateArray();

	if (role)
		json_set(c, "role", cJSON_CreateString(role));
	json_set(part, "text", cJSON_CreateString(text));
	cJSON_AddItemToArray(parts, part);
	json_set(c, "parts", parts);
	return c;
}

static void
thinking(const struct model *m, cJSON *config)
{
	const char *effort = wire_string(m->parameters, "reasoning_effort");
	const cJSON *budget = wire_parameter(m, "thinking_tokens");
	cJSON *t = cJSON_CreateObject();
	char level[32], *p;

	if (effort) {
		snprintf(level, sizeof(level), "%s", effort);
		for (p = level; *p; p++)
			*p = (char)toupper((unsigned char)*p);
		json_set(t, "thinkingLevel", cJSON_CreateString(level));
	}
	if (budget)
		json_set(t, "thinkingBudget", cJSON_Duplicate(budget, 1));
	if (t->child)
		json_set(config, "thinkingConfig", t);
	else
		cJSON_Delete(t);
}

static cJSON *
body(const struct model *m, const cJSON *messages)
{
	cJSON *b = cJSON_CreateObject(), *list = cJSON_CreateArray();
	cJSON *config = cJSON_CreateObject();
	struct buf system = {0};

	json_each (msg, messages) {
		const char *role = wire_string(msg, "role");
		const char *text = wire_string(msg, "content");

		if (strcmp(role, "user") == 0)
			cJSON_AddItemToArray(list, content("user", text));
		else if (strcmp(role, "assistant") == 0)
			cJSON_AddItemToArray(list, content("model", text));
		else
			buf_addf(
			    &system, "%s%s", system.len ? "\n\n" : "", text);
	}
	json_set(b, "contents", list);
	if (system.len)
		json_set(b, "systemInstruction", content(NULL, system.data));
	wire_copy(m, "max_output_tokens", config, "maxOutputTokens");
	wire_copy(m, "temperature", config, "temperature");
	wire_copy(m, "top_p", config, "topP");
	wire_copy(m, "top_k", config, "topK");
	wire_copy(m, "stop", config, "stopSequences");
	wire_copy(m, "seed", config, "seed");
	thinking(m, config);
	json_set(b, "generationConfig", config);
	buf_free(&system);
	return b;
}

static void
streaming(cJSON *b)
{
	(void)b;
}

static void
usage(const cJSON *u, struct answer *a)
{
	int64_t thoughts;

	if (!cJSON_IsObject(u) || wire_count(u, "promptTokenCount") < 0)
		return;
	a->hasusage = 1;
	thoughts = wire_count(u, "thoughtsTokenCount");
	a->usage.input = wire_count(u, "promptTokenCount");
	a->usage.cached = wire_count(u, "cachedContentTokenCount");
	a->usage.cache_write = -1;
	a->usage.output = wire_count(u, "candidatesTokenCount");
	if (a->usage.output < 0)
		a->usage.output = 0;
	if (thoughts > 0)
		a->usage.output += thoughts;
	a->usage.reasoning = thoughts;
}

static void
finish(const cJSON *candidate, struct answer *a)
{
	static const char *const filters[] = {"SAFETY", "RECITATION",
	    "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
	    "MODEL_ARMOR", "JAILBREAK"};
	const char *word = wire_string(candidate, "finishReason");
	size_t i;

	if (!word || strcmp(word, "FINISH_REASON_UNSPECIFIED") == 0)
		return;
	answer_set(&a->reason, wire_string(candidate, "finishMessage"));
	if (strcmp(word, "STOP") == 0) {
		wire_finished(a, OUT_OK, word);
		return;
	}
	if (strcmp(word, "MAX_TOKENS") == 0) {
		wire_finished(a, OUT_TRUNCATED, word);
		return;
	}
	for (i = 0; i < LEN(filters); i++)
		if (strcmp(filters[i], word) == 0) {
			wire_finished(a, OUT_FILTERED, word);
			answer_set(&a->category, word);
			return;
		}
	wire_finished(a, OUT_ABORTED, word);
	if (!a->reason)
		answer_set(&a->reason, "it stopped for another reason than "
				       "that it was done");
}

static void
blocked(const char *reason, struct answer *a)
{
	a->outcome = OUT_FILTERED;
	answer_set(&a->category, reason);
	answer_set(&a->reason, "the prompt was blocked");
	answer_set(&a->finish, reason);
	a->terminal = 1;
}

/* a whole answer and a fragment of a stream have one shape */
static int
answer(const cJSON *json, struct answer *a)
{
	const cJSON *candidates = json_get(json, "candidates");
	const cJSON *first = cJSON_GetArrayItem(candidates, 0);
	const char *block = wire_string(json, "promptFeedback.blockReason");

	if (json_get(json, "error"))
		return -1;
	if (!first && !block && !json_get(json, "usageMetadata"))
		return -1;
	answer_set(&a->id, wire_string(json, "responseId"));
	answer_set(&a->model, wire_string(json, "modelVersion"));
	usage(json_get(json, "usageMetadata"), a);
	if (block)
		blocked(block, a);
	json_each (part, json_at(first, "content.parts")) {
		int thought = cJSON_IsTrue(json_get(part, "thought"));

		wire_append(
		    thought ? &a->reasoning : &a->text, json_get(part, "text"));
	}
	finish(first, a);
	return 0;
}

static int
event(const char *name, const cJSON *data, struct answer *a)
{
	(void)name;
	if (json_get(data, "error"))
		return -1;
	answer(data, a);
	return 0;
}

const struct wire wire_gemini = {
    .name = "gemini",
    .auth = "x-goog-api-key",
    .parameters = parameters,
    .url = url,
    .body = body,
    .streaming = streaming,
    .answer = answer,
    .event = event,
};
