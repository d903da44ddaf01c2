#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "arms.h"
#include "engine.h"
#include "mnn.h"
#include "mnnarms.h"
#include "mnnform.h"
#include "onnxbuild.h"
#include "ortapi.h"

#define DOMAIN "mkbench"

const char *arms_planted;

/* the task as ONNX, in a domain of its own if there is one to name, or as other
   nodes if there are any */
static uint8_t *
onnx(const cJSON *task, const char *domain, const cJSON *instead, size_t *n)
{
	cJSON *copy = cJSON_Duplicate(task, 1);
	struct arena a = {0};
	Onnx__ModelProto *m = onnxbuild(&a, &copy, 1);
	uint8_t *data;

	if (domain)
		onnxbuild_domain(&a, m, domain);
	if (instead)
		onnxbuild_instead(&a, m, instead);
	*n = onnx__model_proto__get_packed_size(m);
	data = xmalloc(*n);
	onnx__model_proto__pack(m, data);
	arena_free(&a);
	cJSON_Delete(copy);
	return data;
}

static char *
model(const cJSON *task, const char *domain, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s.onnx", dir, name);
	size_t n;
	uint8_t *data = onnx(task, domain, NULL, &n);

	if (writefile(path, data, n, 0) < 0)
		err(EX_IOERR, "%s", path);
	free(data);
	return path;
}

static char *
runner(const char *arch, const char *name)
{
	char *path = rootpath("build/arch/%s/%s", arch, name);

	if (access(path, X_OK) < 0)
		err(EX_UNAVAILABLE, "%s (make device-%s)", path, arch);
	return path;
}

static void
ort(struct armset *a, const cJSON *task, const cJSON *engine,
    const cJSON *build, const char *arch, const char *dir)
{
	const char *name = json_string(engine, "runner");
	struct arm *n = &a->arm[NATIVE], *c = &a->arm[CANDIDATE];

	n->runner = runner(arch, name);
	n->model = model(task, NULL, dir, "native");
	c->runner = runner(arch, arms_planted ? "runner-planted" : name);
	c->model = model(task, build ? DOMAIN : NULL, dir, "candidate");
	if (arms_planted)
		c->candidate = xstrdup(arms_planted);
	if (build) {
		c->candidate = rootpath("%s", json_string(build, "artifact"));
		if (access(c->candidate, R_OK) < 0)
			err(EX_DATAERR, "%s: the record's build.artifact",
			    c->candidate);
	}
	a->direct = 1;
	a->facts = cJSON_CreateObject();
	json_set(a->facts, "name", cJSON_CreateString("ort"));
	json_set(a->facts, "version", cJSON_CreateString(ort_version()));
}

static int
converts(const cJSON *engine)
{
	return strcmp(json_stringor(engine, "recipe", ""), "mnn") == 0;
}

char *
arms_converted(const cJSON *task, const cJSON *engine, const char *arch)
{
	const cJSON *entry = engine_operator(engine, task);
	struct conversion how = {0};
	struct buf log = {0};
	cJSON *form, *nodes;
	uint8_t *data;
	char *path;
	size_t n;

	if (!converts(engine))
		return NULL;
	how.mnn = mnn_open(arch);
	form = mnnform(task, json_get(entry, "form"));
	nodes = json_get(entry, "composed") ? mnnform_composed(form) : NULL;
	data = onnx(form, NULL, nodes, &n);
	path = mnn_convert(&how, data, n, &log);
	buf_free(&log);
	free(data);
	cJSON_Delete(nodes);
	cJSON_Delete(form);
	return path;
}

static void
mnn(struct armset *a, const cJSON *task, const cJSON *engine,
    const cJSON *build, const char *arch, const char *dir)
{
	const cJSON *entry = engine_operator(engine, task);
	const char *composed = json_stringor(entry, "composed", NULL);
	cJSON *form = mnnform(task, json_get(entry, "form"));
	cJSON *nodes = composed ? mnnform_composed(form) : NULL;
	int both = composed && strcmp(composed, "both") == 0;
	struct onnxbytes n, c;

	n.data = onnx(form, NULL, nodes, &n.n);
	c.data = onnx(form, NULL, both ? nodes : NULL, &c.n);
	arms_mnn(a, task, engine, build, arch, dir, &n, &c);
	if (composed)
		json_set(a->facts, "composed", cJSON_CreateString(composed));
	free(n.data);
	free(c.data);
	cJSON_Delete(nodes);
	cJSON_Delete(form);
}

void
arms_open(struct armset *a, const cJSON *task, const cJSON *engine,
    const cJSON *build, const char *arch, const char *dir)
{
	struct utsname u;

	memset(a, 0, sizeof(*a));
	uname(&u);
	if (strcmp(arch, "native") == 0)
		arch = u.machine;
	a->arm[NATIVE].name = "native";
	a->arm[CANDIDATE].name = "candidate";
	if (converts(engine))
		mnn(a, task, engine, build, arch, dir);
	else
		ort(a, task, engine, build, arch, dir);
}

void
arms_close(struct armset *a)
{
	int i;

	for (i = 0; i < ARMS; i++) {
		if (a->arm[i].model)
			unlink(a->arm[i].model);
		free(a->arm[i].runner);
		free(a->arm[i].model);
		free(a->arm[i].candidate);
	}
	free(a->why);
	free(a->refused);
	free(a->log);
	cJSON_Delete(a->facts);
}
