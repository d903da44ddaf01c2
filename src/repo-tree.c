#include <ctype.h>
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "index.h"
#include "stage.h"

#define FORMAT 1
#define NEAR 5	       /* names given for one that does not exist */
#define NAMES 24       /* symbols that a record's context explains */
#define DECLARATIONS 3 /* shown of one name */
#define COMMENT 20     /* lines of a comment that is shown */
#define BODY 1200      /* bytes of a class that is shown whole */
#define FILE_MAX (8u << 20)

static struct index ix;
static const char *enginename;
static const char *rootname;
static size_t budget = 2000;
static const char *insidescope;
static struct buf filetext; /* the file last read */
static uint32_t filenumber = UINT32_MAX;

static const struct isym *
symat(size_t i)
{
	return &ix.syms[ix.byname[i]];
}

static const char *
name(const struct isym *s)
{
	return istr(&ix, s->name);
}

static const char *
scope(const struct isym *s)
{
	return istr(&ix, s->scope);
}

static const char *
pathof(const struct isym *s)
{
	return istr(&ix, ix.files[s->file].path);
}

static int
isheader(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (dot[1] == 'h' || dot[1] == 'H' || dot[1] == 'i');
}

/* the tree's root by --root, or by the engine */
static char *
treeroot(void)
{
	const cJSON *engine, *tree;
	const char *env;

	if (rootname)
		return xstrdup(rootname);
	engine = engine_load(enginename);
	tree = json_get(engine, "tree");
	if (cJSON_IsString(tree) && tree->valuestring[0] == '$') {
		env = getenv(tree->valuestring + 1);
		if (!env || !*env)
			errx(EX_UNAVAILABLE,
			    "engine '%s': %s is not set, the engine's source "
			    "tree",
			    enginename, tree->valuestring + 1);
		return xstrdup(env);
	}
	if (cJSON_IsString(tree))
		return rootpath("%s", tree->valuestring);
	if (strcmp(enginename, "mnn") == 0 && getenv("MNN_ROOT"))
		return xstrdup(getenv("MNN_ROOT"));
	return rootpath("build/%s/include", enginename);
}

static const char *
textof(uint32_t file, size_t *n)
{
	char *path;

	if (file != filenumber) {
		buf_free(&filetext);
		path =
		    xasprintf("%s/%s", ix.root, istr(&ix, ix.files[file].path));
		if (buf_readfile(&filetext, path, FILE_MAX) < 0)
			warn("%s", path);
		free(path);
		buf_add(&filetext, "", 0);
		filenumber = file;
	}
	*n = filetext.len;
	return filetext.data;
}

/* the previous line of the one that begins at p, if it is of a comment */
static const char *
commentline(const char *text, const char *p, int *block)
{
	const char *line, *end = p;

	if (p == text)
		return NULL;
	for (line = p - 1; line > text && line[-1] != '\n'; line--)
		;
	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	while (line < end && isspace((unsigned char)*line))
		line++;
	if (line == end)
		return NULL;
	if (end - line >= 2 && memcmp(end - 2, "*/", 2) == 0)
		*block = 1;
	if (*block) {
		if (memcmp(line, "/*", 2) == 0)
			*block = 0;
	} else if (memcmp(line, "//", 2) != 0) {
		return NULL;
	}
	for (line = p - 1; line > text && line[-1] != '\n'; line--)
		;
	return line;
}

static void addmembers(struct buf *b, const struct isym *class);

/* the declaration with the comment before it; a class whole if it is short */
static void
adddeclaration(struct buf *b, const struct isym *s, int comment)
{
	size_t n, end = s->head;
	const char *text = textof(s->file, &n), *p, *q;
	int block = 0, lines = 0;

	if (s->kind == SYM_ENUM || s->kind == SYM_TYPE ||
	    s->kind == SYM_MACRO || s->end - s->start < BODY)
		end = s->end;
	if (s->kind == SYM_FUNCTION && s->defined)
		end = s->head;
	if (end > s->start + BODY)
		end = s->start + BODY;
	if (end > n)
		return;
	for (p = text + s->start; p > text && p[-1] != '\n'; p--)
		;
	while (
	    comment && lines++ < COMMENT && (q = commentline(text, p, &block)))
		p = q;
	buf_add(b, p, (size_t)(text + end - p));
	while (b->len && isspace((unsigned char)b->data[b->len - 1]))
		b->data[--b->len] = '\0';
	if (comment && s->kind == SYM_CLASS && end == s->head)
		addmembers(b, s);
}

static void oneline(struct buf *b, const struct isym *s, size_t max);

/* a class too long to be shown whole: a line for each member */
static void
addmembers(struct buf *b, const struct isym *class)
{
	const struct ifile *f = &ix.files[class->file];
	size_t start = b->len;
	uint32_t i;

	buf_adds(b, " { // its members:\n");
	for (i = f->sym; i < f->sym + f->nsyms; i++) {
		const struct isym *s = &ix.syms[i];

		if (s->start <= class->start || s->end > class->end ||
		    s == class || s->kind == SYM_VALUE)
			continue;
		if (b->len - start > 2 * BODY) {
			buf_adds(b, "  ...\n");
			break;
		}
		buf_adds(b, "  ");
		oneline(b, s, 160);
		buf_adds(b, "\n");
	}
	buf_adds(b, "}");
}

/* is the scope this one, or one that ends in it? */
static int
scopeis(const struct isym *s, const char *want)
{
	const char *in = scope(s);
	size_t n = strlen(in), m = strlen(want);

	return n >= m && strcmp(in + n - m, want) == 0 &&
	       (n == m || in[n - m - 1] == ':');
}

/* how good a declaration is to explain a name: lower is better */
static int
quality(const struct isym *s, const char *want)
{
	static const char *const far[] = {"3rd_party/", "test/", "tools/",
	    "demo/", "benchmark/", "apps/", "schema/", "plugin/"};
	const char *path = pathof(s);
	int q = 0;
	size_t i;

	if (want && *want && !scopeis(s, want))
		q += 8 + 8 * (strstr(scope(s), want) == NULL);
	for (i = 0; i < LEN(far); i++)
		if (strstr(path, far[i]))
			q += 64;
	if (strstr(path, "backend/") && !strstr(path, "backend/cpu/"))
		q += 24;
	if (!isheader(path))
		q += 4;
	if (strncmp(path, "include/", 8) == 0 || strstr(path, "/core/"))
		q -= 1;
	if (s->kind == SYM_CLASS || s->kind == SYM_ENUM)
		q -= 4;
	if (s->kind == SYM_FIELD || s->kind == SYM_VARIABLE)
		q += 2;
	if (s->kind == SYM_FUNCTION && s->scope != 0 &&
	    strcmp(name(s), strrchr(scope(s), ':') ? strrchr(scope(s), ':') + 1
						   : scope(s)) == 0)
		q += 6;
	if (s->kind == SYM_TYPE)
		q += 3;
	return q;
}

struct found {
	const struct isym *sym;
	int quality;
};

static int
byquality(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->quality != y->quality)
		return x->quality - y->quality;
	return x->sym < y->sym ? -1 : x->sym > y->sym;
}

/* the symbols of a name, "A::B::c" or "c", best first; caller frees */
static struct found *
lookup(const char *full, size_t *n)
{
	const char *colon = strrchr(full, ':'), *last, *scoped;
	char *want = NULL;
	struct found *f;
	size_t i, first;

	last = colon ? colon + 1 : full;
	if (colon && colon > full + 1)
		want = xstrndup(full, (size_t)(colon - 1 - full));
	scoped = want ? want : insidescope;
	first = index_find(&ix, last, n);
	f = xcalloc(*n, sizeof(*f));
	for (i = 0; i < *n; i++) {
		f[i].sym = symat(first + i);
		f[i].quality = quality(f[i].sym, scoped);
	}
	if (*n)
		qsort(f, *n, sizeof(*f), byquality);
	free(want);
	return f;
}

/* Levenshtein distance, by Myers' bit vectors; a is at most 64 bytes */
static unsigned
distance(const char *a, size_t n, const char *b)
{
	uint64_t peq[256] = {0}, pv = ~(uint64_t)0, mv = 0, x, d0, hn, hp;
	unsigned score = (unsigned)n;
	size_t i;

	for (i = 0; i < n; i++)
		peq[(unsigned char)tolower(a[i])] |= (uint64_t)1 << i;
	for (; *b; b++) {
		x = peq[(unsigned char)tolower(*b)] | mv;
		d0 = (((x & pv) + pv) ^ pv) | x;
		hn = pv & d0;
		hp = mv | ~(pv | d0);
		score += (hp >> (n - 1)) & 1;
		score -= (hn >> (n - 1)) & 1;
		x = (hp << 1) | 1;
		mv = x & d0;
		pv = (hn << 1) | ~(x | d0);
	}
	return score;
}

/* the words of a name, as hashes: KernelInfo_getFloat is four */
static int
wordsof(const char *s, uint32_t words[16])
{
	uint32_t h = 0;
	int n = 0, begin;

	for (; *s; s++) {
		begin =
		    *s == '_' || (isupper((unsigned char)*s) &&
				     (!isupper((unsigned char)s[-(h != 0)]) ||
					 islower((unsigned char)s[1])));
		if (begin && h && n < 16) {
			words[n++] = h;
			h = 0;
		}
		if (*s != '_')
			h = (h ^ (uint32_t)tolower((unsigned char)*s)) *
				16777619u +
			    1;
	}
	if (h && n < 16)
		words[n++] = h;
	return n;
}

static double
likeness(
    const char *a, size_t n, const uint32_t *words, int nwords, const char *b)
{
	uint32_t other[16];
	int m, i, j, common = 0;
	size_t longer = strlen(b);
	double edit;

	m = wordsof(b, other);
	for (i = 0; i < nwords; i++)
		for (j = 0; j < m; j++)
			if (words[i] == other[j]) {
				other[j] = 0;
				common++;
				break;
			}
	longer = longer > n ? longer : n;
	if (!common && longer > 2 * n)
		return 0;
	edit = 1.0 - (double)distance(a, n, b) / (double)longer;
	return edit + 2.0 * common / (nwords + m);
}

struct near {
	const struct isym *sym;
	double score;
};

static void
keepnear(struct near *best, size_t *n, const struct isym *s, double score)
{
	size_t i;

	if (*n == NEAR && best[NEAR - 1].score >= score)
		return;
	i = *n < NEAR ? (*n)++ : NEAR - 1;
	for (; i > 0 && best[i - 1].score < score; i--)
		best[i] = best[i - 1];
	best[i] = (struct near){s, score};
}

static double
placebonus(const struct isym *s)
{
	const char *in = scope(s);
	double bonus = 0;

	if (insidescope && *insidescope) {
		size_t n = strlen(insidescope), m = strlen(in);

		if (m >= n && strcmp(in + m - n, insidescope) == 0)
			bonus += 0.5;
	}
	if (isheader(pathof(s)))
		bonus += 0.05;
	return bonus - 0.005 * quality(s, NULL);
}

/* the names most like one that does not exist; each name once */
static size_t
nearest(const char *full, struct near best[NEAR])
{
	const char *colon = strrchr(full, ':'), *s, *last = NULL;
	uint32_t words[16];
	size_t i, n = 0, len;
	char key[65];
	double score = 0, bonus, top = 0;
	int nwords;
	const struct isym *chosen = NULL;

	snprintf(key, sizeof(key), "%s", colon ? colon + 1 : full);
	len = strlen(key);
	if (!len)
		return 0;
	nwords = wordsof(key, words);
	for (i = 0; i < ix.head->nsyms; i++) {
		s = name(symat(i));
		if (!last || s != last) {
			if (chosen)
				keepnear(best, &n, chosen, top);
			score = likeness(key, len, words, nwords, s);
			chosen = NULL;
			last = s;
		}
		if (score < 0.7)
			continue;
		bonus = score + placebonus(symat(i));
		if (!chosen || bonus > top) {
			chosen = symat(i);
			top = bonus;
		}
	}
	if (chosen)
		keepnear(best, &n, chosen, top);
	return n;
}

/* how the tree's own files include a header: the spelling most used */
static const char *
spelling(uint32_t file)
{
	const char *path = istr(&ix, ix.files[file].path), *s, *best = NULL;
	size_t n = strlen(path), m;
	uint32_t i, count = 0, most = 0, j;
	struct {
		uint32_t s, n;
	} seen[32];
	size_t nseen = 0;

	for (i = 0; i < ix.head->nincs; i++) {
		s = istr(&ix, ix.incs[i]);
		m = strlen(s);
		if (m > n || strcmp(path + n - m, s) != 0 ||
		    (m < n && path[n - m - 1] != '/'))
			continue;
		for (j = 0; j < nseen && seen[j].s != ix.incs[i]; j++)
			;
		if (j == nseen) {
			if (nseen == LEN(seen))
				continue;
			seen[nseen].s = ix.incs[i];
			seen[nseen++].n = 0;
		}
		count = ++seen[j].n;
		if (count > most) {
			most = count;
			best = s;
		}
	}
	return best ? best : path;
}

static const char *
basename_of(const char *path)
{
	const char *p = strrchr(path, '/');

	return p ? p + 1 : path;
}

static int
bybase(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	int c = strcmp(basename_of(istr(&ix, ix.files[*x].path)),
	    basename_of(istr(&ix, ix.files[*y].path)));

	return c ? c : *x < *y ? -1 : *x > *y;
}

/* files by the last part of their path: the first of a name, and how many */
static const uint32_t *
filesnamed(const char *base, uint32_t *n)
{
	static uint32_t *files;
	uint32_t i, lo = 0, hi = ix.head->nfiles, mid;

	if (!files) {
		files = xcalloc(hi, sizeof(*files));
		for (i = 0; i < hi; i++)
			files[i] = i;
		if (hi)
			qsort(files, hi, sizeof(*files), bybase);
	}
	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (strcmp(basename_of(istr(&ix, ix.files[files[mid]].path)),
			base) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0;
	     lo + *n < ix.head->nfiles &&
	     strcmp(basename_of(istr(&ix, ix.files[files[lo + *n]].path)),
		 base) == 0;
	     ++*n)
		;
	return files + lo;
}

/* mark all that a file brings in by its includes */
static void
reach(uint32_t from, uint8_t *seen)
{
	const struct ifile *f = &ix.files[from];
	const uint32_t *files;
	const char *path, *s;
	uint32_t i, j, n;
	size_t k, m;

	if (seen[from])
		return;
	seen[from] = 1;
	for (i = 0; i < f->nincs; i++) {
		s = istr(&ix, ix.incs[f->inc + i]);
		files = filesnamed(basename_of(s), &n);
		for (j = 0; j < n; j++) {
			path = istr(&ix, ix.files[files[j]].path);
			k = strlen(path);
			m = strlen(s);
			if (m <= k && strcmp(path + k - m, s) == 0 &&
			    (m == k || path[k - m - 1] == '/'))
				reach(files[j], seen);
		}
	}
}

/* is what one header declares brought in by another of them? */
static int
covered(const uint32_t *files, size_t n, size_t i)
{
	uint8_t *seen = xcalloc(ix.head->nfiles, 1);
	int yes = 0, back;
	size_t j;

	for (j = 0; j < n && !yes; j++) {
		if (j == i)
			continue;
		if (files[j] == files[i]) {
			yes = j < i;
			continue;
		}
		memset(seen, 0, ix.head->nfiles);
		reach(files[j], seen);
		if (!seen[files[i]])
			continue;
		memset(seen, 0, ix.head->nfiles);
		reach(files[i], seen);
		back = seen[files[j]];
		yes = !back || j < i;
	}
	free(seen);
	return yes;
}

static cJSON *
headersof(const uint32_t *files, size_t n)
{
	cJSON *list = cJSON_CreateArray();
	size_t i;

	for (i = 0; i < n; i++)
		if (!covered(files, n, i))
			cJSON_AddItemToArray(
			    list, cJSON_CreateString(spelling(files[i])));
	return list;
}

static const char *
kindname(const struct isym *s)
{
	switch (s->kind) {
	case SYM_CLASS: return "class";
	case SYM_ENUM: return "enum";
	case SYM_FUNCTION: return "function";
	case SYM_TYPE: return "type";
	case SYM_MACRO: return "macro";
	case SYM_FIELD: return "field";
	case SYM_VALUE: return "value";
	default: return "variable";
	}
}

static char *
fullname(const struct isym *s)
{
	return xasprintf("%s%s%s", scope(s), *scope(s) ? "::" : "", name(s));
}

/* a declaration on one line, comments and doubled space dropped */
static void
oneline(struct buf *b, const struct isym *s, size_t max)
{
	struct buf d = {0};
	size_t i, start = b->len;

	adddeclaration(&d, s, 0);
	for (i = 0; i < d.len && b->len - start < max; i++) {
		if (d.data[i] == '/' && d.data[i + 1] == '/') {
			while (i < d.len && d.data[i] != '\n')
				i++;
		}
		if (!isspace((unsigned char)d.data[i]))
			buf_add(b, d.data + i, 1);
		else if (b->len > start && b->data[b->len - 1] != ' ')
			buf_adds(b, " ");
	}
	if (i < d.len)
		buf_adds(b, " ...");
	buf_free(&d);
}

/* --tree: the levels are folders, files, classes and functions, members */
struct tree {
	struct buf out;
	const char *under;
	int depth;
	size_t max; /* bytes; over it only the first level goes on */
};

static int
below(const char *path, const char *under)
{
	size_t n = strlen(under);

	while (n && under[n - 1] == '/')
		n--;
	return !n ||
	       (strncmp(path, under, n) == 0 && (path[n] == '/' || !path[n]));
}

static void
treesyms(struct tree *t, const struct ifile *f, int indent)
{
	uint32_t i;

	for (i = f->sym; i < f->sym + f->nsyms; i++) {
		const struct isym *s = &ix.syms[i];
		int member = s->kind == SYM_FIELD || s->kind == SYM_VALUE ||
			     (s->kind == SYM_FUNCTION && !s->defined &&
				 *scope(s) && isheader(pathof(s)));

		if (s->kind == SYM_VARIABLE || (t->depth < 4 && member))
			continue;
		buf_addf(&t->out, "%*s%s ", indent, "", kindname(s));
		if (t->depth >= 4 && s->kind == SYM_FUNCTION) {
			oneline(&t->out, s, 160);
		} else {
			char *full = fullname(s);

			buf_adds(&t->out, full);
			free(full);
		}
		buf_adds(&t->out, "\n");
	}
}

static void
treeat(struct tree *t)
{
	const char *last = "", *path, *slash;
	uint32_t i, j, n;
	size_t k;

	t->out.len = 0;
	for (i = 0; i < ix.head->nfiles; i++) {
		path = istr(&ix, ix.files[i].path);
		if (t->depth > 1 && t->out.len > t->max)
			return;
		if (!below(path, t->under))
			continue;
		slash = strrchr(path, '/');
		k = slash ? (size_t)(slash - path) : 0;
		if (strncmp(last, path, k) != 0 || last[k] || !t->out.len) {
			last = xstrndup(path, k);
			for (n = 0, j = i; j < ix.head->nfiles; j++) {
				const char *p = istr(&ix, ix.files[j].path);

				n += strncmp(p, path, k) == 0 &&
				     (!k || p[k] == '/') &&
				     !strchr(p + k + (k > 0), '/');
			}
			buf_addf(
			    &t->out, "%s/ (%u files)\n", k ? last : ".", n);
		}
		if (t->depth < 2)
			continue;
		buf_addf(&t->out, "  %s", path + k + (k > 0));
		if (ix.files[i].size > INDEX_MAX)
			buf_addf(&t->out, " (%llu kB, not parsed)",
			    (unsigned long long)ix.files[i].size / 1000);
		buf_adds(&t->out, "\n");
		if (t->depth >= 3)
			treesyms(t, &ix.files[i], 4);
	}
}

/* as deep as the budget allows, and cut where even that is too much */
static void
tree(struct buf *b, const char *under, int depth)
{
	size_t max = budget * 3, i, left = 0;
	struct tree t = {.under = under, .max = max};

	for (t.depth = depth; t.depth >= 1; t.depth--) {
		treeat(&t);
		if (t.out.len <= max)
			break;
	}
	if (t.out.len <= max) {
		buf_add(b, t.out.data, t.out.len);
	} else {
		max = max > 40 ? max - 40 : 0;
		while (max && t.out.data[max - 1] != '\n')
			max--;
		for (i = max; i < t.out.len; i++)
			left += t.out.data[i] == '\n';
		buf_add(b, t.out.data, max);
		buf_addf(b, "... %zu more lines\n", left);
	}
	buf_free(&t.out);
}

static cJSON *
declarationjson(const struct isym *s, const char *asked)
{
	cJSON *d = cJSON_CreateObject();
	struct buf text = {0};
	char *full = fullname(s);

	adddeclaration(&text, s, 1);
	if (asked)
		json_set(d, "symbol", cJSON_CreateString(asked));
	json_set(d, "name", cJSON_CreateString(full));
	json_set(d, "kind", cJSON_CreateString(kindname(s)));
	json_set(d, "file", cJSON_CreateString(pathof(s)));
	json_set(d, "line", cJSON_CreateNumber(s->line));
	json_set(d, "text", json_text(text.data ? text.data : "", text.len));
	free(full);
	buf_free(&text);
	return d;
}

static cJSON *
nearjson(const char *asked)
{
	cJSON *u = cJSON_CreateObject(), *list = cJSON_CreateArray(), *e;
	struct near best[NEAR];
	size_t i, n = nearest(asked, best);
	struct buf line = {0};
	char *full;

	json_set(u, "symbol", cJSON_CreateString(asked));
	for (i = 0; i < n; i++) {
		e = cJSON_CreateObject();
		full = fullname(best[i].sym);
		line.len = 0;
		oneline(&line, best[i].sym, 240);
		json_set(e, "name", cJSON_CreateString(full));
		json_set(e, "file", cJSON_CreateString(pathof(best[i].sym)));
		json_set(
		    e, "text", json_text(line.data ? line.data : "", line.len));
		cJSON_AddItemToArray(list, e);
		free(full);
	}
	json_set(u, "near", list);
	buf_free(&line);
	return u;
}

/* names that a record asks about, each once */
struct names {
	const char *v[NAMES];
	const char *in[NAMES]; /* the class it is looked for in, or NULL */
	int n;
};

static void
addname(struct names *names, const char *s, const char *in)
{
	int i;

	if (strncmp(s, "std::", 5) == 0)
		return;
	for (i = 0; i < names->n; i++)
		if (strcmp(names->v[i], s) == 0)
			return;
	if (names->n < NAMES) {
		names->in[names->n] = in;
		names->v[names->n++] = s;
	}
}

static int
isword(int c)
{
	return isalnum(c) || c == '_';
}

/* where a candidate's file defines a class of this name: past the name */
static const char *
classdef(const char *text, const char *name)
{
	size_t n = strlen(name), k;
	const char *p, *q;

	for (p = text; (p = strstr(p, name)); p += n) {
		if (isword((unsigned char)p[n]))
			continue;
		for (q = p; q > text && q[-1] == ' '; q--)
			;
		k = (size_t)(q - text);
		if (!((k >= 6 && memcmp(q - 6, "struct", 6) == 0) ||
			(k >= 5 && memcmp(q - 5, "class", 5) == 0)))
			continue;
		for (q = p + n; *q == ' ' || *q == '\n'; q++)
			;
		if (*q == '{' || *q == ':' || strncmp(q, "final", 5) == 0)
			return q;
	}
	return NULL;
}

/* is it a class that the candidate itself defines? *base is then what it
   derives from ("" if nothing), to be freed */
static int
owned(const cJSON *record, const char *symbol, char **base)
{
	const char *last = strrchr(symbol, ':'), *p, *end;

	last = last ? last + 1 : symbol;
	json_each (f, json_at(record, "candidate.files")) {
		p = classdef(json_stringor(f, "text", ""), last);
		if (!p)
			continue;
		*base = xstrdup("");
		if (*p != ':')
			return 1;
		end = strpbrk(p, "{,;");
		while (end && end > p && !isword((unsigned char)end[-1]))
			end--;
		for (p = end; p && isword((unsigned char)p[-1]); p--)
			;
		if (p) {
			free(*base);
			*base = xstrndup(p, (size_t)(end - p));
		}
		return 1;
	}
	return 0;
}

/* a name of an error: what the candidate derives from stands for its own
   classes' members */
static void
errorname(struct names *names, const cJSON *record, const char *symbol,
    const char *in)
{
	const char *colon = strrchr(symbol, ':');
	char *scope, *base;

	if (owned(record, symbol, &base)) {
		free(base);
		return;
	}
	if (!colon || colon == symbol) {
		addname(names, symbol, in);
		return;
	}
	scope = xstrndup(symbol, (size_t)(colon - 1 - symbol));
	if (!owned(record, scope, &base))
		addname(names, symbol, in);
	else if (*base)
		addname(names, xstrdup(colon + 1), base);
	free(scope);
}

/* the class that an error's message speaks of, where members are looked for */
static const char *
classof(const cJSON *error)
{
	struct found *f;
	const char *in = NULL;
	size_t n;

	json_each (s, json_get(error, "symbols")) {
		if (in || !cJSON_IsString(s) ||
		    strncmp(s->valuestring, "std::", 5) == 0)
			continue;
		f = lookup(s->valuestring, &n);
		if (n && f[0].sym->kind == SYM_CLASS)
			in = name(f[0].sym);
		free(f);
	}
	return in;
}

static void
recordnames(const cJSON *record, struct names *names)
{
	const cJSON *engine = enginename ? engine_load(enginename) : NULL;
	const cJSON *op = NULL;

	json_each (e, json_at(record, "errors.list")) {
		json_each (s, json_get(e, "symbols")) {
			if (cJSON_IsString(s))
				errorname(
				    names, record, s->valuestring, classof(e));
		}
	}
	if (names->n || !engine)
		return;
	json_each (s, json_get(engine, "symbols")) {
		if (cJSON_IsString(s))
			addname(names, s->valuestring, NULL);
	}
	op = engine_operator(engine, json_get(record, "task"));
	json_each (s, json_get(op, "symbols")) {
		if (cJSON_IsString(s))
			addname(names, s->valuestring, NULL);
	}
}

/* what is not there comes first: the nearest names to it */
static void
explainunknown(const char *symbol, cJSON *unknown, size_t *used)
{
	size_t n, c;
	cJSON *e;

	free(lookup(symbol, &n));
	if (n)
		return;
	e = nearjson(symbol);
	c = json_tokens(e);
	if (*used + c > budget) {
		cJSON_Delete(e);
		return;
	}
	*used += c;
	cJSON_AddItemToArray(unknown, e);
}

static void
explain(const char *symbol, cJSON *declarations, uint32_t *files,
    size_t *nfiles, size_t *used)
{
	struct found *f;
	size_t n, i, shown, c;
	cJSON *e;

	f = lookup(symbol, &n);
	shown = n < DECLARATIONS ? n : DECLARATIONS;
	for (i = 0; i < shown; i++) {
		if (i && f[i].quality > f[0].quality)
			break;
		e = declarationjson(f[i].sym, symbol);
		c = json_tokens(e);
		if (*used + c > budget) {
			cJSON_Delete(e);
			break;
		}
		*used += c;
		cJSON_AddItemToArray(declarations, e);
		if (i == 0 && isheader(pathof(f[i].sym)))
			files[(*nfiles)++] = f[i].sym->file;
	}
	free(f);
}

static void
opened(const cJSON *record)
{
	struct json_place place = json_saveplace();
	char *root;

	if (ix.map)
		return;
	if (!enginename && !rootname)
		enginename = xstrdup(
		    json_at(record, "request.engine")
			? json_string(json_object(record, "request"), "engine")
			: "ort");
	root = treeroot();
	index_open(&ix, root);
	free(root);
	json_restoreplace(place);
}

static void
context(cJSON *record)
{
	cJSON *out = cJSON_CreateObject(), *decl = cJSON_CreateArray();
	cJSON *unknown = cJSON_CreateArray();
	struct names names = {0};
	uint32_t files[NAMES];
	size_t nfiles = 0, used = 0;
	int i;

	if (json_get(record, "skipped"))
		return;
	opened(record);
	recordnames(record, &names);
	for (i = 0; i < names.n; i++) {
		insidescope = names.in[i];
		explainunknown(names.v[i], unknown, &used);
	}
	for (i = 0; i < names.n; i++) {
		insidescope = names.in[i];
		explain(names.v[i], decl, files, &nfiles, &used);
	}
	insidescope = NULL;
	json_set(out, "index", cJSON_CreateString(ix.head->hash));
	json_set(out, "declarations", decl);
	json_set(out, "unknown", unknown);
	json_set(out, "headers", headersof(files, nfiles));
	json_set(out, "tokens", cJSON_CreateNumber((double)used));
	json_set(record, "context", out);
}

static void
askdecl(char **symbols)
{
	struct found *f;
	struct buf b = {0};
	size_t n, i;
	char *full;

	for (; *symbols; symbols++) {
		f = lookup(*symbols, &n);
		if (!n)
			warnx("no symbol '%s'; try --near", *symbols);
		for (i = 0; i < n && tokens(b.len) < budget; i++) {
			if (i && f[i].quality > f[0].quality + 2)
				break;
			full = fullname(f[i].sym);
			buf_addf(&b, "%s:%u: %s %s\n", pathof(f[i].sym),
			    f[i].sym->line, kindname(f[i].sym), full);
			adddeclaration(&b, f[i].sym, 1);
			buf_adds(&b, "\n\n");
			free(full);
		}
		free(f);
	}
	fwrite(b.data ? b.data : "", 1, b.len, stdout);
	buf_free(&b);
}

static void
askwhere(char **symbols)
{
	struct found *f;
	size_t n, i;
	char *full;

	for (; *symbols; symbols++) {
		f = lookup(*symbols, &n);
		for (i = 0; i < n; i++) {
			full = fullname(f[i].sym);
			printf("%s:%u: %s %s%s\n", pathof(f[i].sym),
			    f[i].sym->line, kindname(f[i].sym), full,
			    f[i].sym->defined ? "" : " (declared)");
			free(full);
		}
		free(f);
	}
}

static void
asknear(char **symbols)
{
	struct near best[NEAR];
	struct buf b = {0};
	size_t i, n;

	for (; *symbols; symbols++) {
		n = nearest(*symbols, best);
		for (i = 0; i < n; i++) {
			char *full = fullname(best[i].sym);

			b.len = 0;
			oneline(&b, best[i].sym, 160);
			printf("%s\t%s:%u\t%s\n", full, pathof(best[i].sym),
			    best[i].sym->line, b.data ? b.data : "");
			free(full);
		}
	}
	buf_free(&b);
}

static void
askheaders(char **symbols)
{
	uint32_t files[256];
	size_t nfiles = 0, n, i;
	struct found *f;
	cJSON *list;

	for (; *symbols && nfiles < LEN(files); symbols++) {
		f = lookup(*symbols, &n);
		for (i = 0; i < n && !isheader(pathof(f[i].sym)); i++)
			;
		if (i < n)
			files[nfiles++] = f[i].sym->file;
		else
			warnx("no header declares '%s'", *symbols);
		free(f);
	}
	list = headersof(files, nfiles);
	json_each (h, list)
		puts(h->valuestring);
	cJSON_Delete(list);
}

static void
askstat(void)
{
	uint32_t i, listed = 0;

	for (i = 0; i < ix.head->nfiles; i++)
		listed += ix.files[i].size > INDEX_MAX;
	printf("files\t%u\nlisted\t%u\nsymbols\t%u\nparsed\t%u\nbytes\t%zu\n"
	       "hash\t%s\n",
	    ix.head->nfiles, listed, ix.head->nsyms, ix.parsed, ix.size,
	    ix.head->hash);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: repo-tree [-b tokens] [-e engine | -r dir] [-o file] "
	    "[record ...]\n"
	    "       repo-tree query [-b tokens] [-e engine | -r dir] "
	    "[-i scope] [symbol ...]\n"
	    "An engine's source tree and the declarations that a record "
	    "names.\n"
	    "  -b, --budget TOKENS  at most so much (default 2000)\n"
	    "  -e, --engine NAME    whose tree (default: the request's, or "
	    "ort)\n"
	    "  -r, --root DIR       another tree\n"
	    "  -o, --output FILE    write there, by rename\n"
	    "queries, answered as text:\n"
	    "  -t, --tree           folders, files, classes, members\n"
	    "  -d, --depth N        at most so many of these (default 4)\n"
	    "  -u, --under DIR      only there\n"
	    "  -D, --decl           declarations with comments\n"
	    "  -w, --where          files and lines\n"
	    "  -n, --near           the names most like these\n"
	    "  -H, --headers        what to include for these\n"
	    "  -S, --stat           what the index holds\n"
	    "  -i, --in SCOPE       look there first\n"
	    "      --version        the stage and the version of its format\n"
	    "man repo-tree tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"budget", 1, 0, 'b'},
	    {"engine", 1, 0, 'e'}, {"root", 1, 0, 'r'}, {"output", 1, 0, 'o'},
	    {"tree", 0, 0, 't'}, {"depth", 1, 0, 'd'}, {"under", 1, 0, 'u'},
	    {"decl", 0, 0, 'D'}, {"where", 0, 0, 'w'}, {"near", 0, 0, 'n'},
	    {"headers", 0, 0, 'H'}, {"stat", 0, 0, 'S'}, {"in", 1, 0, 'i'},
	    {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'}, {0}};
	const char *out = NULL, *under = "";
	int c, query = 0, depth = 4;
	struct buf b = {0};

	while ((c = getopt_long(argc, argv, "b:e:r:o:td:u:DwnHSi:h", options,
		    NULL)) != -1) {
		switch (c) {
		case 'b':
			budget = (size_t)numarg("--budget", optarg, 1, 1 << 30);
			break;
		case 'e': enginename = optarg; break;
		case 'r': rootname = optarg; break;
		case 'o': out = optarg; break;
		case 'd': depth = (int)numarg("--depth", optarg, 1, 4); break;
		case 'u': under = optarg; break;
		case 'i': insidescope = optarg; break;
		case 't':
		case 'D':
		case 'w':
		case 'n':
		case 'H':
		case 'S': query = query ? '?' : c; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (query == '?')
		errx(EX_USAGE, "one query at a time");
	if (!query) {
		stage_each(out, argv + optind, context);
		return EX_OK;
	}
	if (!enginename)
		enginename = "ort";
	opened(NULL);
	switch (query) {
	case 't':
		tree(&b, under, depth);
		fwrite(b.data ? b.data : "", 1, b.len, stdout);
		buf_free(&b);
		break;
	case 'D': askdecl(argv + optind); break;
	case 'w': askwhere(argv + optind); break;
	case 'n': asknear(argv + optind); break;
	case 'H': askheaders(argv + optind); break;
	case 'S': askstat(); break;
	}
	closeout();
	return EX_OK;
}
