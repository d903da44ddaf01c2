/*
 * check chacha: the block of RFC 8439, 2.3.2, and groups against blocks.
 * check hash: FNV-1a of what each kind writes, for all dtypes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtype.h"
#include "gen.h"

#define COUNT 1000

static uint8_t key[32];

static int
chacha(void)
{
	static const uint32_t want[16] = {0xe4e7f110, 0x15593bd1, 0x1fdd0f50,
	    0xc47120a3, 0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3,
	    0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9, 0xd19c12b5,
	    0xb94e16de, 0xe883d0cb, 0x4e3c50a2};
	static const uint32_t nonce[3] = {0x09000000, 0x4a000000, 0};
	uint32_t out[16], group[256], mine[3] = {7, 1, 5};
	int b, w, bad;

	gen_block(key, 1, nonce, 20, out);
	bad = memcmp(out, want, sizeof(want)) != 0;
	gen_group(key, 3, (1ull << 32) + 7, 5, group);
	for (b = 0; b < 16; b++) {
		gen_block(key, (uint32_t)(48 + b), mine, 8, out);
		for (w = 0; w < 16; w++)
			bad |= group[16 * w + b] != out[w];
	}
	printf("%s\n", bad ? "differs" : "same");
	return bad;
}

static uint64_t
hash(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = 0xcbf29ce484222325u;

	for (; n--; p++)
		h = (h ^ *p) * 0x100000001b3u;
	return h;
}

/* lines "NAME generator-text": fill and print */
static int
hashes(void)
{
	static char out[COUNT * 8], again[COUNT * 8];
	char *line = NULL, *back;
	const char *p;
	size_t cap = 0, bytes;
	struct gen *g;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		line[n - 1] = '\0';
		p = strchr(line, ' ');
		if (!p || !(g = gen_scan(&p)) || *p)
			return 1;
		bytes = COUNT * dtype_size(g->dtype);
		gen_fill(g, key, 3, 1, out, COUNT);
		gen_fill(g, key, 3, 1, again, COUNT / 3);
		if (memcmp(out, again, COUNT / 3 * dtype_size(g->dtype)) != 0)
			return 1;
		back = gen_text(g);
		if (strcmp(back, strchr(line, ' ') + 1) != 0)
			return 1;
		printf("%.*s %016llx\n", (int)strcspn(line, " "), line,
		    (unsigned long long)hash(out, bytes));
		free(back);
		gen_free(g);
	}
	free(line);
	return 0;
}

int
main(int argc, char **argv)
{
	int i;

	for (i = 0; i < 32; i++)
		key[i] = (uint8_t)i;
	return argc > 1 && strcmp(argv[1], "chacha") == 0 ? chacha() : hashes();
}
