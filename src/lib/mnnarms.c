#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "mnn.h"
#include "mnnarms.h"

/* a model of the cache under a name of this measurement; an empty file stands
   for one that could not be made */
static char *
place(char *model, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s.mnn", dir, name);
	struct buf b = {0};

	if (!model) {
		if (writefile(path, "", 0, 0) < 0)
			err(EX_IOERR, "%s", path);
		return path;
	}
	if (link(model, path) < 0 && (buf_readfile(&b, model, SIZE_MAX) < 0 ||
					 writefile(path, b.data, b.len, 0) < 0))
		err(EX_IOERR, "%s", path);
	buf_free(&b);
	free(model);
	return path;
}

/* does the line of n bytes speak of an error? */
static int
telling(const char *line, size_t n)
{
	return (n > 9 && memcmp(line, "mkbench: ", 9) == 0 &&
		   !memmem(line, n, " called ", 8)) ||
	       memmem(line, n, "Not Support", 11) ||
	       memmem(line, n, "[ERROR]", 7);
}

/* what the converter said that speaks of an error, else its last line */
static char *
gist(const struct buf *log)
{
	const char *p, *last = "", *end, *msg;
	size_t n = 0;

	for (p = log->data; p && *p; p = *end ? end + 1 : end) {
		end = p + strcspn(p, "\n");
		if (end == p)
			continue;
		last = p;
		n = (size_t)(end - p);
		if (telling(p, n))
			break;
	}
	/* the converter puts time and line before its messages */
	if (*last == '[' && (msg = memmem(last, n, ": ", 2))) {
		n -= (size_t)(msg + 2 - last);
		last = msg + 2;
	}
	return xstrndup(last, n);
}

static char *
converted(const struct conversion *c, const void *onnx, size_t n,
    const char *dir, const char *name, char **why, char **log)
{
	struct buf b = {0};
	char *model = mnn_convert(c, onnx, n, &b), *g;

	if (!model) {
		g = gist(&b);
		*why = xasprintf("the converter: %s", g);
		free(g);
		if (log)
			*log = xstrndup(b.data ? b.data : "", b.len);
	}
	buf_free(&b);
	return place(model, dir, name);
}

static void
candidate(struct armset *a, const struct mnn *m, const cJSON *entry,
    const cJSON *build, const void *onnx, size_t n, const char *dir)
{
	struct arm *c = &a->arm[CANDIDATE];
	char *artifact = rootpath("%s", json_string(build, "artifact"));
	struct conversion how = {
	    .mnn = m, .options = json_get(entry, "convert")};

	if (access(artifact, R_OK) < 0)
		err(EX_DATAERR, "%s: the record's build.artifact", artifact);
	if (strcmp(json_string(build, "kind"), "composite") == 0) {
		how.converter = artifact;
		how.transform = json_array(entry, "types")->child->valuestring;
		c->runner = xasprintf("%s/runner", m->dir);
	} else {
		c->runner = xstrdup(artifact);
	}
	c->model =
	    converted(&how, onnx, n, dir, "candidate", &a->refused, &a->log);
	free(artifact);
}

/* a constant input of integers becomes an attribute, as it was once */
static void
intoattribute(cJSON *task, const char *name, int place)
{
	cJSON *inputs = json_array(task, "inputs");
	const cJSON *in = cJSON_GetArrayItem(inputs, place);
	const cJSON *data = json_get(in, "data");
	cJSON *a;

	if (!data)
		return;
	a = cJSON_CreateObject();
	json_set(a, "ints", cJSON_Duplicate(data, 1));
	json_set(json_object(task, "attributes"), name, a);
	cJSON_DeleteItemFromArray(inputs, place);
}

/* parts of a number of outputs become parts of stated lengths */
static void
statelengths(cJSON *task)
{
	cJSON *attributes = json_object(task, "attributes"), *in, *data, *shape;
	const cJSON *outputs = json_array(task, "outputs"), *axis;
	int at;

	if (!json_get(attributes, "num_outputs"))
		return;
	axis = json_at(attributes, "axis.int");
	at = axis ? axis->valueint : 0;
	in = cJSON_CreateObject();
	data = cJSON_CreateArray();
	json_each (o, outputs) {
		shape = json_array(o, "shape");
		cJSON_AddItemToArray(
		    data, cJSON_Duplicate(
			      cJSON_GetArrayItem(shape,
				  at < 0 ? at + cJSON_GetArraySize(shape) : at),
			      1));
	}
	json_set(in, "name", cJSON_CreateString("split"));
	json_set(in, "dtype", cJSON_CreateString("int64"));
	shape = cJSON_CreateArray();
	cJSON_AddItemToArray(
	    shape, cJSON_CreateNumber(cJSON_GetArraySize(data)));
	json_set(in, "shape", shape);
	json_set(in, "constant", cJSON_CreateTrue());
	json_set(in, "data", data);
	cJSON_AddItemToArray(json_array(task, "inputs"), in);
	cJSON_DeleteItemFromObjectCaseSensitive(attributes, "num_outputs");
}

cJSON *
mnn_older(const cJSON *task, const cJSON *engine)
{
	const cJSON *older = json_get(engine_operator(engine, task), "older");
	cJSON *copy = cJSON_Duplicate(task, 1);
	cJSON *attributes;

	if (!older)
		return copy;
	attributes = json_get(copy, "attributes");
	json_each (a, json_get(older, "attributes"))
		if (!json_get(attributes, a->string))
			json_set(attributes, a->string, cJSON_Duplicate(a, 1));
	json_each (i, json_get(older, "inputs"))
		intoattribute(copy, i->string, i->valueint);
	if (json_boolor(older, "lengths", 0))
		statelengths(copy);
	json_set(copy, "opset", cJSON_Duplicate(json_get(older, "opset"), 1));
	return copy;
}

void
arms_mnn(struct armset *a, const cJSON *task, const cJSON *engine,
    const cJSON *build, const char *arch, const char *dir, const void *onnx,
    size_t n)
{
	const struct mnn *m = mnn_open(arch);
	const cJSON *entry = engine_operator(engine, task);
	struct conversion how = {.mnn = m};
	struct arm *native = &a->arm[NATIVE], *c = &a->arm[CANDIDATE];

	native->runner = xasprintf("%s/runner", m->dir);
	native->model = converted(&how, onnx, n, dir, "native", &a->why, NULL);
	if (build) {
		candidate(a, m, entry, build, onnx, n, dir);
	} else {
		c->runner = xstrdup(native->runner);
		c->model = converted(
		    &how, onnx, n, dir, "candidate", &a->refused, &a->log);
	}
	a->facts = mnn_facts(m);
	json_set(a->facts, "name", cJSON_CreateString("mnn"));
}
