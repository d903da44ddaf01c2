#include <string.h>

#include "reader.h"

enum {
	MODE_UNKNOWN,
	MODE_STREAM,
	MODE_WHOLE,
};

static int
onevent(void *arg, const char *event, const char *data, size_t n)
{
	struct reader *r = arg;
	int rc = wire_event(r->w, event, data, n, r->a, &r->error);

	if (rc == -2)
		return 0;
	r->events++;
	if (rc == 0)
		return 0;
	r->done = 1;
	r->bad = rc < 0;
	return 1;
}

void
reader_feed(struct reader *r, const char *p, size_t n)
{
	while (r->mode == MODE_UNKNOWN && n) {
		if (*p && strchr(" \t\r\n\xef\xbb\xbf", *p)) {
			p++;
			n--;
			continue;
		}
		r->mode = strchr("{[<", *p) && *p ? MODE_WHOLE : MODE_STREAM;
	}
	if (r->done || !n)
		return;
	if (r->mode == MODE_WHOLE) {
		buf_add(&r->whole, p, n);
	} else if (sse_feed(&r->sse, p, n, onevent, r) == -1) {
		r->done = r->bad = 1;
		snprintf(r->error.code, sizeof(r->error.code), "event-size");
		r->error.fault = FAULT_RETRY;
		r->error.hint = -1;
	}
}

static int
garbage(struct reader *r)
{
	wire_error(0, r->whole.data, r->whole.len, &r->error);
	r->error.fault = FAULT_RETRY;
	snprintf(r->error.code, sizeof(r->error.code), "unparsable");
	if (!r->error.text[0])
		snprintf(r->error.text, sizeof(r->error.text),
		    "not what the provider answers with");
	return READ_GARBAGE;
}

static int
endwhole(struct reader *r)
{
	cJSON *json;
	int iserror;

	if (wire_answer(r->w, r->whole.data, r->whole.len, r->a) == 0)
		return r->a->terminal ? READ_WHOLE : READ_BROKEN;
	json = wire_json(r->whole.data, r->whole.len);
	iserror = json_get(cJSON_IsArray(json) ? json->child : json, "error") ||
		  json_at(json, "response.error");
	cJSON_Delete(json);
	if (!iserror)
		return garbage(r);
	wire_error(200, r->whole.data, r->whole.len, &r->error);
	return READ_ERROR;
}

int
reader_end(struct reader *r, int clean)
{
	if (r->mode == MODE_WHOLE)
		return clean ? endwhole(r) : READ_BROKEN;
	if (clean && !r->done)
		sse_end(&r->sse, onevent, r);
	if (r->bad && !r->a->terminal)
		return READ_ERROR;
	if (!r->events && !r->done)
		return clean ? garbage(r) : READ_BROKEN;
	wire_finish(r->a);
	if (r->a->terminal)
		return READ_WHOLE;
	r->a->outcome = OUT_ABORTED;
	return READ_BROKEN;
}

void
reader_free(struct reader *r)
{
	sse_free(&r->sse);
	buf_free(&r->whole);
}
