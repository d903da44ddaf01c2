#include <err.h>
#include <string.h>

#include "engine.h"
#include "stage.h"

/* files read so far: engines and their operator maps, few and for good */
struct file {
	struct file *next;
	char *name;
	cJSON *json;
};

static const cJSON *
load(const char *what, const char *name)
{
	static struct file *files;
	struct json_place place = json_saveplace();
	struct file *f;

	for (f = files; f; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f->json;
	f = xmalloc(sizeof(*f));
	f->name = xstrdup(name);
	f->json = stage_config(what, "mk/engines", name);
	f->next = files;
	files = f;
	json_restoreplace(place);
	return f->json;
}

const cJSON *
engine_load(const char *name)
{
	if (strchr(name, '/') || strchr(name, '.'))
		errx(EX_UNAVAILABLE, "no engine '%s'; there are: %s", name,
		    listnames("mk/engines", ".json"));
	return load("engine", name);
}

const cJSON *
engine_operator(const cJSON *engine, const char *op)
{
	const char *map = json_stringor(engine, "operators", NULL);
	char *path;

	if (!map)
		return NULL;
	path = rootpath("mk/engines/maps/%s", map);
	return json_get(
	    json_object(load("operator map", path), "operators"), op);
}

const char *
engine_kindname(const cJSON *engine, const char *op)
{
	const cJSON *entry = engine_operator(engine, op);

	return entry ? json_stringor(entry, "kind", "default") : "default";
}

const cJSON *
engine_kind(const cJSON *engine, const char *op)
{
	const char *kind = engine_kindname(engine, op);
	const cJSON *k = json_get(json_object(engine, "kinds"), kind);

	if (!k)
		errx(EX_DATAERR, "engine '%s': no kind '%s' (operator '%s')",
		    json_string(engine, "name"), kind, op);
	return k;
}
