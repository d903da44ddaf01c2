/*
 * Server-sent events, as bytes come in: any split, LF, CRLF or CR, comments,
 * several data lines.  Zero-initialise, release with sse_free.
 */
#ifndef SSE_H
#define SSE_H

#include "util.h"

#define SSE_MAX (16u << 20) /* bytes of one event */

struct sse {
	struct buf line, event, data;
	int started; /* the byte order mark is behind us */
	int cr;	     /* the last byte was a CR */
	int hasdata;
};

/* event is "message" if the stream does not name it; data holds n bytes and a
   NUL.  A return other than 0 ends sse_feed with it. */
typedef int sse_fn(void *arg, const char *event, const char *data, size_t n);

/* take n bytes: 0, -1 if an event is longer than SSE_MAX, or what fn returned
 */
int sse_feed(struct sse *s, const char *p, size_t n, sse_fn *fn, void *arg);
/* the stream ended as it should: a last event without its empty line counts */
int sse_end(struct sse *s, sse_fn *fn, void *arg);
void sse_free(struct sse *s);

#endif
