#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"

#define OPERATORS 12 /* that are shown */

static void say(cJSON *list, const char *fmt, ...) PRINTF(2, 3);

static void
say(cJSON *list, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	cJSON_AddItemToArray(list, json_text(b.data, b.len));
	buf_free(&b);
}

/* the node without what only the judge needs */
static cJSON *
node(const cJSON *task)
{
	static const char *const keys[] = {"op", "opset", "attributes"};
	static const char *const lists[] = {"inputs", "outputs"};
	static const char *const tensor[] = {
	    "name", "dtype", "shape", "constant", "data"};
	cJSON *o = cJSON_CreateObject(), *list, *t;
	const cJSON *v;
	size_t i, k;

	for (i = 0; i < LEN(keys); i++)
		if ((v = json_get(task, keys[i])))
			json_set(o, keys[i], cJSON_Duplicate(v, 1));
	for (i = 0; i < LEN(lists); i++) {
		list = cJSON_CreateArray();
		json_each (e, json_get(task, lists[i])) {
			t = cJSON_CreateObject();
			for (k = 0; k < LEN(tensor); k++)
				if ((v = json_get(e, tensor[k])))
					json_set(t, tensor[k],
					    cJSON_Duplicate(v, 1));
			cJSON_AddItemToArray(list, t);
		}
		json_set(o, lists[i], list);
	}
	return o;
}

static int
is(const cJSON *op, const char *type)
{
	return strcmp(json_stringor(op, "type", ""), type) == 0;
}

/* the tensors of these indexes by name */
static cJSON *
named(const cJSON *indexes, const cJSON *names)
{
	cJSON *list = cJSON_CreateArray();
	const cJSON *name;

	json_each (i, indexes) {
		name = cJSON_GetArrayItem(names, i->valueint);
		cJSON_AddItemToArray(
		    list, cJSON_CreateString(
			      cJSON_IsString(name) ? name->valuestring : "?"));
	}
	return list;
}

static cJSON *
operator(const cJSON *op, const cJSON *names)
{
	cJSON *o = cJSON_CreateObject();
	const cJSON *main = json_get(op, "main");

	json_set(o, "type", cJSON_CreateString(json_stringor(op, "type", "?")));
	json_set(o, "parameters",
	    main ? cJSON_Duplicate(main, 1) : cJSON_CreateObject());
	json_set(o, "inputs", named(json_get(op, "inputIndexes"), names));
	json_set(o, "outputs", named(json_get(op, "outputIndexes"), names));
	return o;
}

/* the converter's operators, of which only these are computed when it runs */
static cJSON *
operators(const cJSON *model)
{
	const cJSON *names = json_get(model, "tensorName");
	cJSON *list = cJSON_CreateArray();

	json_each (op, json_get(model, "oplists"))
		if (!is(op, "Input") && !is(op, "Const") &&
		    cJSON_GetArraySize(list) < OPERATORS)
			cJSON_AddItemToArray(list, operator(op, names));
	return list;
}

/* are two values the same, however they are written? */
static int
samevalue(const cJSON *a, const cJSON *b)
{
	const cJSON *x, *y;

	if (cJSON_IsBool(b) && cJSON_IsNumber(a))
		return (a->valuedouble != 0) == cJSON_IsTrue(b);
	if (cJSON_IsNumber(a) && cJSON_IsNumber(b))
		return fabs(a->valuedouble - b->valuedouble) <=
		       1e-6 * fabs(a->valuedouble);
	if (cJSON_IsArray(a) && cJSON_IsArray(b)) {
		for (x = a->child, y = b->child; x && y;
		     x = x->next, y = y->next)
			if (!samevalue(x, y))
				return 0;
		return !x && !y;
	}
	if (cJSON_IsArray(b) && cJSON_GetArraySize(b) == 1)
		return samevalue(a, b->child);
	return cJSON_IsString(a) && cJSON_IsString(b) &&
	       strcasecmp(a->valuestring, b->valuestring) == 0;
}

/* the parameter that has this value, by its name; a name that is the same goes
   before others */
static const char *
holder(const cJSON *ops, const char *name, const cJSON *value)
{
	const char *found = NULL;

	json_each (op, ops)
		json_each (kind, json_get(op, "parameters"))
			json_each (p, kind) {
				if (!samevalue(value, p))
					continue;
				if (strcasecmp(p->string, name) == 0)
					return p->string;
				if (!found)
					found = p->string;
			}
	return found;
}

/* 0, 1 and the like: many parameters have it by accident */
static int
common(const cJSON *value)
{
	return cJSON_IsNumber(value) && fabs(value->valuedouble) <= 1 &&
	       value->valuedouble == trunc(value->valuedouble);
}

static void
attributes(cJSON *out, const cJSON *task, const cJSON *ops)
{
	const char *where;
	char *text;

	json_each (a, json_get(task, "attributes")) {
		if (!a->child)
			continue;
		where = holder(ops, a->string, a->child);
		text = json_print(a->child);
		if (!where)
			say(out,
			    "attribute %s = %.200s is in no parameter of the "
			    "engine's operators",
			    a->string, text);
		else if (strcasecmp(where, a->string) != 0 && !common(a->child))
			say(out,
			    "attribute %s = %.200s: the parameter %s has this "
			    "value",
			    a->string, text, where);
		free(text);
	}
}

static void
inputs(cJSON *out, const cJSON *task, const cJSON *ops)
{
	const cJSON *data;
	const char *where;
	int used;

	json_each (in, json_get(task, "inputs")) {
		const char *name = json_stringor(in, "name", "");

		used = 0;
		json_each (op, ops)
			json_each (i, json_get(op, "inputs"))
				used |= strcmp(i->valuestring, name) == 0;
		if (used || !*name)
			continue;
		data = json_get(in, "data");
		where = data ? holder(ops, name, data) : NULL;
		if (where)
			say(out, "input %s is the parameter %s", name, where);
		else
			say(out,
			    "input %s is no input of the engine's "
			    "operators",
			    name);
	}
}

static void
dtypes(cJSON *out, const cJSON *list, const char *what)
{
	json_each (t, list) {
		const char *dtype = json_stringor(t, "dtype", "");
		const char *name = json_stringor(t, "name", "");

		if (!json_get(t, "constant") &&
		    (strcmp(dtype, "int64") == 0 || strcmp(dtype, "bool") == 0))
			say(out, "%s %s is %s in ONNX, int32 in the engine",
			    what, name, dtype);
	}
}

static void
types(cJSON *out, const cJSON *task, const cJSON *ops)
{
	const char *op = json_stringor(task, "op", "");
	int n = cJSON_GetArraySize(ops);
	struct buf b = {0};

	json_each (o, ops)
		buf_addf(&b, "%s%s", b.len ? ", " : "", json_string(o, "type"));
	if (n != 1)
		say(out, "the one node %s becomes %d operators: %s", op, n,
		    n ? b.data : "none");
	else if (strcmp(b.data, op) != 0)
		say(out, "the node %s becomes the operator %s", op, b.data);
	buf_free(&b);
}

cJSON *
beside(const cJSON *task, const cJSON *model)
{
	cJSON *o = cJSON_CreateObject(), *out = cJSON_CreateArray();
	cJSON *ops = operators(model);

	json_set(o, "onnx", node(task));
	json_set(o, "engine", ops);
	types(out, task, ops);
	attributes(out, task, ops);
	inputs(out, task, ops);
	dtypes(out, json_get(task, "inputs"), "input");
	dtypes(out, json_get(task, "outputs"), "output");
	json_set(o, "differences", out);
	return o;
}
