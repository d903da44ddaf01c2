#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "arms.h"
#include "mnnarms.h"
#include "onnxbuild.h"
#include "ortapi.h"

#define DOMAIN "mkbench"

const char *arms_planted;

/* the task as ONNX, in a domain of its own if there is one to name */
static uint8_t *
onnx(const cJSON *task, const char *domain, size_t *n)
{
	cJSON *copy = cJSON_Duplicate(task, 1);
	struct arena a = {0};
	Onnx__ModelProto *m = onnxbuild(&a, &copy, 1);
	uint8_t *data;

	if (domain)
		onnxbuild_domain(&a, m, domain);
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
	uint8_t *data = onnx(task, domain, &n);

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

static void
mnn(struct armset *a, const cJSON *task, const cJSON *engine,
    const cJSON *build, const char *arch, const char *dir)
{
	cJSON *older = mnn_older(task, engine);
	size_t n;
	uint8_t *data = onnx(older, NULL, &n);

	arms_mnn(a, task, engine, build, arch, dir, data, n);
	free(data);
	cJSON_Delete(older);
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
	if (strcmp(json_stringor(engine, "recipe", ""), "mnn") == 0)
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
