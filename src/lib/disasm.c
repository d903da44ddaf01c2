#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disasm.h"
#include "sandbox.h"

#define LIBRARY_MAX (4 << 20) /* bytes of a library that is looked at */

enum { WIDE512, WIDE256, WIDE128, SCALAR, FMA, DIVIDE, GATHER, CALL, KINDS };

static const char *const kinds[KINDS] = {"on 512 bits", "on 256 bits",
    "on 128 bits", "scalar", "fused multiply-adds", "divisions and roots",
    "gathers", "calls"};

struct mix {
	char name[80];
	unsigned n, count[KINDS];
};

static int
in(const char *s, size_t n, const char *word)
{
	return memmem(s, n, word, strlen(word)) != NULL;
}

static int
ends(const char *s, size_t n, const char *tail)
{
	size_t k = strlen(tail);

	return n >= k && memcmp(s + n - k, tail, k) == 0;
}

/* x86-64 by AT&T's names, aarch64 by the shape of its vector registers */
static void
count(struct mix *m, const char *op, size_t k, const char *args, size_t n)
{
	int scalar = ends(op, k, "ss") || ends(op, k, "sd") ||
		     (op[0] == 'f' && n > 1 && args[0] == 's');

	m->n++;
	if (in(args, n, "%zmm"))
		m->count[WIDE512]++;
	else if (in(args, n, "%ymm"))
		m->count[WIDE256]++;
	else if (scalar)
		m->count[SCALAR]++;
	else if (in(args, n, "%xmm") || in(args, n, ".4s") ||
		 in(args, n, ".2d") || in(args, n, ".16b") ||
		 in(args, n, ".8h"))
		m->count[WIDE128]++;
	m->count[FMA] += in(op, k, "fmadd") || in(op, k, "fmla") ||
			 in(op, k, "fnmadd") || in(op, k, "fmsub");
	m->count[DIVIDE] += in(op, k, "div") || in(op, k, "sqrt");
	m->count[GATHER] += in(op, k, "gather");
	m->count[CALL] += (k >= 4 && memcmp(op, "call", 4) == 0) ||
			  (k == 2 && memcmp(op, "bl", 2) == 0);
}

static unsigned
weight(const struct mix *m)
{
	if (strcmp(m->name, "RegisterCustomOps") == 0)
		return 0;
	return m->count[WIDE512] + m->count[WIDE256] + m->count[WIDE128] +
	       m->count[SCALAR];
}

/* "   11a0:\tvaddps %ymm0,%ymm1,%ymm0" */
static void
instruction(struct mix *m, const char *p, const char *end)
{
	const char *op = memchr(p, '\t', (size_t)(end - p)), *args;

	if (!op++)
		return;
	for (args = op; args < end && !isspace((unsigned char)*args); args++)
		;
	size_t k = (size_t)(args - op);

	while (args < end && isspace((unsigned char)*args))
		args++;
	count(m, op, k, args, (size_t)(end - args));
}

static struct mix
heaviest(const char *text)
{
	struct mix now = {0}, best = {0};
	const char *p, *end, *open;

	for (p = text; *p; p = *end ? end + 1 : end) {
		end = p + strcspn(p, "\n");
		if (isspace((unsigned char)*p)) {
			instruction(&now, p, end);
			continue;
		}
		open = memchr(p, '<', (size_t)(end - p));
		if (!open || end < p + 3 || end[-1] != ':')
			continue;
		if (weight(&now) > weight(&best))
			best = now;
		now = (struct mix){0};
		snprintf(now.name, sizeof(now.name), "%.*s",
		    (int)(end - open - 3), open + 1);
	}
	return weight(&now) > weight(&best) ? now : best;
}

static void
say(struct buf *b, const struct mix *m)
{
	const char *sep = "";
	int i;

	buf_addf(b, "- Instructions of `%s`: %u, of these ", m->name, m->n);
	for (i = 0; i < KINDS; i++) {
		if (!m->count[i])
			continue;
		buf_addf(b, "%s%u %s", sep, m->count[i], kinds[i]);
		sep = ", ";
	}
	buf_adds(b, "\n");
}

void
disasm_mix(struct buf *b, const char *objdump, const char *path)
{
	const char *const argv[] = {
	    objdump, "-d", "-C", "--no-show-raw-insn", path, NULL};
	const char *const ro[] = {path, NULL};
	struct sandbox s = {
	    .argv = argv, .ro = ro, .wall = 10, .output = 4 << 20};
	struct sandboxed p;
	struct mix m;
	struct stat st;

	if (stat(path, &st) < 0 || st.st_size > LIBRARY_MAX ||
	    access(objdump, X_OK) < 0)
		return;
	sandbox_run(&s, &p);
	if (p.end == SANDBOX_EXITED && p.status == 0 && p.out.len) {
		m = heaviest(p.out.data);
		if (weight(&m))
			say(b, &m);
	}
	sandbox_free(&p);
}
