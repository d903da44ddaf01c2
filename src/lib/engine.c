#include <err.h>
#include <stdlib.h>
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

/* an entry with what it says of one task laid over it, made once */
static const cJSON *
overlaid(const cJSON *entry, const cJSON *over, const char *name)
{
	static struct overlay {
		struct overlay *next;
		const cJSON *entry;
		char *name;
		cJSON *json;
	} * all;
	struct overlay *o;

	for (o = all; o; o = o->next)
		if (o->entry == entry && strcmp(o->name, name) == 0)
			return o->json;
	o = xmalloc(sizeof(*o));
	o->entry = entry;
	o->name = xstrdup(name);
	o->json = cJSON_Duplicate(entry, 1);
	cJSON_DeleteItemFromObjectCaseSensitive(o->json, "tasks");
	json_each (m, over)
		json_set(o->json, m->string, cJSON_Duplicate(m, 1));
	o->next = all;
	all = o;
	return o->json;
}

const cJSON *
engine_operator(const cJSON *engine, const cJSON *task)
{
	const char *map = json_stringor(engine, "operators", NULL);
	const char *op = json_string(task, "op");
	const char *name = json_stringor(task, "name", "");
	const cJSON *entry, *over;
	char *path;

	if (!map)
		return NULL;
	path = rootpath("mk/engines/maps/%s", map);
	entry =
	    json_get(json_object(load("operator map", path), "operators"), op);
	free(path);
	over = json_get(json_get(entry, "tasks"), name);
	return over ? overlaid(entry, over, name) : entry;
}

const char *
engine_kindname(const cJSON *engine, const cJSON *task)
{
	const cJSON *entry = engine_operator(engine, task);

	return entry ? json_stringor(entry, "kind", "default") : "default";
}

const cJSON *
engine_kind(const cJSON *engine, const cJSON *task)
{
	const char *kind = engine_kindname(engine, task);
	const cJSON *k = json_get(json_object(engine, "kinds"), kind);

	if (!k)
		errx(EX_DATAERR, "engine '%s': no kind '%s' (operator '%s')",
		    json_string(engine, "name"), kind, json_string(task, "op"));
	return k;
}
