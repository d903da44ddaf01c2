/*
 * unpack: the code blocks of a model's answer become named files.
 *
 * The answer is hostile.  A name in it is a hint: a file gets a name only from
 * the engine's schema.  What cannot be taken is a result, "refused" and why.
 */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "stage.h"

#define FORMAT 1
#define MAXANSWER (8u << 20)
#define MAXFILE (1u << 20)
#define MAXNAME 120

/* a run of bytes in the answer */
struct span {
	const char *p;
	size_t n;
};

/* a fenced block of the answer */
struct block {
	struct span body;
	struct span info; /* what stands behind the fence */
	char hint[MAXNAME + 1];
	int commented; /* the hint is the body's first line, a comment: kept */
};

struct answer {
	struct block *block;
	size_t n;
	const char *why; /* NULL, or why it is refused */
};

static struct span
line(const char **p, const char *end)
{
	const char *nl = memchr(*p, '\n', (size_t)(end - *p));
	struct span s = {*p, (size_t)((nl ? nl : end) - *p)};

	*p = nl ? nl + 1 : end;
	if (s.n && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

static struct span
trim(struct span s, const char *set)
{
	while (s.n && strchr(set, s.p[0]))
		s.p++, s.n--;
	while (s.n && strchr(set, s.p[s.n - 1]))
		s.n--;
	return s;
}

/* length of the fence that opens a line (CommonMark 4.5), or 0 */
static size_t
fence(struct span s, char *mark, struct span *info)
{
	size_t n = 0;

	s = trim(s, " \t");
	if (!s.n || (s.p[0] != '`' && s.p[0] != '~'))
		return 0;
	while (n < s.n && s.p[n] == s.p[0])
		n++;
	if (n < 3)
		return 0;
	*mark = s.p[0];
	*info = trim((struct span){s.p + n, s.n - n}, " \t");
	if (*mark == '`' && memchr(info->p, '`', info->n))
		return 0;
	return n;
}

/* does it look like a file's name: no space, and a dot or a slash within */
static int
namelike(struct span s)
{
	size_t i;
	int dot = 0;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || strchr("\"'<>()[]{};=,*`", c))
			return 0;
		dot |= (c == '.' && i + 1 < s.n) || c == '/';
	}
	return s.n > 2 && dot;
}

static int
sethint(struct block *b, struct span s)
{
	if (!namelike(s))
		return 0;
	if (s.n > MAXNAME)
		s = (struct span){s.p + s.n - MAXNAME, MAXNAME};
	memcpy(b->hint, s.p, s.n);
	b->hint[s.n] = '\0';
	return 1;
}

/* "c kernel.c", "c:kernel.c", "c title=kernel.c" behind a fence */
static int
hintinfo(struct block *b)
{
	struct span s = b->info, word;
	const char *sep;

	while (s.n) {
		word.p = s.p;
		for (word.n = 0; word.n < s.n && !strchr(" \t", s.p[word.n]);)
			word.n++;
		s = trim((struct span){s.p + word.n, s.n - word.n}, " \t");
		sep = memchr(word.p, '=', word.n);
		if (!sep)
			sep = memchr(word.p, ':', word.n);
		if (sep)
			word = (struct span){
			    sep + 1, word.n - (size_t)(sep + 1 - word.p)};
		word = trim(word, "\"'{}");
		if (sethint(b, word))
			return 1;
	}
	return 0;
}

/* a name alone on a line, in whatever dress Markdown gives it */
static int
hintline(struct block *b, struct span s)
{
	static const char *const words[] = {
	    "File:", "file:", "Filename:", "filename:", "FILE:", "File name:"};
	size_t i;

	s = trim(s, " \t#*`:_-/");
	for (i = 0; i < LEN(words); i++)
		if (s.n > strlen(words[i]) &&
		    memcmp(s.p, words[i], strlen(words[i])) == 0)
			s = trim((struct span){s.p + strlen(words[i]),
				     s.n - strlen(words[i])},
			    " \t*`:_");
	return sethint(b, s);
}

/* the line above the fence, the hint of a path included */
static int
hintabove(struct block *b, struct span above)
{
	struct span s = trim(above, " \t#*`:_");

	return (s.n && strchr("./", s.p[0]) && sethint(b, s)) ||
	       hintline(b, above);
}

/* the first line of the block: a name, bare or in a comment */
static int
hintbody(struct block *b)
{
	const char *p = b->body.p, *end = p + b->body.n;
	struct span s = trim(line(&p, end), " \t");

	if (s.n > 2 &&
	    (memcmp(s.p, "//", 2) == 0 || memcmp(s.p, "/*", 2) == 0)) {
		s = trim((struct span){s.p + 2, s.n - 2}, " \t*/");
		return hintline(b, s);
	}
	if (!sethint(b, s))
		return 0;
	b->body = (struct span){p, (size_t)(end - p)};
	return 1;
}

static void
blocks(struct answer *a, const char *text, size_t len)
{
	const char *p = text, *end = text + len, *start;
	struct span s, info, above = {0}, inner;
	size_t open, close;
	char mark, other;

	while (p < end) {
		s = line(&p, end);
		open = fence(s, &mark, &info);
		if (!open) {
			if (trim(s, " \t").n)
				above = s;
			continue;
		}
		for (start = p, close = 0; p < end && close < open;) {
			inner = line(&p, end);
			close = fence(inner, &other, &s);
			if (close && (other != mark || s.n))
				close = 0;
		}
		if (close < open) {
			a->why = "unfinished code block";
			return;
		}
		a->block = xreallocarray(a->block, a->n + 1, sizeof(*a->block));
		a->block[a->n] = (struct block){.info = info};
		a->block[a->n].body =
		    (struct span){start, (size_t)(inner.p - start)};
		if (!hintinfo(&a->block[a->n]) &&
		    !hintabove(&a->block[a->n], above))
			hintbody(&a->block[a->n]);
		a->n++;
		above = (struct span){0};
	}
}

static const char *
language(const char *word, size_t n)
{
	static const char *const names[][2] = {{"c", "c"}, {"h", "c"},
	    {"C", "c"}, {"cpp", "c++"}, {"c++", "c++"}, {"cc", "c++"},
	    {"cxx", "c++"}, {"hpp", "c++"}, {"hh", "c++"}, {"CPP", "c++"},
	    {"C++", "c++"}};
	size_t i;

	for (i = 0; i < LEN(names); i++)
		if (strlen(names[i][0]) == n && !memcmp(names[i][0], word, n))
			return names[i][1];
	return NULL;
}

static int
header(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot[1] == 'h';
}

static const char *
blocklanguage(const struct block *b)
{
	const char *dot = strrchr(b->hint, '.');
	const char *named = dot ? language(dot + 1, strlen(dot + 1)) : NULL;
	size_t n = 0;

	if (named)
		return named;
	while (n < b->info.n && !strchr(" \t:{", b->info.p[n]))
		n++;
	return language(b->info.p, n);
}

/* the schema's only file of the block's language and sort, or NULL */
static const cJSON *
bylanguage(const cJSON *files, const struct block *b)
{
	const char *lang = blocklanguage(b);
	const cJSON *found = NULL;

	if (!lang)
		return NULL;
	json_each (f, files) {
		if (strcmp(json_string(f, "language"), lang) != 0 ||
		    header(json_string(f, "name")) != header(b->hint))
			continue;
		if (found)
			return NULL;
		found = f;
	}
	return found;
}

/* the schema's file that a block is, or NULL: none of ours (or a->why) */
static const cJSON *
blockfile(struct answer *a, const cJSON *files, const struct block *b)
{
	json_each (f, files) {
		if (strcmp(json_string(f, "name"), b->hint) == 0)
			return f;
	}
	if (strchr(b->hint, '/') || strchr(b->hint, '\\')) {
		if (blocklanguage(b))
			a->why = "file name with a path";
		return NULL;
	}
	return bylanguage(files, b);
}

static void
putfile(struct answer *a, cJSON *out, const char *name, struct span body)
{
	cJSON *file, *text = json_text(body.p, body.n);

	json_each (o, out) {
		if (strcmp(json_string(o, "name"), name) != 0)
			continue;
		if (strcmp(json_string(o, "text"), text->valuestring) != 0)
			a->why = "two blocks for one file";
		cJSON_Delete(text);
		return;
	}
	file = cJSON_CreateObject();
	json_set(file, "name", cJSON_CreateString(name));
	json_set(file, "text", text);
	cJSON_AddItemToArray(out, file);
}

static int
has(const cJSON *out, const char *name)
{
	json_each (o, out) {
		if (strcmp(json_string(o, "name"), name) == 0)
			return 1;
	}
	return 0;
}

/* each group of the schema must have exactly one of its files */
static void
checkgroups(struct answer *a, const cJSON *files, const cJSON *out)
{
	const char *group;
	int n;

	json_each (f, files) {
		group = json_stringor(f, "group", NULL);
		if (!group || a->why)
			continue;
		n = 0;
		json_each (g, files) {
			if (strcmp(json_stringor(g, "group", ""), group) == 0)
				n += has(out, json_string(g, "name"));
		}
		if (n != 1)
			a->why = n ? "more files than the engine takes"
				   : "missing file";
	}
}

static char *
filenames(const cJSON *files)
{
	struct buf b = {0};

	json_each (f, files) {
		buf_addf(&b, "%s%s", b.len ? ", " : "", json_string(f, "name"));
	}
	return b.data ? b.data : xstrdup("none");
}

static void
take(struct answer *a, const cJSON *files, cJSON *out)
{
	const cJSON *f;
	size_t i;

	for (i = 0; i < a->n && !a->why; i++) {
		f = blockfile(a, files, &a->block[i]);
		if (!f || a->why)
			continue;
		if (a->block[i].body.n > MAXFILE)
			a->why = "file of more than 1 MiB";
		else
			putfile(
			    a, out, json_string(f, "name"), a->block[i].body);
	}
	if (!a->why && !a->n)
		a->why = "no code block";
	if (!a->why)
		checkgroups(a, files, out);
}

static cJSON *
candidate(const char *text, const cJSON *files)
{
	cJSON *c = cJSON_CreateObject(), *out = cJSON_CreateArray();
	struct answer a = {0};
	size_t len = strlen(text);
	char hex[65], *names, *reason, *all;

	if (len > MAXANSWER)
		a.why = "answer of more than 8 MiB";
	else
		blocks(&a, text, len);
	if (!a.why)
		take(&a, files, out);
	json_set(c, "status", cJSON_CreateString(a.why ? "refused" : "ok"));
	if (a.why) {
		names = filenames(files);
		reason = xasprintf("%s; the engine takes: %s", a.why, names);
		json_set(c, "reason", cJSON_CreateString(reason));
		cJSON_Delete(out);
		out = cJSON_CreateArray();
		free(names);
		free(reason);
	}
	json_set(c, "files", out);
	all = json_print(out);
	sha256hex(all, strlen(all), hex);
	json_set(c, "sha256", cJSON_CreateString(hex));
	free(all);
	free(a.block);
	return c;
}

static cJSON *
noanswer(const char *outcome)
{
	cJSON *c = cJSON_CreateObject();
	char *why = xasprintf("no answer: %s", outcome);

	json_set(c, "status", cJSON_CreateString("refused"));
	json_set(c, "reason", cJSON_CreateString(why));
	json_set(c, "files", cJSON_CreateArray());
	free(why);
	return c;
}

static void
unpack(cJSON *record)
{
	static const char *const drop[] = {"text", "reasoning"};
	cJSON *task = json_object(record, "task");
	cJSON *request = json_object(record, "request");
	cJSON *response = json_object(record, "response");
	const char *outcome = json_string(response, "outcome");
	const cJSON *engine = engine_load(json_string(request, "engine"));
	const cJSON *kind = engine_kind(engine, task);
	size_t i;

	if (strcmp(outcome, "ok") != 0 && strcmp(outcome, "truncated") != 0)
		json_set(record, "candidate", noanswer(outcome));
	else
		json_set(record, "candidate",
		    candidate(json_string(response, "text"),
			json_array(kind, "files")));
	cJSON_DeleteItemFromObjectCaseSensitive(request, "messages");
	for (i = 0; i < LEN(drop); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(response, drop[i]);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: unpack [-o file] [record ...]\n"
	    "Turns the code blocks of a model's answer into named files.\n"
	    "  -o, --output FILE   write there, by rename\n"
	    "      --version       the stage and the version of its format\n"
	    "man unpack tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"output", 1, 0, 'o'},
	    {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'}, {0}};
	const char *out = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		switch (c) {
		case 'o': out = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	stage_each(out, argv + optind, unpack);
	return EX_OK;
}
