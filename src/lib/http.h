/*
 * HTTP transfers, many at once, in one thread.  All of libcurl is behind this.
 *
 * Redirects are not followed, cookies and .netrc are not used, certificates
 * are checked, proxy variables are obeyed.  The key goes into one header of the
 * request and nowhere else.
 */
#ifndef HTTP_H
#define HTTP_H

#include <curl/curl.h>
#include <poll.h>

#include "model.h"

struct transfer {
	/* what is wanted; strings stay the caller's until done is called */
	const struct model *m; /* time-outs, headers, certificates */
	const char *auth;      /* how the key is sent, or NULL: it is not */
	const char *header;    /* one more, unless the model has it, or NULL */
	const char *url;
	const char *body; /* NULL: GET */
	size_t bodylen;
	const char *type;     /* of the body, NULL: JSON */
	const char *accept;   /* NULL: any */
	const char *filename; /* a multipart upload of body under this name */
	size_t max;	      /* bytes taken before the transfer is cut */
	/* bytes of the body as they come */
	void (*data)(struct transfer *t, const char *p, size_t n);
	void (*done)(struct transfer *t);
	void *arg;

	/* what came of it */
	int status;	  /* 0: none came */
	int curl;	  /* CURLE_*; CURLE_OK: the transfer was whole */
	int toolong;	  /* it was cut at max */
	int sent;	  /* the request may have reached the server */
	char error[256];  /* libcurl's words */
	char id[128];	  /* the server's id of the request */
	double hint;	  /* seconds it asks to wait, -1: none */
	int shouldretry;  /* -1: not said */
	size_t received;  /* bytes of the body */
	double seconds;	  /* from start to end */
	uint64_t started; /* nowns() */

	CURL *easy;
	struct curl_slist *list;
	curl_mime *mime;
};

/* before the first transfer, and only where there will be one: loading libcurl
   takes milliseconds; tls: https is going to be used; ends the program with 69
   where there is no libcurl */
void http_init(int tls);
void http_start(struct transfer *t);
/* stop one that is under way; done is not called */
void http_cancel(struct transfer *t);
/* let transfers go on for at most ms milliseconds, or until one of the n other
   descriptors is ready; calls data and done; without http_init it only waits */
void http_turn(long ms, struct pollfd *fds, unsigned n);
void http_end(void);
/* what the server has said so far of a transfer under way: 0 nothing, else the
   response's status */
int http_status(const struct transfer *t);

/* why a transfer failed is about set-up, not about the moment */
int http_issetup(int curl);
/* there was no connection at all */
int http_isunreached(int curl);

#endif
