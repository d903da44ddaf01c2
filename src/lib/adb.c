#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "transport.h"

#define PATIENCE 10

/* adb, its server's place, the device */
static void
begin(const struct link *l, struct words *w, int device)
{
	const char *serial = json_stringor(
	    l->file, "serial", json_stringor(l->file, "connect", NULL));

	words_add(w, json_stringor(l->file, "program", "adb"));
	words_list(w, json_get(l->file, "options"));
	if (device && serial) {
		words_add(w, "-s");
		words_add(w, serial);
	}
}

static int
hopeless(const struct buf *text)
{
	return text->data && (strstr(text->data, "unauthorized") ||
				 strstr(text->data, "no permissions") ||
				 strstr(text->data, "cannot be run") ||
				 strstr(text->data, "more than one device"));
}

static int
failed(const struct buf *text, struct buf *why)
{
	lastline(why, text);
	if (!why->len)
		buf_adds(why, "adb does not answer");
	return hopeless(text) ? -2 : -1;
}

/* tell the server of a device on the network, or to forget it */
static void
tell(const struct link *l, const char *what)
{
	struct words w = {0};
	struct buf text = {0};

	begin(l, &w, 0);
	words_add(&w, what);
	words_add(&w, json_string(l->file, "connect"));
	words_run(&w, "", 0, PATIENCE, &text);
	buf_free(&text);
}

static int
state(const struct link *l, struct buf *text)
{
	struct words w = {0};
	int rc;

	begin(l, &w, 1);
	words_add(&w, "get-state");
	rc = words_run(&w, "", 0, PATIENCE, text);
	return rc == 0 && text->data && strstr(text->data, "device") ? 0 : -1;
}

static int
join(struct link *l, struct buf *why)
{
	struct buf text = {0};
	int rc = state(l, &text);

	if (rc < 0 && json_get(l->file, "connect")) {
		buf_free(&text);
		/* what it holds for offline it would not connect to again */
		tell(l, "disconnect");
		tell(l, "connect");
		rc = state(l, &text);
	}
	if (rc < 0)
		rc = failed(&text, why);
	buf_free(&text);
	return rc;
}

static void
words(const struct link *l, struct words *w)
{
	begin(l, w, 1);
	words_add(w, "shell");
	words_add(w, "-T");
}

/* of what adb said, from its error on; counts of files follow that */
static void
complaint(struct buf *why, const struct buf *text)
{
	const char *from = text->data ? strstr(text->data, "error: ") : NULL;

	if (from)
		buf_add(why, from, strcspn(from, "\r\n"));
	else if (text->data)
		buf_adds(why, text->data);
}

static int
copy(const struct link *l, const char *from, const char *to, struct buf *why)
{
	struct words w = {0};
	struct buf text = {0};
	struct stat st;
	int rc;

	if (stat(from, &st) < 0)
		err(EX_DATAERR, "%s", from);
	begin(l, &w, 1);
	words_add(&w, "push");
	words_add(&w, from);
	words_add(&w, to);
	rc = words_run(&w, "", 0, 60 + (double)st.st_size / 5e4, &text);
	if (rc != 0)
		complaint(why, &text);
	buf_free(&text);
	return rc == 0 ? 0 : -1;
}

static void
leave(struct link *l)
{
	(void)l;
}

const struct transport transport_adb = {.name = "adb",
    .patience = 15,
    .join = join,
    .words = words,
    .copy = copy,
    .leave = leave};
