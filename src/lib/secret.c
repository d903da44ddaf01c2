#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "secret.h"
#include "util.h"

static char *secret;
static size_t len;

int
secret_load(const char *env)
{
	struct rlimit none = {0, 0};
	char *value = getenv(env);
	size_t i;

	if (!value || !*value)
		return -1;
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	len = strlen(value);
	while (len && strchr(" \t\r\n", value[len - 1]))
		value[--len] = '\0';
	for (i = 0; i < len; i++)
		if (value[i] <= ' ' || value[i] > '~')
			errx(EX_UNAVAILABLE,
			    "the key in $%s has a character that a header "
			    "cannot hold",
			    env);
	secret = xmalloc(len + 1);
	(void)mlock(secret, len + 1);
	memcpy(secret, value, len + 1);
	explicit_bzero(value, len);
	unsetenv(env);
	return len ? 0 : -1;
}

const char *
secret_value(void)
{
	return secret;
}

size_t
secret_len(void)
{
	return len;
}

void
secret_redact(char *p, size_t n)
{
	char *hit;

	if (!secret || len < 8)
		return;
	while ((hit = memmem(p, n, secret, len))) {
		memset(hit, '*', len);
		n -= (size_t)(hit + len - p);
		p = hit + len;
	}
}

size_t
secret_tail(const char *p, size_t n)
{
	size_t k;

	if (!secret || len < 8)
		return 0;
	for (k = n < len ? n : len - 1; k; k--)
		if (memcmp(p + n - k, secret, k) == 0)
			return k;
	return 0;
}
