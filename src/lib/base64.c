#include <stdint.h>
#include <string.h>

#include "base64.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *
base64_of(const void *data, size_t n)
{
	const unsigned char *p = data;
	char *text = xmalloc(n / 3 * 4 + 5), *q = text;
	size_t left;
	uint32_t v;

	for (; n; n -= left, p += left) {
		left = n < 3 ? n : 3;
		v = (uint32_t)p[0] << 16;
		v |= left > 1 ? (uint32_t)p[1] << 8 : 0;
		v |= left > 2 ? p[2] : 0;
		*q++ = digits[v >> 18];
		*q++ = digits[v >> 12 & 63];
		*q++ = left > 1 ? digits[v >> 6 & 63] : '=';
		*q++ = left > 2 ? digits[v & 63] : '=';
	}
	*q = '\0';
	return text;
}

static int
digit(int c)
{
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

int
base64_read(struct buf *b, const char *text)
{
	size_t n = strlen(text), i, k;
	unsigned char out[3];
	int v[4], pad;

	if (n % 4)
		return -1;
	for (i = 0; i < n; i += 4) {
		pad = 0;
		if (i + 4 == n && text[i + 3] == '=')
			pad = text[i + 2] == '=' ? 2 : 1;
		for (k = 0; k < 4; k++) {
			v[k] = k >= (size_t)(4 - pad) ? 0 : digit(text[i + k]);
			if (v[k] < 0)
				return -1;
		}
		out[0] = (unsigned char)(v[0] << 2 | v[1] >> 4);
		out[1] = (unsigned char)(v[1] << 4 | v[2] >> 2);
		out[2] = (unsigned char)(v[2] << 6 | v[3]);
		buf_add(b, out, (size_t)(3 - pad));
	}
	return 0;
}
