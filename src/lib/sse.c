#include <string.h>

#include "sse.h"

static int
dispatch(struct sse *s, sse_fn *fn, void *arg)
{
	int rc = 0;

	if (s->hasdata) {
		buf_add(&s->data, "", 0);
		rc = fn(arg, s->event.len ? s->event.data : "message",
		    s->data.data, s->data.len);
	}
	s->data.len = s->event.len = 0;
	s->hasdata = 0;
	return rc;
}

static int
field(struct sse *s)
{
	char *name = s->line.data, *value = strchr(name, ':');
	size_t n;

	if (!value)
		value = name + strlen(name);
	n = (size_t)(value - name);
	value += *value == ':';
	value += *value == ' ';
	if (n == 4 && memcmp(name, "data", 4) == 0) {
		if (s->hasdata)
			buf_add(&s->data, "\n", 1);
		s->hasdata = 1;
		buf_add(&s->data, value,
		    s->line.len - (size_t)(value - s->line.data));
		return s->data.len > SSE_MAX ? -1 : 0;
	}
	if (n == 5 && memcmp(name, "event", 5) == 0) {
		s->event.len = 0;
		buf_adds(&s->event, value);
	}
	return 0;
}

static int
endline(struct sse *s, sse_fn *fn, void *arg)
{
	int rc = 0;

	if (s->line.len == 0)
		return dispatch(s, fn, arg);
	if (!s->started && s->line.len >= 3 &&
	    memcmp(s->line.data, "\xef\xbb\xbf", 3) == 0) {
		memmove(s->line.data, s->line.data + 3, s->line.len - 2);
		s->line.len -= 3;
	}
	s->started = 1;
	if (s->line.len)
		rc = field(s);
	s->line.len = 0;
	return rc;
}

int
sse_feed(struct sse *s, const char *p, size_t n, sse_fn *fn, void *arg)
{
	const char *end = p + n, *q;
	int rc;

	while (p < end) {
		if (s->cr && *p == '\n') {
			s->cr = 0;
			p++;
			continue;
		}
		s->cr = 0;
		for (q = p; q < end && *q != '\n' && *q != '\r'; q++)
			;
		buf_add(&s->line, p, (size_t)(q - p));
		if (s->line.len > SSE_MAX)
			return -1;
		if (q == end)
			break;
		s->cr = *q == '\r';
		p = q + 1;
		if ((rc = endline(s, fn, arg)) != 0)
			return rc;
	}
	return 0;
}

int
sse_end(struct sse *s, sse_fn *fn, void *arg)
{
	int rc = 0;

	if (s->line.len)
		rc = endline(s, fn, arg);
	return rc ? rc : dispatch(s, fn, arg);
}

void
sse_free(struct sse *s)
{
	buf_free(&s->line);
	buf_free(&s->event);
	buf_free(&s->data);
}
