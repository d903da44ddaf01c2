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

/* what the converter said that speaks of an error, else its last line */
static char *
gist(const struct buf *log)
{
	const char *p, *last = "", *end;

	for (p = log->data; p && *p; p = *end ? end + 1 : end) {
		end = p + strcspn(p, "\n");
		if (end == p)
			continue;
		last = p;
		if (strncmp(p, "mkbench:", 8) == 0 ||
		    strstr(p, "Not Support") || strstr(p, "[ERROR]"))
			break;
	}
	/* the converter puts time and line before its messages */
	if (*last == '[' && (p = strchr(last, ']')) && (p = strchr(p, ' ')) &&
	    strncmp(p, " :", 2) == 0 && (p = strchr(p + 1, ' ')))
		last = p + 1;
	return xstrndup(last, strcspn(last, "\n"));
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
