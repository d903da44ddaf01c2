#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "proc.h"
#include "transport.h"

#define KEEP (8 << 20) /* bytes of what a command prints */
#define LINE 200       /* and of its last line */

void
words_add(struct words *w, const char *word)
{
	if (w->n + 1 >= LEN(w->v))
		errx(EX_DATAERR, "a device's command has too many words");
	w->v[w->n++] = word;
	w->v[w->n] = NULL;
}

void
words_list(struct words *w, const cJSON *list)
{
	json_each (e, list) {
		if (!cJSON_IsString(e))
			json_bad(e, "not a string");
		words_add(w, e->valuestring);
	}
}

int
words_run(const struct words *w, const void *input, size_t n, double seconds,
    struct buf *out)
{
	struct proc p = {.argv = w->v,
	    .input = input,
	    .inputlen = n,
	    .maxoutput = KEEP,
	    .alone = 1, /* adb may start its server */
	    .seconds = seconds};
	struct procresult r;

	if (proc_run(&p, &r) < 0) {
		buf_addf(
		    out, "%s cannot be run: %s\n", w->v[0], strerror(errno));
		buf_free(&r.out);
		return -1;
	}
	buf_add(out, r.out.data ? r.out.data : "", r.out.len);
	buf_free(&r.out);
	if (r.timedout)
		buf_addf(out, "%s: no answer in %.0f s\n", w->v[0], seconds);
	return WIFEXITED(r.status) && !r.timedout ? WEXITSTATUS(r.status) : -1;
}

void
lastline(struct buf *why, const struct buf *text)
{
	size_t end = text->len, start;

	while (end && isspace((unsigned char)text->data[end - 1]))
		end--;
	for (start = end; start && text->data[start - 1] != '\n';)
		start--;
	if (end - start > LINE)
		start = end - LINE;
	for (; start < end; start++)
		buf_addf(why, "%c",
		    isprint((unsigned char)text->data[start])
			? text->data[start]
			: '?');
}
