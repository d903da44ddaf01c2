/*
 * llm-server: an HTTP server that plays a provider from a script.
 *
 *	llm-server DIR
 *
 * Prints its port, then answers until its stdin ends.  The first part of a
 * request's path names a case, DIR/CASE: answers separated by lines "---", of
 * which the n-th request gets the n-th, and all later ones the last.  An answer
 * is lines, carried out in order:
 *
 *	status 429		default 200
 *	header NAME: VALUE
 *	chunked			the body in chunks, else with Content-Length
 *	length N		say N, whatever the body's length is
 *	data TEXT		bytes of the body, with \n \r \t \\ \xHH
 *	line TEXT		the same and a newline
 *	file PATH		a file's bytes (relative to DIR)
 *	fill N BYTE		N times a byte
 *	echo			the values of the headers that carry keys
 *	key			the same without names, raw
 *	delay MS		before what follows of the body
 *	split N			the body in writes of N bytes
 *	cut N			reset the connection after N bytes of it all
 *	close			end the connection after the answer
 *	hang			stop here until the client goes away
 *
 * DIR/CASE.log gets every request, byte for byte, and a line of dashes.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

#define MAXCASES 512

struct client {
	int fd;
	struct buf in;
	size_t sent, cut; /* cut 0: none */
	int split;
};

static const char *dir;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char name[64];
	int count;
} cases[MAXCASES];

static void
pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static int
nextcount(const char *name)
{
	int i, n;

	pthread_mutex_lock(&lock);
	for (i = 0; cases[i].name[0] && strcmp(cases[i].name, name) != 0; i++)
		if (i == MAXCASES - 2)
			errx(1, "too many cases");
	snprintf(cases[i].name, sizeof(cases[i].name), "%s", name);
	n = cases[i].count++;
	pthread_mutex_unlock(&lock);
	return n;
}

static void
reset(int fd)
{
	struct linger l = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close(fd);
}

/* 0, or -1 when the connection is over */
static int
transmit(struct client *c, const char *p, size_t n)
{
	while (n) {
		size_t k =
		    c->split && (size_t)c->split < n ? (size_t)c->split : n;
		ssize_t w;

		if (c->cut && c->sent + k > c->cut)
			k = c->cut - c->sent;
		w = k ? send(c->fd, p, k, MSG_NOSIGNAL) : 0;
		if (w < 0)
			return -1;
		c->sent += (size_t)w;
		p += w;
		n -= (size_t)w;
		if (c->cut && c->sent >= c->cut) {
			pause_ms(20);
			reset(c->fd);
			c->fd = -1;
			return -1;
		}
		if (c->split && n)
			pause_ms(2);
	}
	return 0;
}

static void
unescape(struct buf *b, const char *s)
{
	for (; *s; s++) {
		char c = *s;

		if (c == '\\' && s[1]) {
			c = *++s;
			if (c == 'n')
				c = '\n';
			else if (c == 'r')
				c = '\r';
			else if (c == 't')
				c = '\t';
			else if (c == 'x' && isxdigit((unsigned char)s[1]) &&
				 isxdigit((unsigned char)s[2])) {
				char hex[3] = {s[1], s[2], 0};

				c = (char)strtol(hex, NULL, 16);
				s += 2;
			}
		}
		buf_add(b, &c, 1);
	}
}

static void
echo(struct buf *b, const char *request, int names)
{
	static const char *const keys[] = {
	    "authorization", "x-api-key", "api-key", "x-goog-api-key"};
	const char *line = request, *end;
	size_t i;

	while ((end = strstr(line, "\r\n")) && end != line) {
		for (i = 0; i < LEN(keys); i++) {
			size_t k = strlen(keys[i]);

			if (strncasecmp(line, keys[i], k) != 0 ||
			    line[k] != ':')
				continue;
			if (names) {
				buf_add(b, line, (size_t)(end - line));
			} else {
				const char *v = line + k + 2;

				if (strncmp(v, "Bearer ", 7) == 0)
					v += 7;
				buf_add(b, v, (size_t)(end - v));
			}
		}
		line = end + 2;
	}
}

/* the text of the n-th answer of a case */
static char *
script(const char *name, int n)
{
	char *path = xasprintf("%s/%s", dir, name), *p, *next;
	struct buf b = {0};

	if (buf_readfile(&b, path, 1 << 20) < 0) {
		buf_free(&b);
		buf_adds(&b, "status 404\nline no such case\n");
	}
	free(path);
	for (p = b.data; n-- > 0 && (next = strstr(p, "\n---\n")); p = next + 5)
		;
	if ((next = strstr(p, "\n---\n")))
		next[1] = '\0';
	p = xstrdup(p);
	buf_free(&b);
	return p;
}

struct answer {
	int status, chunked, close, headed;
	long length;
	struct buf headers, body;
};

static int
flushbody(struct client *c, struct answer *a)
{
	struct buf out = {0};
	int rc;

	if (!a->headed) {
		a->headed = 1;
		buf_addf(&out, "HTTP/1.1 %d Scripted\r\n", a->status);
		buf_add(&out, a->headers.data ? a->headers.data : "",
		    a->headers.len);
		if (a->chunked)
			buf_adds(&out, "Transfer-Encoding: chunked\r\n");
		else if (a->length >= 0)
			buf_addf(&out, "Content-Length: %ld\r\n", a->length);
		buf_adds(&out, "\r\n");
	}
	if (a->chunked && a->body.len)
		buf_addf(&out, "%zx\r\n", a->body.len);
	buf_add(&out, a->body.data ? a->body.data : "", a->body.len);
	if (a->chunked && a->body.len)
		buf_adds(&out, "\r\n");
	a->body.len = 0;
	rc = transmit(c, out.data, out.len);
	buf_free(&out);
	return rc;
}

static void
addfile(struct buf *b, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);

	if (buf_readfile(b, path, 64 << 20) < 0)
		warn("%s", path);
	free(path);
}

/* n bytes in pieces, so that 200 MB do not lie in memory */
static int
fill(struct client *c, struct answer *a, const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 10);

	while (*end == ' ')
		end++;
	while (n > 0) {
		long k = n < 1 << 20 ? n : 1 << 20;

		memset(buf_room(&a->body, (size_t)k), *end ? *end : 'x',
		    (size_t)k);
		a->body.len += (size_t)k;
		n -= k;
		if (n > 0 && a->chunked && flushbody(c, a) < 0)
			return -1;
	}
	return 0;
}

static void
waitgone(struct client *c)
{
	char byte;

	while (recv(c->fd, &byte, 1, 0) > 0)
		;
}

static int
carryout(
    struct client *c, struct answer *a, const char *line, const char *request)
{
	const char *arg = line + strcspn(line, " ");
	size_t n = (size_t)(arg - line);

#define IS(word) (n == strlen(word) && memcmp(line, word, n) == 0)
	arg += *arg == ' ';
	if (IS("status"))
		a->status = atoi(arg);
	else if (IS("header"))
		buf_addf(&a->headers, "%s\r\n", arg);
	else if (IS("keyheader")) {
		buf_addf(&a->headers, "%s: ", arg);
		echo(&a->headers, request, 0);
		buf_adds(&a->headers, "\r\n");
	} else if (IS("chunked"))
		a->chunked = 1;
	else if (IS("length"))
		a->length = atol(arg);
	else if (IS("data"))
		unescape(&a->body, arg);
	else if (IS("line")) {
		unescape(&a->body, arg);
		buf_adds(&a->body, "\n");
	} else if (IS("file"))
		addfile(&a->body, arg);
	else if (IS("fill"))
		return fill(c, a, arg);
	else if (IS("echo"))
		echo(&a->body, request, 1);
	else if (IS("key"))
		echo(&a->body, request, 0);
	else if (IS("split"))
		c->split = atoi(arg);
	else if (IS("cut"))
		c->cut = c->sent + (size_t)atol(arg);
	else if (IS("close"))
		a->close = 1;
	else if (IS("delay")) {
		if ((a->chunked || a->length >= 0) && a->body.len &&
		    flushbody(c, a) < 0)
			return -1;
		pause_ms(atol(arg));
	} else if (IS("hang")) {
		if (flushbody(c, a) < 0)
			return -1;
		waitgone(c);
		return -1;
	} else if (n)
		warnx("script: unknown '%s'", line);
	return 0;
}

static int
answer(struct client *c, char *text, const char *request)
{
	struct answer a = {.status = 200, .length = -1};
	char *line, *next;
	int rc = 0;

	c->split = 0;
	c->cut = 0;
	for (line = text; rc == 0 && line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		rc = carryout(c, &a, line, request);
	}
	if (rc == 0 && !a.chunked && a.length < 0 && !a.headed && !a.close)
		a.length = (long)a.body.len;
	if (rc == 0)
		rc = flushbody(c, &a);
	if (rc == 0 && a.chunked && !a.close)
		rc = transmit(c, "0\r\n\r\n", 5);
	buf_free(&a.headers);
	buf_free(&a.body);
	return rc ? rc : a.close ? -1 : 0;
}

static void
logrequest(const char *name, const char *p, size_t n)
{
	char *path = xasprintf("%s/%s.log", dir, name);
	FILE *fp;

	pthread_mutex_lock(&lock);
	fp = fopen(path, "ae");
	if (fp) {
		fwrite(p, 1, n, fp);
		fputs("\n----------\n", fp);
		fclose(fp);
	}
	pthread_mutex_unlock(&lock);
	free(path);
}

/* the length of the request at the start of the buffer, 0: not all there */
static size_t
requestlength(const struct buf *b)
{
	const char *end = b->len ? strstr(b->data, "\r\n\r\n") : NULL;
	const char *h;
	size_t n = 0;

	if (!end)
		return 0;
	for (h = b->data; h < end; h = strstr(h, "\r\n") + 2)
		if (strncasecmp(h, "content-length:", 15) == 0)
			n = (size_t)atol(h + 15);
	n += (size_t)(end + 4 - b->data);
	return b->len >= n ? n : 0;
}

static int
serve(struct client *c, size_t n)
{
	char name[64] = "", *text, *request = xstrndup(c->in.data, n), *p;
	int rc, quiet;

	p = strchr(request, '/');
	if (p && strncmp(p, "//", 2) == 0)
		p = strchr(p + 2, '/');
	if (p)
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(p + 1, "/ ?"),
		    p + 1);
	quiet = strncmp(name, "bench", 5) == 0;
	if (!quiet)
		logrequest(name, request, n);
	text = script(name, nextcount(name));
	rc = answer(c, text, request);
	free(text);
	free(request);
	return rc;
}

static void *
connection(void *arg)
{
	struct client c = {.fd = (int)(intptr_t)arg};
	size_t n;
	int one = 1;

	setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (;;) {
		ssize_t got;

		while ((n = requestlength(&c.in)) == 0) {
			got = recv(c.fd, buf_room(&c.in, 65536), 65536, 0);
			if (got <= 0)
				goto end;
			c.in.len += (size_t)got;
			c.in.data[c.in.len] = '\0';
		}
		if (serve(&c, n) < 0)
			break;
		memmove(c.in.data, c.in.data + n, c.in.len - n + 1);
		c.in.len -= n;
	}
end:
	if (c.fd >= 0)
		close(c.fd);
	buf_free(&c.in);
	return NULL;
}

static void *
untilend(void *arg)
{
	char byte;

	(void)arg;
	while (read(0, &byte, 1) > 0)
		;
	exit(0);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t n = sizeof(at);
	pthread_attr_t attr;
	pthread_t thread;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc != 2)
		errx(EX_USAGE, "usage: llm-server DIR");
	dir = argv[1];
	signal(SIGPIPE, SIG_IGN);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 1024) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) < 0)
		err(1, "loopback");
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 256 << 10);
	pthread_create(&thread, &attr, untilend, NULL);
	for (;;) {
		int c = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (c >= 0)
			pthread_create(
			    &thread, &attr, connection, (void *)(intptr_t)c);
		else if (errno != EINTR)
			pause_ms(1);
	}
}
