/*
 * A provider's body as it comes in, a stream or a whole, to an answer.  Takes
 * any bytes in any pieces; the same bytes always give the same answer.
 */
#ifndef READER_H
#define READER_H

#include "sse.h"
#include "wire.h"

enum {
	READ_WHOLE,   /* an answer, with its outcome */
	READ_ERROR,   /* an error, in reader.error */
	READ_BROKEN,  /* an answer without its end; what came is in it */
	READ_GARBAGE, /* neither */
};

struct reader {
	const struct wire *w;
	struct answer *a;   /* whose, is filled */
	struct error error; /* of READ_ERROR and READ_GARBAGE */
	struct sse sse;
	struct buf whole; /* a body that is no stream */
	int mode;	  /* not known yet, a stream, or a whole */
	int events;	  /* events that were JSON */
	int done;	  /* the end, or an error, was seen */
	int bad;	  /* result of the event that ended it */
};

/* zero-initialise, set w and a; then feed, end, free */
void reader_feed(struct reader *r, const char *p, size_t n);
/* no more comes: READ_*; clean says that the transfer itself was whole */
int reader_end(struct reader *r, int clean);
void reader_free(struct reader *r);

#endif
