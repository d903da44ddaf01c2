#include <ctype.h>
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <time.h>

#include "http.h"
#include "secret.h"

#define KEEP 64 /* connections kept for the next question */
#define MAXWAIT 60000

_Static_assert(CURL_WAIT_POLLIN == POLLIN && CURL_WAIT_POLLPRI == POLLPRI &&
		   CURL_WAIT_POLLOUT == POLLOUT,
    "curl_waitfd has poll's bits");

/* libcurl and the thirty libraries it needs take longer to load than most
   answers from files take to find: it is loaded where there is HTTP */
/* clang-format off */
#define FUNCTIONS(F) \
	F(global_init) F(global_cleanup) F(getdate) F(slist_append) \
	F(slist_free_all) F(easy_init) F(easy_setopt) F(easy_getinfo) \
	F(easy_strerror) F(easy_cleanup) F(mime_init) F(mime_addpart) \
	F(mime_name) F(mime_data) F(mime_filename) F(mime_type) \
	F(mime_free) F(multi_init) F(multi_setopt) F(multi_add_handle) \
	F(multi_remove_handle) F(multi_perform) F(multi_info_read) \
	F(multi_poll) F(multi_cleanup)
/* clang-format on */

#define MEMBER(name) __typeof__(&curl_##name) name;
static struct {
	FUNCTIONS(MEMBER)
} libcurl;

static CURLM *multi;

static void *
symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);

	if (!p)
		errx(EX_UNAVAILABLE, "%s", dlerror());
	return p;
}

static void
load(void)
{
	void *lib = dlopen("libcurl.so.4", RTLD_NOW);

	if (!lib)
		errx(EX_UNAVAILABLE, "%s", dlerror());
#define LOAD(name) libcurl.name = symbol(lib, "curl_" #name);
	FUNCTIONS(LOAD)
}

/* the code of shared libraries that only loading them needed, half of this
   process: the kernel maps again what is called */
static void
forgetcode(void)
{
	FILE *fp = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char line[512], access[8];

	while (fp && fgets(line, sizeof(line), fp))
		if (sscanf(line, "%lx-%lx %7s", &start, &end, access) == 3 &&
		    strcmp(access, "r-xp") == 0 && strstr(line, ".so"))
			madvise((void *)start, end - start, MADV_DONTNEED);
	if (fp)
		fclose(fp);
}

void
http_init(int tls)
{
	if (multi)
		return;
	load();
	if (libcurl.global_init(tls ? CURL_GLOBAL_SSL : CURL_GLOBAL_NOTHING) ||
	    !(multi = libcurl.multi_init()))
		errx(EX_SOFTWARE, "libcurl cannot be initialised");
	libcurl.multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	libcurl.multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)KEEP);
	forgetcode();
}

static size_t
ondata(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	n *= size;
	if (n > t->max - t->received) {
		t->toolong = 1;
		return 0;
	}
	t->received += n;
	t->data(t, p, n);
	return n;
}

/* the value of a header line if it has that name, else NULL */
static const char *
headervalue(const char *line, size_t n, const char *name, size_t *len)
{
	size_t k = strlen(name);

	if (n <= k || line[k] != ':' || strncasecmp(line, name, k) != 0)
		return NULL;
	for (line += k + 1, n -= k + 1; n && isspace((unsigned char)*line);
	     line++, n--)
		;
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	*len = n;
	return line;
}

static double
wait(const char *value, double unit)
{
	char *end;
	double v = strtod(value, &end);
	time_t at;

	if (end != value && !*end)
		return isfinite(v) && v >= 0 ? v * unit : -1;
	at = libcurl.getdate(value, NULL);
	if (at < 0)
		return -1;
	v = difftime(at, time(NULL));
	return v > 0 ? v : 0;
}

static void
takeheader(struct transfer *t, const char *line, size_t n)
{
	static const char *const ids[] = {
	    "x-request-id", "request-id", "x-generation-id"};
	char text[128];
	const char *v;
	size_t len, i;

	for (i = 0; i < LEN(ids); i++)
		if (!t->id[0] && (v = headervalue(line, n, ids[i], &len)))
			snprintf(t->id, sizeof(t->id), "%.*s",
			    (int)(len < 120 ? len : 120), v);
	if ((v = headervalue(line, n, "retry-after-ms", &len))) {
		snprintf(text, sizeof(text), "%.*s", (int)len, v);
		t->hint = wait(text, 1e-3);
	} else if ((v = headervalue(line, n, "retry-after", &len)) &&
		   t->hint < 0) {
		snprintf(text, sizeof(text), "%.*s", (int)len, v);
		t->hint = wait(text, 1);
	} else if ((v = headervalue(line, n, "x-should-retry", &len))) {
		t->shouldretry = len == 4 && strncasecmp(v, "true", 4) == 0;
	}
}

static size_t
onheader(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	n *= size;
	if (n > 5 && memcmp(p, "HTTP/", 5) == 0) {
		t->hint = t->shouldretry = -1;
		t->id[0] = '\0';
	} else {
		takeheader(t, p, n);
	}
	return n;
}

static void
add(struct transfer *t, const char *line)
{
	struct curl_slist *list = libcurl.slist_append(t->list, line);

	if (!list)
		errx(EX_OSERR, "curl_slist_append: out of memory");
	t->list = list;
}

static void
addkey(struct transfer *t)
{
	const char *key = secret_value();
	char *line;

	if (!t->auth || !key || strcmp(t->auth, "none") == 0)
		return;
	if (strcmp(t->auth, "bearer") == 0)
		line = xasprintf("Authorization: Bearer %s", key);
	else
		line = xasprintf("%s: %s", t->auth, key);
	add(t, line);
	explicit_bzero(line, strlen(line));
	free(line);
}

static int
hasheader(const struct transfer *t)
{
	size_t n = strcspn(t->header, ":");

	json_each (h, t->m->headers)
		if (strlen(h->string) == n &&
		    strncasecmp(h->string, t->header, n) == 0)
			return 1;
	return 0;
}

static void
addheaders(struct transfer *t)
{
	char *line;

	if (t->body && !t->filename) {
		line = xasprintf(
		    "Content-Type: %s", t->type ? t->type : "application/json");
		add(t, line);
		free(line);
	}
	if (t->accept) {
		line = xasprintf("Accept: %s", t->accept);
		add(t, line);
		free(line);
	}
	add(t, "Expect:");
	if (t->header && !hasheader(t))
		add(t, t->header);
	json_each (h, t->m->headers) {
		line = xasprintf("%s: %s", h->string, h->valuestring);
		add(t, line);
		free(line);
	}
	addkey(t);
}

static void
freelist(struct transfer *t)
{
	struct curl_slist *l;

	for (l = t->list; l; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	libcurl.slist_free_all(t->list);
	t->list = NULL;
}

#define SET(option, value)                                                     \
	do {                                                                   \
		CURLcode code_ = libcurl.easy_setopt(t->easy, option, value);  \
                                                                               \
		if (code_ != CURLE_OK)                                         \
			errx(EX_SOFTWARE, "libcurl: %s: %s", #option,          \
			    libcurl.easy_strerror(code_));                     \
	} while (0)

static void
setupload(struct transfer *t)
{
	curl_mimepart *part;

	t->mime = libcurl.mime_init(t->easy);
	part = libcurl.mime_addpart(t->mime);
	libcurl.mime_name(part, "purpose");
	libcurl.mime_data(part, "batch", CURL_ZERO_TERMINATED);
	part = libcurl.mime_addpart(t->mime);
	libcurl.mime_name(part, "file");
	libcurl.mime_filename(part, t->filename);
	libcurl.mime_type(part, "application/jsonl");
	libcurl.mime_data(part, t->body, t->bodylen);
	SET(CURLOPT_MIMEPOST, t->mime);
}

static void
setlimits(struct transfer *t)
{
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(t->m->connect * 1000));
	SET(CURLOPT_TIMEOUT_MS, (long)(t->m->total * 1000));
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, (long)ceil(t->m->idle));
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_BUFFERSIZE, 8192L);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
}

static void
setsafety(struct transfer *t)
{
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (t->m->ca_file)
		SET(CURLOPT_CAINFO, t->m->ca_file);
}

void
http_start(struct transfer *t)
{
	t->easy = libcurl.easy_init();
	if (!t->easy)
		errx(EX_OSERR, "libcurl: out of memory");
	t->status = t->curl = t->toolong = t->sent = 0;
	t->received = 0;
	t->error[0] = t->id[0] = '\0';
	t->hint = t->shouldretry = -1;
	t->started = nowns();
	addheaders(t);
	SET(CURLOPT_URL, t->url);
	SET(CURLOPT_HTTPHEADER, t->list);
	SET(CURLOPT_USERAGENT, "mkbench");
	SET(CURLOPT_ERRORBUFFER, t->error);
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_WRITEFUNCTION, ondata);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_HEADERFUNCTION, onheader);
	SET(CURLOPT_HEADERDATA, t);
	setlimits(t);
	setsafety(t);
	if (t->filename) {
		setupload(t);
	} else if (t->body) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->bodylen);
		SET(CURLOPT_POSTFIELDS, t->body);
	}
	libcurl.multi_add_handle(multi, t->easy);
}

static void
release(struct transfer *t)
{
	libcurl.multi_remove_handle(multi, t->easy);
	libcurl.easy_cleanup(t->easy);
	libcurl.mime_free(t->mime);
	freelist(t);
	t->easy = NULL;
	t->mime = NULL;
}

void
http_cancel(struct transfer *t)
{
	if (t->easy)
		release(t);
}

int
http_isunreached(int curl)
{
	return curl == CURLE_COULDNT_RESOLVE_HOST ||
	       curl == CURLE_COULDNT_RESOLVE_PROXY ||
	       curl == CURLE_COULDNT_CONNECT;
}

int
http_issetup(int curl)
{
	return curl == CURLE_PEER_FAILED_VERIFICATION ||
	       curl == CURLE_SSL_CACERT_BADFILE ||
	       curl == CURLE_UNSUPPORTED_PROTOCOL ||
	       curl == CURLE_URL_MALFORMAT || curl == CURLE_SSL_ISSUER_ERROR;
}

int
http_status(const struct transfer *t)
{
	long status = 0;

	libcurl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

static void
finish(struct transfer *t, CURLcode code)
{
	long asked = 0;

	libcurl.easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &asked);
	t->status = http_status(t);
	t->curl = (int)code;
	t->sent = asked > 0;
	if (!t->error[0] && code != CURLE_OK)
		snprintf(t->error, sizeof(t->error), "%s",
		    libcurl.easy_strerror(code));
	secret_redact(t->error, strlen(t->error));
	secret_redact(t->id, strlen(t->id));
	t->seconds = (double)((nowns() - t->started) / 1000) / 1e6;
	release(t);
	t->done(t);
}

void
http_turn(long ms, struct pollfd *fds, unsigned n)
{
	CURLMsg *msg;
	int running, left;

	if (ms > MAXWAIT)
		ms = MAXWAIT;
	if (!multi) {
		poll(fds, n, (int)ms);
		return;
	}

	libcurl.multi_perform(multi, &running);
	while ((msg = libcurl.multi_info_read(multi, &left))) {
		struct transfer *t = NULL;
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		libcurl.easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
		finish(t, code);
		ms = 0;
	}
	libcurl.multi_poll(multi, (struct curl_waitfd *)fds, n, (int)ms, NULL);
}

void
http_end(void)
{
	if (!multi)
		return;
	libcurl.multi_cleanup(multi);
	multi = NULL;
	libcurl.global_cleanup();
}
