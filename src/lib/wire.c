#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wire.h"

#define MAXVALUES (1 << 20)
#define MAXDEPTH 500
#define REPLACEMENT "\xef\xbf\xbd"

static const struct wire *const wires[] = {
    &wire_chat, &wire_responses, &wire_anthropic, &wire_gemini};

const struct wire *
wire_of(const struct model *m)
{
	const struct wire *w = NULL;
	const char *const *p;
	size_t i;

	for (i = 0; i < LEN(wires); i++)
		if (strcmp(wires[i]->name, m->provider) == 0)
			w = wires[i];
	json_each (node, m->parameters) {
		for (p = w->parameters; *p; p++)
			if (strcmp(*p, node->string) == 0)
				break;
		if (!*p)
			json_bad(node,
			    "provider '%s' has no such parameter; what it "
			    "calls otherwise belongs into 'extra'",
			    m->provider);
	}
	return w;
}

static void
checkmessages(const cJSON *messages)
{
	static const char *const roles[] = {
	    "system", "developer", "user", "assistant"};
	size_t i;

	json_each (msg, messages) {
		const char *role = json_string(msg, "role");

		json_string(msg, "content");
		for (i = 0; i < LEN(roles); i++)
			if (strcmp(role, roles[i]) == 0)
				break;
		if (i == LEN(roles))
			json_bad(json_get(msg, "role"),
			    "'%s' is no role of a message", role);
	}
	if (!cJSON_GetArraySize(messages))
		json_bad(messages, "no message");
}

static void
merge(cJSON *into, const cJSON *from)
{
	json_each (node, from) {
		cJSON *old = json_get(into, node->string);

		if (cJSON_IsObject(old) && cJSON_IsObject(node))
			merge(old, node);
		else
			json_set(into, node->string, cJSON_Duplicate(node, 1));
	}
}

static void
drop(cJSON *body, const char *path)
{
	const char *dot = strrchr(path, '.');
	char *parent;

	if (!dot) {
		cJSON_DeleteItemFromObjectCaseSensitive(body, path);
		return;
	}
	parent = xstrndup(path, (size_t)(dot - path));
	body = json_at(body, parent);
	if (body)
		cJSON_DeleteItemFromObjectCaseSensitive(body, dot + 1);
	free(parent);
}

cJSON *
wire_body(const struct wire *w, const struct model *m, const cJSON *request)
{
	const cJSON *messages = json_array(request, "messages");
	cJSON *body;

	checkmessages(messages);
	body = w->body(m, messages);
	merge(body, m->extra);
	json_each (path, m->drop)
		drop(body, path->valuestring);
	return body;
}

/* a reader of JSON text that writes it again, mended */
struct mend {
	const unsigned char *p, *end;
	struct buf out;
	long values;
	int depth;
};

static int
hexvalue(const unsigned char *p, const unsigned char *end, unsigned *v)
{
	int i;

	*v = 0;
	if (end - p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		if (!isxdigit(p[i]))
			return -1;
		*v = *v * 16 + (unsigned)(isdigit(p[i])
					      ? p[i] - '0'
					      : tolower(p[i]) - 'a' + 10);
	}
	return 0;
}

static int
mendescape(struct mend *m)
{
	unsigned u, v;

	if (m->end - m->p < 2)
		return -1;
	if (m->p[1] != 'u') {
		buf_add(&m->out, m->p, 2);
		m->p += 2;
		return 0;
	}
	if (hexvalue(m->p + 2, m->end, &u) < 0)
		return -1;
	if (u >= 0xd800 && u <= 0xdbff && m->end - m->p >= 12 &&
	    m->p[6] == '\\' && m->p[7] == 'u' &&
	    hexvalue(m->p + 8, m->end, &v) == 0 && v >= 0xdc00 && v <= 0xdfff) {
		buf_add(&m->out, m->p, 12);
		m->p += 12;
		return 0;
	}
	if (u == 0 || (u >= 0xd800 && u <= 0xdfff))
		buf_adds(&m->out, REPLACEMENT);
	else
		buf_add(&m->out, m->p, 6);
	m->p += 6;
	return 0;
}

static int
mendstring(struct mend *m)
{
	const unsigned char *start;

	buf_add(&m->out, m->p++, 1);
	while (m->p < m->end) {
		for (start = m->p;
		     m->p < m->end && *m->p >= 0x20 && *m->p < 0x80 &&
		     *m->p != '"' && *m->p != '\\';
		     m->p++)
			;
		buf_add(&m->out, start, (size_t)(m->p - start));
		if (m->p == m->end)
			break;
		if (*m->p == '"') {
			buf_add(&m->out, m->p++, 1);
			return 0;
		}
		if (*m->p == '\\') {
			if (mendescape(m) < 0)
				return -1;
		} else {
			size_t n = *m->p ? json_utf8(m->p, m->end) : 0;

			if (n)
				buf_add(&m->out, m->p, n);
			else
				buf_adds(&m->out, REPLACEMENT);
			m->p += n ? n : 1;
		}
	}
	return -1;
}

static int
mend(struct mend *m)
{
	while (m->p < m->end) {
		unsigned char c = *m->p;

		if (c == '"') {
			if (mendstring(m) < 0)
				return -1;
			continue;
		}
		if (c == '{' || c == '[')
			m->depth++;
		else if (c == '}' || c == ']')
			m->depth--;
		if (c == '{' || c == '[' || c == ',')
			m->values++;
		if (!c || m->depth > MAXDEPTH || m->values > MAXVALUES)
			return -1;
		buf_add(&m->out, m->p++, 1);
	}
	return 0;
}

cJSON *
wire_json(const char *p, size_t n)
{
	struct mend m = {.p = (const unsigned char *)p};
	cJSON *json = NULL;

	m.end = m.p + n;
	buf_room(&m.out, n);
	if (mend(&m) == 0 && m.out.len)
		json = cJSON_ParseWithOpts(m.out.data, NULL, 1);
	buf_free(&m.out);
	return json;
}

int
wire_answer(const struct wire *w, const char *body, size_t n, struct answer *a)
{
	cJSON *json = wire_json(body, n);
	int rc = -1;

	if (cJSON_IsObject(json))
		rc = w->answer(json, a);
	cJSON_Delete(json);
	if (rc == 0)
		wire_finish(a);
	return rc;
}

int
wire_event(const struct wire *w, const char *event, const char *data, size_t n,
    struct answer *a, struct error *error)
{
	cJSON *json;
	int rc;

	if (n == 6 && memcmp(data, "[DONE]", 6) == 0)
		return 1;
	json = wire_json(data, n);
	if (!cJSON_IsObject(json)) {
		cJSON_Delete(json);
		return -2;
	}
	rc = w->event(event, json, a);
	if (rc == -1)
		wire_error(0, data, n, error);
	cJSON_Delete(json);
	return rc;
}

/* thoughts that a server left in the text: up to </think> */
static void
movethoughts(struct answer *a)
{
	const char *start = a->text.data, *open, *close;
	size_t n;

	if (!start)
		return;
	start += strspn(start, " \t\r\n");
	open = strstr(start, "<think>");
	close = strstr(start, "</think>");
	if (open && open != start)
		return;
	if (!close && (!open || a->outcome == OUT_OK))
		return;
	if (open)
		start = open + 7;
	n = close ? (size_t)(close - start) : strlen(start);
	buf_add(&a->reasoning, start, n);
	close = close ? close + 8 : start + n;
	close += strspn(close, "\r\n");
	n = a->text.len - (size_t)(close - a->text.data);
	memmove(a->text.data, close, n + 1);
	a->text.len = n;
}

void
wire_finish(struct answer *a)
{
	movethoughts(a);
	if (a->outcome == OUT_NONE)
		a->outcome = OUT_ABORTED;
	if (a->outcome == OUT_ABORTED && !a->reason)
		answer_set(&a->reason, "the answer broke off without its end");
}

/* codes that say that no request of this account will be accepted */
static const char *const account[] = {"insufficient_quota", "billing_error",
    "billing_not_active", "billing_hard_limit_reached", "account_deactivated",
    "access_terminated", "invalid_api_key", "authentication_error",
    "permission_error", "budget_exceeded", "enforced_spend_limit_reached",
    "API_KEY_INVALID", "PERMISSION_DENIED", "UNAUTHENTICATED",
    "insufficient_balance_error"};
/* codes that say that a policy refused */
static const char *const policy[] = {"invalid_prompt",
    "content_policy_violation", "content_filter", "cyber_policy", "bio_policy",
    "ResponsibleAIPolicyViolation"};
/* codes that may pass, whatever the status */
static const char *const passing[] = {"rate_limit_exceeded", "slow_down",
    "rate_limit_error", "overloaded_error", "server_error",
    "server_is_overloaded", "api_error", "timeout_error", "RESOURCE_EXHAUSTED",
    "UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "vector_store_timeout",
    "engine_overloaded"};
/* messages of Anthropic's limits that carry no code of their own */
static const char *const limits[] = {"Your credit balance is too low",
    "You have reached your specified API usage limits",
    "You have reached your specified workspace API usage limits"};

static int
among(const char *const *list, size_t n, const char *s)
{
	size_t i;

	for (i = 0; s && i < n; i++)
		if (strcmp(list[i], s) == 0)
			return 1;
	return 0;
}

static void
oneline(char *to, size_t size, const char *from)
{
	size_t n = 0;

	for (; *from && n + 1 < size; from++)
		if (isprint((unsigned char)*from) || (*from & 0x80))
			to[n++] = *from;
		else if (n && to[n - 1] != ' ')
			to[n++] = ' ';
	to[n] = '\0';
}

/* "46s", "1.5s" in a RetryInfo */
static double
duration(const char *s)
{
	char *end;
	double v = strtod(s, &end);

	return end != s && strcmp(end, "s") == 0 && v >= 0 && v < 1e9 ? v : -1;
}

/* Google's error.details: a delay, a reason, a quota that is nought */
static void
googledetails(const cJSON *err, struct error *e, int *nought, const char **code)
{
	const char *message = wire_string(err, "message");

	json_each (d, json_get(err, "details")) {
		const char *delay = wire_string(d, "retryDelay");
		const char *reason = wire_string(d, "reason");

		if (delay && duration(delay) >= 0)
			e->hint = duration(delay);
		if (reason)
			*code = reason;
		json_each (v, json_get(d, "violations")) {
			const char *q = wire_string(v, "quotaValue");

			if (q ? strcmp(q, "0") == 0
			      : message && strstr(message, "limit: 0"))
				*nought = 1;
		}
	}
}

static enum fault
bystatus(int status)
{
	switch (status) {
	case 401:
	case 402:
	case 403: return FAULT_ACCOUNT;
	case 0:
	case 408:
	case 409:
	case 425:
	case 429: return FAULT_RETRY;
	case 501:
	case 505: return FAULT_REQUEST;
	}
	if (status >= 500 || status < 300)
		return FAULT_RETRY;
	return status < 400 ? FAULT_SETUP : FAULT_REQUEST;
}

static int
numericstatus(const cJSON *err)
{
	int64_t n = wire_count(err, "code");

	if (n < 400)
		n = wire_count(err, "status");
	return n >= 400 && n < 600 ? (int)n : 0;
}

static void
classify(int status, const cJSON *err, struct error *e)
{
	const char *words[5], *message = wire_string(err, "message");
	const char *reason = NULL;
	int nought = 0;
	size_t i;

	googledetails(err, e, &nought, &reason);
	words[0] = reason;
	words[1] = wire_string(err, "details.error_code");
	words[2] = wire_string(err, "code");
	words[3] = wire_string(err, "type");
	words[4] = wire_string(err, "status");
	if ((status == 0 || status == 200) && numericstatus(err))
		status = numericstatus(err);
	e->fault = bystatus(status);
	e->ratelimit = status == 429;
	if (status == 404 && words[4])
		e->fault = FAULT_REQUEST;
	for (i = LEN(words); i-- > 0;) {
		if (!words[i])
			continue;
		oneline(e->code, sizeof(e->code), words[i]);
		if (among(account, LEN(account), words[i]))
			e->fault = FAULT_ACCOUNT;
		else if (among(policy, LEN(policy), words[i]))
			e->fault = FAULT_FILTERED;
		else if (among(passing, LEN(passing), words[i]) &&
			 (status == 0 || status < 400))
			e->fault = FAULT_RETRY;
		if (strncmp(words[i], "rate_limit", 10) == 0)
			e->ratelimit = 1;
	}
	if (json_at(err, "metadata.flagged_input") ||
	    json_at(err, "metadata.reasons"))
		e->fault = FAULT_FILTERED;
	if (nought)
		e->fault = FAULT_ACCOUNT;
	for (i = 0; status == 400 && message && i < LEN(limits); i++)
		if (strncmp(message, limits[i], strlen(limits[i])) == 0)
			e->fault = FAULT_ACCOUNT;
	if (message)
		oneline(e->text, sizeof(e->text), message);
}

void
wire_error(int status, const char *body, size_t n, struct error *e)
{
	cJSON *json = n ? wire_json(body, n) : NULL;
	const cJSON *top = json, *err;

	*e = (struct error){.hint = -1};
	if (cJSON_IsArray(top))
		top = top->child;
	err = json_get(top, "error");
	if (!err)
		err = json_at(top, "response.error");
	if (cJSON_IsObject(err) || cJSON_IsObject(top)) {
		classify(status, cJSON_IsObject(err) ? err : top, e);
	} else {
		e->fault = bystatus(status);
		e->ratelimit = status == 429;
	}
	if (cJSON_IsString(err))
		oneline(e->text, sizeof(e->text), err->valuestring);
	if (!e->code[0])
		snprintf(e->code, sizeof(e->code), "%d", status);
	if (!e->text[0] && n && !json)
		snprintf(
		    e->text, sizeof(e->text), "%zu bytes that are no JSON", n);
	cJSON_Delete(json);
}

static int64_t
bytes(const cJSON *node)
{
	int64_t n = 0;

	if (cJSON_IsString(node))
		return (int64_t)strlen(node->valuestring);
	json_each (c, node)
		n += bytes(c) + 2;
	return n;
}

int64_t
wire_inputguess(const cJSON *body)
{
	return bytes(body) / 2 + 64;
}

int64_t
wire_count(const cJSON *object, const char *path)
{
	const cJSON *v = json_at(object, path);

	if (!cJSON_IsNumber(v) || !(v->valuedouble >= 0) ||
	    v->valuedouble > 1e12)
		return -1;
	return (int64_t)v->valuedouble;
}

const char *
wire_string(const cJSON *object, const char *path)
{
	return cJSON_GetStringValue(json_at(object, path));
}

void
wire_append(struct buf *b, const cJSON *string)
{
	if (cJSON_IsString(string))
		buf_adds(b, string->valuestring);
}

const cJSON *
wire_parameter(const struct model *m, const char *name)
{
	return json_get(m->parameters, name);
}

void
wire_copy(const struct model *m, const char *name, cJSON *body, const char *as)
{
	const cJSON *v = wire_parameter(m, name);

	if (v)
		json_set(body, as, cJSON_Duplicate(v, 1));
}

void
wire_finished(struct answer *a, enum outcome o, const char *finish)
{
	answer_set(&a->finish, finish);
	if (a->outcome == OUT_NONE || a->outcome == OUT_OK)
		a->outcome = o;
	a->terminal = 1;
}

void
wire_refuse(struct answer *a, const char *category, const char *why)
{
	a->outcome = OUT_REFUSED;
	answer_set(&a->category, category);
	answer_set(&a->reason, why && *why ? why : "the model declined");
}
