/*
 * The parsers of what providers send, under libFuzzer.  One program per target:
 * -DTARGET=sse, chat, responses, anthropic, gemini or error.
 *
 * The first byte says how the rest is cut into pieces; whatever the pieces, the
 * answer must be the same, and printing and reading it again must work.
 */
#include <stdlib.h>
#include <string.h>

#include "reader.h"

#define NAME_(x) #x
#define NAME(x) NAME_(x)
#define WIRE__(x) wire_##x
#define WIRE_(x) WIRE__(x)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

#if defined(FUZZ_SSE)

static int
onevent(void *arg, const char *event, const char *data, size_t n)
{
	struct buf *b = arg;

	check(strlen(event) > 0, "an event without a name");
	check(data[n] == '\0', "data without its end");
	buf_add(b, event, strlen(event) + 1);
	buf_add(b, data, n + 1);
	return 0;
}

static void
parse(const char *p, size_t n, size_t piece, struct buf *out)
{
	struct sse s = {0};

	while (n) {
		size_t k = piece && piece < n ? piece : n;

		sse_feed(&s, p, k, onevent, out);
		p += k;
		n -= k;
	}
	sse_end(&s, onevent, out);
	sse_free(&s);
}

#elif defined(FUZZ_ERROR)

static void
parse(const char *p, size_t n, size_t piece, struct buf *out)
{
	static const int codes[] = {0, 200, 302, 400, 403, 404, 429, 500};
	struct error e;
	size_t i;

	(void)piece;
	for (i = 0; i < LEN(codes); i++) {
		wire_error(codes[i], p, n, &e);
		check(e.fault != FAULT_NONE, "an error that is none");
		check(!strchr(e.text, '\n') && !strchr(e.code, '\n'),
		    "a message of two lines");
		buf_addf(out, "%d %s %s %g\n", e.fault, e.code, e.text, e.hint);
	}
}

#else

static void
parse(const char *p, size_t n, size_t piece, struct buf *out)
{
	struct answer a = {0};
	struct reader r = {.w = &WIRE_(TARGET), .a = &a};
	cJSON *json = cJSON_CreateObject(), *again;
	const char *why;
	char *text;
	int rc;

	while (n) {
		size_t k = piece && piece < n ? piece : n;

		reader_feed(&r, p, k);
		p += k;
		n -= k;
	}
	rc = reader_end(&r, 1);
	check(rc != READ_WHOLE || a.outcome != OUT_NONE,
	    "a whole answer without an outcome");
	check(rc != READ_WHOLE || a.terminal, "an answer without its end");
	answer_json(&a, json);
	text = json_print(json);
	again = json_parse(text, strlen(text), &why);
	check(again != NULL, "an answer that cannot be read again");
	buf_addf(out, "%d %s", rc, text);
	free(text);
	cJSON_Delete(json);
	cJSON_Delete(again);
	reader_free(&r);
	answer_free(&a);
}

#endif

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf one = {0}, two = {0};

	if (n == 0)
		return 0;
	parse((const char *)data + 1, n - 1, 0, &one);
	parse((const char *)data + 1, n - 1, data[0] % 16 + 1, &two);
	check(one.len == two.len &&
		  (one.len == 0 || memcmp(one.data, two.data, one.len) == 0),
	    "pieces change the answer");
	buf_free(&one);
	buf_free(&two);
	return 0;
}
