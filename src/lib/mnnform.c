#include "mnnform.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "proc.h"

static void
statedefaults(cJSON *task, const cJSON *defaults)
{
	cJSON *attributes = json_object(task, "attributes");

	json_each (a, defaults)
		if (!json_get(attributes, a->string))
			json_set(attributes, a->string, cJSON_Duplicate(a, 1));
}

/* a constant input becomes an attribute, and its place empty */
static void
intoattribute(cJSON *task, const char *name, int place)
{
	cJSON *inputs = json_array(task, "inputs"), *a, *none;
	const cJSON *in = cJSON_GetArrayItem(inputs, place);
	const cJSON *data = json_get(in, "data");

	if (!data)
		return;
	a = cJSON_CreateObject();
	if (strcmp(json_string(in, "dtype"), "float") == 0)
		json_set(a, "float", cJSON_Duplicate(data->child, 1));
	else
		json_set(a, "ints", cJSON_Duplicate(data, 1));
	json_set(json_object(task, "attributes"), name, a);
	none = cJSON_CreateObject();
	json_set(none, "name", cJSON_CreateString(""));
	cJSON_ReplaceItemInArray(inputs, place, none);
}

/* omitted inputs at the end need no place */
static void
trim(cJSON *inputs)
{
	int n = cJSON_GetArraySize(inputs);

	while (
	    n > 0 && !*json_string(cJSON_GetArrayItem(inputs, n - 1), "name"))
		cJSON_DeleteItemFromArray(inputs, --n);
}

static void
intoattributes(cJSON *task, const cJSON *places)
{
	if (!places)
		return;
	json_each (p, places)
		intoattribute(task, p->string, p->valueint);
	trim(json_array(task, "inputs"));
}

/* the length of each output along an axis */
static cJSON *
lengthsof(const cJSON *outputs, int axis)
{
	cJSON *lengths = cJSON_CreateArray(), *shape;

	json_each (o, outputs) {
		shape = json_array(o, "shape");
		cJSON_AddItemToArray(lengths,
		    cJSON_Duplicate(
			cJSON_GetArrayItem(shape,
			    axis < 0 ? axis + cJSON_GetArraySize(shape) : axis),
			1));
	}
	return lengths;
}

/* parts of a number of outputs become parts of stated lengths */
static void
statelengths(cJSON *task)
{
	cJSON *attributes = json_object(task, "attributes"), *in, *shape;
	const cJSON *outputs = json_array(task, "outputs");
	const cJSON *axis = json_at(attributes, "axis.int");

	if (!json_get(attributes, "num_outputs"))
		return;
	in = cJSON_CreateObject();
	shape = cJSON_CreateArray();
	cJSON_AddItemToArray(
	    shape, cJSON_CreateNumber(cJSON_GetArraySize(outputs)));
	json_set(in, "name", cJSON_CreateString("split"));
	json_set(in, "dtype", cJSON_CreateString("int64"));
	json_set(in, "shape", shape);
	json_set(in, "constant", cJSON_CreateTrue());
	json_set(in, "data", lengthsof(outputs, axis ? axis->valueint : 0));
	cJSON_AddItemToArray(json_array(task, "inputs"), in);
	cJSON_DeleteItemFromObjectCaseSensitive(attributes, "num_outputs");
}

static void
widen(cJSON *values, const cJSON *dtypes)
{
	const char *wider;

	json_each (v, values) {
		wider =
		    *json_string(v, "name")
			? json_stringor(dtypes, json_string(v, "dtype"), NULL)
			: NULL;
		if (wider)
			json_set(v, "dtype", cJSON_CreateString(wider));
	}
}

static void
putfirst(cJSON *attributes, const char *name)
{
	cJSON *a = cJSON_DetachItemFromObjectCaseSensitive(attributes, name);

	if (a)
		cJSON_InsertItemInArray(attributes, 0, a);
}

cJSON *
mnnform(const cJSON *task, const cJSON *form)
{
	cJSON *t = cJSON_Duplicate(task, 1);

	if (!form)
		return t;
	intoattributes(t, json_get(form, "inputs"));
	statedefaults(t, json_get(form, "attributes"));
	if (json_boolor(form, "lengths", 0))
		statelengths(t);
	if (json_get(form, "dtypes")) {
		widen(json_array(t, "inputs"), json_get(form, "dtypes"));
		widen(json_array(t, "outputs"), json_get(form, "dtypes"));
	}
	if (json_get(form, "first"))
		putfirst(
		    json_object(t, "attributes"), json_string(form, "first"));
	if (json_get(form, "opset"))
		json_set(
		    t, "opset", cJSON_Duplicate(json_get(form, "opset"), 1));
	return t;
}

cJSON *
mnnform_composed(const cJSON *task)
{
	char *program = rootpath("mk/engines/mnn-composed.jq");
	const char *argv[] = {"jq", "-cf", program, NULL};
	cJSON *record = cJSON_CreateObject(), *of;
	struct proc p = {.argv = argv, .maxoutput = 1 << 20, .seconds = 60};
	struct procresult r;
	char *text;

	cJSON_AddItemReferenceToObject(record, "task", (cJSON *)task);
	text = json_print(record);
	p.input = text;
	p.inputlen = strlen(text);
	if (proc_run(&p, &r) < 0)
		err(EX_UNAVAILABLE, "jq");
	of = r.status == 0 ? cJSON_Parse(r.out.data) : NULL;
	if (!of)
		errx(EX_SOFTWARE, "%s: %.*s", program,
		    (int)strcspn(r.out.data ? r.out.data : "", "\n"),
		    r.out.data ? r.out.data : "");
	buf_free(&r.out);
	cJSON_Delete(record);
	free(program);
	free(text);
	return of;
}
