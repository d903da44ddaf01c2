/* Base64 (RFC 4648, with padding) of bytes in records. */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>

#include "util.h"

/* the text of n bytes; caller frees */
char *base64_of(const void *data, size_t n);
/* append the bytes of a text; -1 if it is no base64 */
int base64_read(struct buf *b, const char *text);

#endif
