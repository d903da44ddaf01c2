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
converted(const struct conversion *c, const struct onnxbytes *onnx,
    const char *dir, const char *name, char **why, char **log)
{
	struct buf b = {0};
	char *model = mnn_convert(c, onnx->data, onnx->n, &b), *g;

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

/* a model without the operator says nothing of the candidate */
static void
musthold(struct armset *a, const struct mnn *m, const cJSON *types)
{
	if (a->refused || mnn_holds(m, a->arm[CANDIDATE].model, types))
		return;
	a->refused = xasprintf("the converted model holds no %s that the "
			       "candidate could be",
	    types->child->valuestring);
	a->log = xstrdup("");
}

static void
candidate(struct armset *a, const struct mnn *m, const cJSON *entry,
    const cJSON *build, const struct onnxbytes *onnx, const char *dir)
{
	struct arm *c = &a->arm[CANDIDATE];
	char *artifact = rootpath("%s", json_string(build, "artifact"));
	const cJSON *types = json_array(entry, "types");
	struct conversion how = {
	    .mnn = m, .options = json_get(entry, "convert")};
	int composite = strcmp(json_string(build, "kind"), "composite") == 0;

	if (access(artifact, R_OK) < 0)
		err(EX_DATAERR, "%s: the record's build.artifact", artifact);
	if (composite) {
		how.converter = artifact;
		how.transform = types->child->valuestring;
		c->runner = xasprintf("%s/runner", m->dir);
	} else {
		c->runner = xstrdup(artifact);
	}
	c->model =
	    converted(&how, onnx, dir, "candidate", &a->refused, &a->log);
	if (!composite)
		musthold(a, m, types);
	free(artifact);
}

void
arms_mnn(struct armset *a, const cJSON *task, const cJSON *engine,
    const cJSON *build, const char *arch, const char *dir,
    const struct onnxbytes *native, const struct onnxbytes *other)
{
	const struct mnn *m = mnn_open(arch);
	const cJSON *entry = engine_operator(engine, task);
	struct conversion how = {
	    .mnn = m, .options = json_get(entry, "convertnative")};
	struct arm *n = &a->arm[NATIVE], *c = &a->arm[CANDIDATE];

	n->runner = xasprintf("%s/runner", m->dir);
	n->model = converted(&how, native, dir, "native", &a->why, NULL);
	if (build) {
		candidate(a, m, entry, build, other, dir);
	} else {
		c->runner = xstrdup(n->runner);
		c->model = converted(
		    &how, native, dir, "candidate", &a->refused, &a->log);
	}
	a->facts = mnn_facts(m);
	json_set(a->facts, "name", cJSON_CreateString("mnn"));
}
