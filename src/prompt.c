/*
 * prompt: fill a template of prompts/ with a record: the request to a model.
 */
#include <err.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "stage.h"
#include "vectors.h"

#define FORMAT 1
#define MAXTEMPLATE (1u << 20)
#define SHOWN 9000     /* bytes of a file of the engine that are shown */
#define SHOWNALL 27000 /* of all of them */

static const char *role = "coder";
static const char *roleat; /* where in the record the role stands, or NULL */
static size_t budget = 64000;
static const char *enginename = "ort";
static const char *devicename = "host";
static long long attempt, sample = -1; /* not given: the record's job says */

/* a template: prompts/ENGINE/ROLE.md */
struct template
{
	char *path, *dir;
	struct buf text;
	long line;
};

/* what a record's fields are taken from */
struct source {
	const cJSON *record, *task, *engine, *kind, *device;
};

static void
addnumber(struct buf *b, double v)
{
	if (v == trunc(v) && fabs(v) < 1e15)
		buf_addf(b, "%.0f", v);
	else
		buf_addf(b, "%.9g", v);
}

static void
addvalue(struct buf *b, const cJSON *v)
{
	char *s;

	if (cJSON_IsString(v)) {
		buf_adds(b, v->valuestring);
	} else if (cJSON_IsNumber(v)) {
		addnumber(b, v->valuedouble);
	} else {
		s = json_print(v);
		buf_adds(b, s);
		free(s);
	}
}

static void
addtensor(struct buf *b, const cJSON *t)
{
	const cJSON *data = json_get(t, "data");
	int first = 1;

	if (!*json_stringor(t, "name", "")) {
		buf_adds(b, "(omitted)\n");
		return;
	}
	buf_addf(b, "`%s`: %s [", json_string(t, "name"),
	    json_stringor(t, "dtype", "unknown"));
	json_each (d, json_get(t, "shape")) {
		buf_adds(b, first ? "" : ", ");
		addvalue(b, d);
		first = 0;
	}
	buf_adds(b, json_get(t, "shape") ? "]" : "of unknown shape]");
	if (json_boolor(t, "constant", 0)) {
		buf_adds(b, ", constant");
		if (data) {
			buf_adds(b, ": ");
			addvalue(b, data);
		}
	}
	buf_adds(b, "\n");
}

static void
addtolerance(struct buf *b, const cJSON *task)
{
	const cJSON *t = json_get(task, "tolerance");

	buf_addf(b,
	    "- Tolerance: %g absolute and %g relative; integers and booleans "
	    "exactly\n",
	    json_numberor(t, "absolute", 1e-4),
	    json_numberor(t, "relative", 1e-4));
}

/* the task in words */
static void
tasktext(struct buf *b, const cJSON *task)
{
	int n = 0;

	buf_addf(b, "- Operator: %s (%s, opset %lld)\n",
	    json_string(task, "op"),
	    *json_stringor(task, "domain", "") ? json_string(task, "domain")
					       : "ai.onnx",
	    json_intor(task, "opset", 1, 1000, 20));
	json_each (a, json_get(task, "attributes")) {
		buf_addf(b, "- Attribute `%s`: ", a->string);
		if (a->child)
			addvalue(b, a->child);
		buf_adds(b, "\n");
	}
	if (!json_get(task, "attributes") ||
	    !json_get(task, "attributes")->child)
		buf_adds(b, "- No attributes are stated\n");
	json_each (i, json_array(task, "inputs")) {
		buf_addf(b, "- Input %d: ", n++);
		addtensor(b, i);
	}
	n = 0;
	json_each (o, json_array(task, "outputs")) {
		buf_addf(b, "- Output %d: ", n++);
		addtensor(b, o);
	}
	addtolerance(b, task);
	b->data[--b->len] = '\0';
}

/* the task as JSON, without what only the judge needs */
static void
taskjson(struct buf *b, const cJSON *task)
{
	static const char *const node[] = {
	    "op", "domain", "opset", "attributes", "inputs", "outputs", NULL};
	static const char *const tensor[] = {
	    "name", "dtype", "shape", "constant", "data", NULL};
	cJSON *copy = cJSON_Duplicate(task, 1);

	stage_keep(copy, node);
	json_each (i, json_get(copy, "inputs"))
		stage_keep(i, tensor);
	json_each (o, json_get(copy, "outputs"))
		stage_keep(o, tensor);
	addvalue(b, copy);
	cJSON_Delete(copy);
}

/* the PyTorch twin beside the task's file */
static void
twin(struct buf *b, const cJSON *task)
{
	const char *category = json_stringor(task, "category", "");
	const char *name = json_stringor(task, "name", "");
	char *path;

	if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") !=
		strlen(name) ||
	    strspn(category, "abcdefghijklmnopqrstuvwxyz") != strlen(category))
		json_bad(task, "name or category of other characters than "
			       "a-z, 0-9 and _");
	path = rootpath("tasks/%s/%s.py", category, name);
	if (!*category || buf_readfile(b, path, MAXTEMPLATE) < 0)
		buf_addf(b, "# %s of the ONNX specification",
		    json_string(task, "op"));
	while (b->len && b->data[b->len - 1] == '\n')
		b->data[--b->len] = '\0';
	free(path);
}

/* which files to write */
static void
filestext(struct buf *b, const cJSON *kind)
{
	const char *group;

	buf_adds(b, "Files, by these names only:");
	json_each (f, json_array(kind, "files")) {
		group = json_stringor(f, "group", NULL);
		buf_addf(b, "\n- `%s` (%s)", json_string(f, "name"),
		    json_string(f, "language"));
		if (!group)
			buf_adds(b, ", optional");
		json_each (g, json_get(kind, "files")) {
			if (g != f && group &&
			    strcmp(json_stringor(g, "group", ""), group) == 0)
				buf_addf(b, ", or `%s` in its place",
				    json_string(g, "name"));
		}
	}
}

static void
deviceflags(struct buf *b, const cJSON *device)
{
	int first = 1;

	json_each (f, json_array(device, "flags")) {
		if (strncmp(f->valuestring, "-g", 2) == 0)
			continue;
		buf_addf(b, "%s%s", first ? "" : " ", f->valuestring);
		first = 0;
	}
}

static void
vectors(struct buf *b, const cJSON *device)
{
	char *words = vectors_words(device);

	buf_adds(b, words);
	free(words);
}

/* past the licence at a file's top */
static const char *
body(const char *text)
{
	const char *p = text + strspn(text, " \t\r\n"), *q;

	while (strncmp(p, "//", 2) == 0 || strncmp(p, "/*", 2) == 0) {
		q = p[1] == '/' ? strchr(p, '\n') : strstr(p, "*/");
		if (!q)
			break;
		p = q + (p[1] == '/' ? 1 : 2);
		p += strspn(p, " \t\r\n");
	}
	return p;
}

/* files of the engine's tree that the operator's entry names, cut to a size */
static void
enginefiles(struct buf *b, const cJSON *entry, const char *key)
{
	const char *root = getenv("MNN_ROOT"), *text;
	size_t start = b->len, n;
	struct buf f = {0};
	char *path;

	json_each (name, json_get(entry, key)) {
		if (!root || !cJSON_IsString(name) ||
		    strstr(name->valuestring, "..") ||
		    b->len - start > SHOWNALL)
			continue;
		path = xasprintf("%s/%s", root, name->valuestring);
		f.len = 0;
		if (buf_readfile(&f, path, MAXTEMPLATE) == 0) {
			text = body(f.data);
			n = strlen(text);
			while (n > SHOWN ||
			       (n && text[n - 1] == '\n' && n < strlen(text)))
				n--;
			buf_addf(b, "%s\n```cpp\n%.*s\n%s```\n",
			    name->valuestring, (int)n, text,
			    n < strlen(text) - 1 ? "// ...\n" : "");
		}
		free(path);
	}
	buf_free(&f);
	if (b->len == start)
		buf_adds(b, "(not at hand)\n");
	b->data[--b->len] = '\0';
}

/* how the engine has the operator: kind, MNN's types, the operation of these */
static void
enginetext(struct buf *b, const struct source *s, const cJSON *entry)
{
	const char *sep = "- Types: ";

	buf_addf(b, "- Kind: %s\n", engine_kindname(s->engine, s->task));
	json_each (t, json_get(entry, "types")) {
		buf_addf(b, "%s`OpType_%s`", sep, t->valuestring);
		sep = ", ";
	}
	if (*sep == ',')
		buf_adds(b, "\n");
	if (json_get(entry, "operation"))
		buf_addf(
		    b, "- Operation: `%s`\n", json_string(entry, "operation"));
	if (json_get(entry, "parameter"))
		buf_addf(b, "- Parameters: `op->main_as_%s()`\n",
		    json_string(entry, "parameter"));
	if (json_get(entry, "note"))
		buf_addf(b, "- Note: %s\n", json_string(entry, "note"));
	b->data[--b->len] = '\0';
}

/* fields that the engine's map of operators gives; 0 if it is none of these */
static int
enginefield(struct buf *b, const struct source *s, const char *name)
{
	const cJSON *entry = engine_operator(s->engine, s->task);

	if (strcmp(name, "engine.operator") == 0)
		enginetext(b, s, entry);
	else if (strcmp(name, "engine.headers") == 0)
		enginefiles(b, entry, "headers");
	else if (strcmp(name, "engine.example") == 0)
		enginefiles(b, entry, "example");
	else
		return 0;
	return 1;
}

static int
include(struct buf *b, const struct template *t, const char *name)
{
	char *path;
	int rc;

	if (strchr(name, '/'))
		return 0;
	path = xasprintf("%s/%s", t->dir, name);
	rc = buf_readfile(b, path, MAXTEMPLATE);
	free(path);
	return rc == 0;
}

/* what holds of kernels of the operator's kind: a file beside the template */
static int
kindtext(struct buf *b, const struct template *t, const struct source *s)
{
	char *name = xasprintf("%s.txt", engine_kindname(s->engine, s->task));
	int rc = include(b, t, name);

	while (rc && b->len && b->data[b->len - 1] == '\n')
		b->data[--b->len] = '\0';
	free(name);
	return rc;
}

/* a member of the record by its path, as text */
static int
member(struct buf *b, const cJSON *record, const char *path)
{
	const cJSON *v = json_at(record, path);

	if (v)
		addvalue(b, v);
	return v != NULL;
}

static int
field(struct buf *b, const struct template *t, const struct source *s,
    const char *name)
{
	if (strcmp(name, "task.text") == 0)
		tasktext(b, s->task);
	else if (strcmp(name, "task.json") == 0)
		taskjson(b, s->task);
	else if (strcmp(name, "twin") == 0)
		twin(b, s->task);
	else if (strcmp(name, "files.text") == 0)
		filestext(b, s->kind);
	else if (strcmp(name, "device.flags") == 0)
		deviceflags(b, s->device);
	else if (strcmp(name, "device.title") == 0)
		buf_adds(b, json_string(s->device, "title"));
	else if (strcmp(name, "device.compiler") == 0)
		buf_adds(
		    b, json_string(json_object(s->device, "compilers"), "c++"));
	else if (strcmp(name, "device.vectors") == 0)
		vectors(b, s->device);
	else if (strcmp(name, "kind.text") == 0)
		return kindtext(b, t, s);
	else if (strncmp(name, "engine.", 7) == 0)
		return enginefield(b, s, name);
	else if (strncmp(name, "include ", 8) == 0)
		return include(b, t, name + 8);
	else
		return member(b, s->record, name);
	return 1;
}

/* a line of the template, its fields filled */
static void
fill(struct buf *b, const struct template *t, const struct source *s,
    const char *line, size_t n)
{
	const char *end = line + n, *open, *close;
	char *name;

	while ((open = memmem(line, (size_t)(end - line), "{{", 2))) {
		close = memmem(open, (size_t)(end - open), "}}", 2);
		if (!close)
			break;
		buf_add(b, line, (size_t)(open - line));
		name = xstrndup(open + 2, (size_t)(close - open - 2));
		if (!field(b, t, s, name))
			errx(EX_DATAERR, "%s:%ld: no field '%s' in the record",
			    t->path, t->line, name);
		free(name);
		line = close + 2;
	}
	buf_add(b, line, (size_t)(end - line));
}

static void
endmessage(cJSON *messages, const char *who, struct buf *b)
{
	cJSON *m = cJSON_CreateObject();

	while (b->len && b->data[b->len - 1] == '\n')
		b->data[--b->len] = '\0';
	json_set(m, "role", cJSON_CreateString(who));
	json_set(m, "content", cJSON_CreateString(b->data ? b->data : ""));
	cJSON_AddItemToArray(messages, m);
	b->len = 0;
}

/* lines "%% system" and "%% user" begin a message */
static cJSON *
messages(struct template *t, const struct source *s)
{
	cJSON *out = cJSON_CreateArray();
	const char *p = t->text.data, *nl;
	struct buf b = {0};
	char *who = NULL;
	size_t n;

	for (t->line = 1; *p; t->line++, p = nl ? nl + 1 : p + n) {
		nl = strchr(p, '\n');
		n = nl ? (size_t)(nl - p) : strlen(p);
		if (strncmp(p, "%% ", 3) == 0) {
			if (who)
				endmessage(out, who, &b);
			free(who);
			who = xstrndup(p + 3, n - 3);
			continue;
		}
		if (!who)
			errx(EX_DATAERR,
			    "%s:%ld: text before a line '%%%% "
			    "system' or '%%%% user'",
			    t->path, t->line);
		fill(&b, t, s, p, n);
		buf_adds(&b, "\n");
	}
	if (!who)
		errx(EX_DATAERR, "%s: no message", t->path);
	endmessage(out, who, &b);
	free(who);
	buf_free(&b);
	return out;
}

/* the template of the role; kept until another role comes */
static struct template *
load(void)
{
	static struct template t;
	static const char *loaded;
	char *dir, *names;

	if (loaded && strcmp(loaded, role) == 0)
		return &t;
	buf_free(&t.text);
	dir = xasprintf("prompts/%s", enginename);
	t.dir = rootpath("%s", dir);
	t.path = xasprintf("%s/%s.md", t.dir, role);
	if (strchr(role, '/') ||
	    buf_readfile(&t.text, t.path, MAXTEMPLATE) < 0) {
		names = listnames(dir, ".md");
		errx(EX_UNAVAILABLE,
		    "no role '%s' for engine '%s'; there are: "
		    "%s",
		    role, enginename, names);
	}
	free(dir);
	loaded = xstrdup(role);
	return &t;
}

static cJSON *
filenames(const cJSON *kind)
{
	cJSON *out = cJSON_CreateArray();

	json_each (f, json_array(kind, "files")) {
		cJSON_AddItemToArray(
		    out, cJSON_CreateString(json_string(f, "name")));
	}
	return out;
}

/* the option's value if it was given, else the record's, else absent */
static cJSON *
number(int given, long long value, const cJSON *record, const char *path,
    long long absent)
{
	const cJSON *v = json_at(record, path);

	if (given)
		return cJSON_CreateNumber((double)value);
	return cJSON_CreateNumber(
	    (double)(v ? json_intvalue(v, 0, 1000000) : absent));
}

/* what the messages take, or status 65 if that is over the budget */
static size_t
sizeof_messages(const struct template *t, const cJSON *messages)
{
	size_t n = 0;

	json_each (m, messages)
		n += tokens(strlen(json_string(m, "content")));
	if (n > budget)
		errx(EX_DATAERR, "%s: a prompt of %zu tokens, over %zu",
		    t->path, n, budget);
	return n;
}

static void
prompt(cJSON *record)
{
	static const char *const keep[] = {"task", "planning", "request", NULL};
	static cJSON *device;
	struct json_place place = json_saveplace();
	struct source s = {.record = record};
	struct template *t;
	cJSON *request, *list;

	if (roleat) {
		const cJSON *at = json_at(record, roleat);

		if (!at)
			return;
		if (!cJSON_IsString(at))
			json_bad(at, "not a string");
		role = xstrdup(at->valuestring);
	}
	request = cJSON_CreateObject();
	s.engine = engine_load(enginename);
	t = load();
	if (!device)
		device = stage_config("device", "mk/devices", devicename);
	json_restoreplace(place);
	s.device = device;
	s.task = json_object(record, "task");
	s.kind = engine_kind(s.engine, s.task);
	json_set(request, "engine", cJSON_CreateString(enginename));
	json_set(request, "role", cJSON_CreateString(role));
	json_set(request, "attempt",
	    number(attempt > 0, attempt, record, "job.attempt", 1));
	json_set(request, "sample",
	    number(sample >= 0, sample, record, "job.sample", 0));
	json_set(request, "files", filenames(s.kind));
	list = messages(t, &s);
	json_set(request, "tokens",
	    cJSON_CreateNumber((double)sizeof_messages(t, list)));
	json_set(request, "messages", list);
	json_set(record, "request", request);
	stage_keep(record, keep);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: prompt [-b tokens] [-d device] [-e engine] [-n attempt]\n"
	    "              [-o file] [-r role | -R path] [-s sample] "
	    "[record ...]\n"
	    "Fills a template of prompts/ENGINE/ROLE.md with a record.\n"
	    "  -b, --budget TOKENS no prompt may be longer (default 64000)\n"
	    "  -d, --device NAME   a file of mk/devices (default: host)\n"
	    "  -e, --engine NAME   a file of mk/engines (default: ort)\n"
	    "  -n, --attempt N     the attempt's number (default: the job's, "
	    "or 1)\n"
	    "  -o, --output FILE   write there, by rename\n"
	    "  -r, --role NAME     the template (default: coder)\n"
	    "  -R, --role-at PATH  the template is named there in the "
	    "record;\n"
	    "                      one that has no such member passes as it "
	    "is\n"
	    "  -s, --sample N      which of several answers (default: the "
	    "job's)\n"
	    "      --version       the stage and the version of its format\n"
	    "man prompt tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"device", 1, 0, 'd'},
	    {"engine", 1, 0, 'e'}, {"attempt", 1, 0, 'n'},
	    {"output", 1, 0, 'o'}, {"role", 1, 0, 'r'}, {"role-at", 1, 0, 'R'},
	    {"budget", 1, 0, 'b'}, {"sample", 1, 0, 's'}, {"help", 0, 0, 'h'},
	    {"version", 0, 0, 'V'}, {0}};
	const char *out = NULL;
	int c;

	while ((c = getopt_long(
		    argc, argv, "b:d:e:n:o:r:R:s:h", options, NULL)) != -1) {
		switch (c) {
		case 'd': devicename = optarg; break;
		case 'e': enginename = optarg; break;
		case 'n': attempt = numarg("attempt", optarg, 1, 10000); break;
		case 'o': out = optarg; break;
		case 'b':
			budget = (size_t)numarg("--budget", optarg, 1, 1 << 30);
			break;
		case 'r': role = optarg; break;
		case 'R': roleat = optarg; break;
		case 's': sample = numarg("sample", optarg, 0, 100000); break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	engine_load(enginename);
	if (!roleat)
		load();
	stage_each(out, argv + optind, prompt);
	return EX_OK;
}
