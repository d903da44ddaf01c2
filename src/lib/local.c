#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local.h"

#define FILEMAX (16 << 20)

struct replay {
	char *path;    /* of the directory, or NULL */
	cJSON **lines; /* of the file */
	size_t n;
};

static int
isname(const char *s)
{
	return *s && *s != '.' &&
	       !s[strspn(s, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")];
}

/* a fence that is longer than any run of backticks in the text */
static void
addblock(struct buf *out, const char *name, const struct buf *text)
{
	size_t i, run = 0, fence = 3;
	const char *dot = strrchr(name, '.');

	for (i = 0; i < text->len; i++) {
		run = text->data[i] == '`' ? run + 1 : 0;
		if (run >= fence)
			fence = run + 1;
	}
	buf_addf(out, "%s%s\n", out->len ? "\n" : "", name);
	for (i = 0; i < fence; i++)
		buf_adds(out, "`");
	buf_addf(out, "%s\n",
	    !dot || strcmp(dot, ".c") == 0 || strcmp(dot, ".h") == 0 ? "c"
								     : "cpp");
	buf_add(out, text->data, text->len);
	if (text->len && text->data[text->len - 1] != '\n')
		buf_adds(out, "\n");
	for (i = 0; i < fence; i++)
		buf_adds(out, "`");
	buf_adds(out, "\n");
}

/* the text of a header beside path, which the line #include "..." at p names;
   -1 if it is no such line, or one of the candidate's own files */
static int
family(const char *p, const char *path, struct buf *text)
{
	static const char include[] = "#include \"";
	const size_t n = sizeof(include) - 1;
	char *header;
	int rc;

	if (strncmp(p, include, n) != 0 || strncmp(p + n, "kernel.", 7) == 0)
		return -1;
	header = xasprintf("%.*s/%.*s", (int)(strrchr(path, '/') - path), path,
	    (int)strcspn(p + n, "\"\n"), p + n);
	rc = buf_readfile(text, header, FILEMAX);
	free(header);
	return rc;
}

/* a kernel that includes headers of its family gets them as text, each where it
   is first named, for a candidate has no such files */
static void
spread(struct buf *whole, const char *p, const char *path, struct buf *seen)
{
	struct buf header = {0};
	const char *next;
	char *line;

	for (; p && *p; p = next) {
		next = p + strcspn(p, "\n");
		next += *next == '\n';
		if (family(p, path, &header) < 0) {
			buf_add(whole, p, (size_t)(next - p));
			continue;
		}
		line = xasprintf("%.*s", (int)(next - p), p);
		if (!seen->data || !strstr(seen->data, line)) {
			buf_adds(seen, line);
			spread(whole, header.data, path, seen);
		}
		free(line);
		buf_free(&header);
	}
}

static int
addfile(struct buf *out, const char *path, const char *name, int *shared)
{
	struct buf text = {0}, whole = {0}, seen = {0};

	if (buf_readfile(&text, path, FILEMAX) < 0) {
		if (errno != ENOENT)
			err(EX_UNAVAILABLE, "%s", path);
		return 0;
	}
	spread(&whole, text.data, path, &seen);
	if (shared && whole.data && strstr(whole.data, "\"kernel.h"))
		*shared = 1;
	addblock(out, name, &whole);
	buf_free(&text);
	buf_free(&whole);
	buf_free(&seen);
	return 1;
}

static int
byname(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
addfolder(struct buf *out, const char *dir, int *shared)
{
	struct dirent **list;
	int i, n = scandir(dir, &list, NULL, byname), found = 0;

	for (i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, list[i]->d_name);
		struct stat st;

		if (isname(list[i]->d_name) && stat(path, &st) == 0 &&
		    S_ISREG(st.st_mode))
			found |= addfile(out, path, list[i]->d_name, shared);
		free(path);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return found;
}

static void
addshared(struct buf *out, const char *engine, const char *name)
{
	char *path = rootpath("tasks/oracle/%s/%s", engine, name);

	addfile(out, path, name, NULL);
	free(path);
}

static int
addkernel(struct buf *out, const char *engine, const char *op)
{
	static const char *const kinds[] = {"c", "cc", "cpp"};
	int shared = 0, found = 0;
	char *path;
	size_t i;

	for (i = 0; i < LEN(kinds) && !found; i++) {
		char name[16];

		snprintf(name, sizeof(name), "kernel.%s", kinds[i]);
		path = rootpath("tasks/oracle/%s/%s.%s", engine, op, kinds[i]);
		found = addfile(out, path, name, &shared);
		free(path);
	}
	if (!found) {
		path = rootpath("tasks/oracle/%s/%s", engine, op);
		found = addfolder(out, path, &shared);
		free(path);
	}
	if (found && shared) {
		addshared(out, engine, "kernel.h");
		addshared(out, engine, "kernel.hpp");
	}
	return found;
}

void
oracle_answer(const struct question *q, struct answer *a)
{
	const char *engine = json_string(q->request, "engine");
	const char *op = json_string(q->task, "op");
	char *dir;

	if (!isname(engine))
		json_bad(json_get(q->request, "engine"), "not a name");
	dir = rootpath("tasks/oracle/%s", engine);
	if (access(dir, R_OK) < 0)
		errx(EX_UNAVAILABLE,
		    "the oracle has no kernels for engine '%s' (%s)", engine,
		    dir);
	free(dir);
	if (isname(op) && addkernel(&a->text, engine, op)) {
		a->outcome = OUT_OK;
		answer_set(&a->finish, "stop");
		return;
	}
	a->outcome = OUT_REJECTED;
	a->reason = xasprintf(
	    "the oracle has no kernel of operator '%.200s' for engine '%s'", op,
	    engine);
}

static void
readtokens(const cJSON *usage, const char *key, int64_t *n)
{
	const cJSON *v = json_get(usage, key);

	*n = -1;
	if (cJSON_IsNumber(v) && v->valuedouble >= 0 && v->valuedouble <= 1e12)
		*n = (int64_t)v->valuedouble;
}

int
answer_fromjson(const cJSON *json, struct answer *a, const char **why)
{
	const cJSON *text, *node, *usage;

	if (json_get(json, "response"))
		json = json_get(json, "response");
	text = json_get(json, "text");
	node = json_get(json, "outcome");
	a->outcome = node ? answer_outcome(cJSON_GetStringValue(node)) : OUT_OK;
	*why = "no string 'text'";
	if (!cJSON_IsString(text) && (text || !node || a->outcome == OUT_OK))
		return -1;
	*why = "unknown 'outcome'";
	if (a->outcome == OUT_NONE)
		return -1;
	if (text)
		buf_adds(&a->text, text->valuestring);
	if ((node = json_get(json, "reasoning")) && cJSON_IsString(node))
		buf_adds(&a->reasoning, node->valuestring);
	answer_set(&a->reason, cJSON_GetStringValue(json_get(json, "reason")));
	answer_set(
	    &a->finish, cJSON_GetStringValue(json_get(json, "finish_reason")));
	answer_set(
	    &a->model, cJSON_GetStringValue(json_get(json, "answered_by")));
	usage = json_get(json, "usage");
	if (cJSON_IsObject(usage) && usage->child) {
		a->hasusage = 1;
		readtokens(usage, "input", &a->usage.input);
		readtokens(usage, "cached", &a->usage.cached);
		readtokens(usage, "cache_write", &a->usage.cache_write);
		readtokens(usage, "output", &a->usage.output);
		readtokens(usage, "reasoning", &a->usage.reasoning);
	}
	a->terminal = 1;
	return 0;
}

struct replay *
replay_open(const char *path)
{
	struct replay *r = xcalloc(1, sizeof(*r));
	struct jsonin in = {.name = path};
	struct answer a = {0};
	struct stat st;
	const char *why;
	cJSON *line;

	if (stat(path, &st) < 0 || !(in.fp = fopen(path, "re")))
		err(EX_UNAVAILABLE, "answers '%s'", path);
	if (S_ISDIR(st.st_mode)) {
		fclose(in.fp);
		r->path = xstrdup(path);
		return r;
	}
	while ((line = json_read(&in))) {
		if (!cJSON_IsObject(line) ||
		    answer_fromjson(line, &a, &why) < 0)
			json_bad(line, "not an answer: %s", why);
		answer_free(&a);
		r->lines = xreallocarray(r->lines, r->n + 1, sizeof(*r->lines));
		r->lines[r->n++] = line;
	}
	fclose(in.fp);
	json_end(&in);
	return r;
}

static int
samenumber(const cJSON *line, const char *key, long want)
{
	const cJSON *v = json_get(line, key);

	if (!v)
		v = json_get(json_get(line, "request"), key);
	return !v || (cJSON_IsNumber(v) && v->valuedouble == (double)want);
}

static int
samestring(const cJSON *v, const char *want)
{
	return !v || (cJSON_IsString(v) && strcmp(v->valuestring, want) == 0);
}

/* what a line leaves out matches everything */
static int
matches(const cJSON *line, const struct question *q)
{
	const cJSON *task = json_get(line, "task");
	const cJSON *role = json_get(line, "role");

	if (cJSON_IsObject(task))
		task = json_get(task, "name");
	if (!role)
		role = json_get(json_get(line, "request"), "role");
	return samestring(json_get(line, "key"), q->key) &&
	       samestring(task, json_string(q->task, "name")) &&
	       samestring(role, q->role) &&
	       samenumber(line, "attempt", q->attempt) &&
	       samenumber(line, "sample", q->sample);
}

static int
fromrecord(const char *path, const struct question *q, struct answer *a)
{
	const char *why;
	cJSON *json;
	int rc;

	if (access(path, F_OK) < 0)
		return 0;
	json = json_readfile(path);
	rc = matches(json, q);
	if (rc && answer_fromjson(json, a, &why) < 0)
		errx(EX_DATAERR, "%s: not an answer: %s", path, why);
	cJSON_Delete(json);
	return rc;
}

static int
fromfile(const char *path, struct answer *a)
{
	if (buf_readfile(&a->text, path, FILEMAX) < 0) {
		if (errno != ENOENT)
			err(EX_UNAVAILABLE, "%s", path);
		return 0;
	}
	a->outcome = OUT_OK;
	answer_set(&a->finish, "stop");
	return 1;
}

/* try the names from the narrowest to the widest */
static int
fromdir(const char *dir, const struct question *q, struct answer *a)
{
	const char *task = json_string(q->task, "name");
	char *names[6];
	int i, found;

	if (!isname(task) || !isname(q->role))
		return 0;
	names[0] = xasprintf("%s/%s.md", dir, q->key);
	names[1] = xasprintf(
	    "%s/%s.%ld.%ld.%s.md", dir, task, q->attempt, q->sample, q->role);
	names[2] =
	    xasprintf("%s/%s.%ld.%ld.md", dir, task, q->attempt, q->sample);
	names[3] = xasprintf("%s/%s.%ld.md", dir, task, q->attempt);
	names[4] = xasprintf("%s/%s.md", dir, task);
	names[5] = xasprintf("%s/%s/%ld/llm-call.json", dir, task, q->attempt);
	for (found = i = 0; i < 5 && !found; i++)
		found = fromfile(names[i], a);
	if (!found)
		found = fromrecord(names[5], q, a);
	for (i = 0; i < 6; i++)
		free(names[i]);
	return found;
}

int
replay_answer(struct replay *r, const struct question *q, struct answer *a)
{
	const char *why;
	size_t i;

	if (r->path)
		return fromdir(r->path, q, a);
	for (i = 0; i < r->n; i++)
		if (matches(r->lines[i], q))
			return answer_fromjson(r->lines[i], a, &why) == 0;
	return 0;
}
