#include <err.h>
#include <string.h>

#include "map.h"
#include "onnxbuild.h"
#include "onnxtensor.h"

#define PUT(a, m, list, item)                                                  \
	((m)->list = arena_grow(a, (m)->list, (m)->n_##list, sizeof(item)),    \
	    (m)->list[(m)->n_##list++] = (item))

static Onnx__TensorShapeProto *
shape(struct arena *a, const cJSON *list)
{
	Onnx__TensorShapeProto *s =
	    pb_new(a, &onnx__tensor_shape_proto__descriptor);
	Onnx__TensorShapeProto__Dimension *d;

	if (!cJSON_IsArray(list))
		json_bad(list, "not an array");
	json_each (node, list) {
		d = pb_new(a, &onnx__tensor_shape_proto__dimension__descriptor);
		if (cJSON_IsString(node)) {
			d->value_case =
			    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
			d->dim_param = arena_str(a, node->valuestring);
		} else if (!cJSON_IsNull(node)) {
			d->value_case =
			    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
			d->dim_value =
			    json_intvalue(node, 0, (long long)JSON_INT);
		}
		PUT(a, s, dim, d);
	}
	return s;
}

static Onnx__TypeProto *
tensortype(struct arena *a, const cJSON *entry)
{
	Onnx__TypeProto__Tensor *t =
	    pb_new(a, &onnx__type_proto__tensor__descriptor);
	Onnx__TypeProto *type = pb_new(a, &onnx__type_proto__descriptor);

	t->has_elem_type = 1;
	t->elem_type = tensor_dtype(entry);
	if (json_get(entry, "shape"))
		t->shape = shape(a, json_get(entry, "shape"));
	type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
	type->tensor_type = t;
	return type;
}

Onnx__ValueInfoProto *
onnxbuild_value(struct arena *a, const cJSON *entry)
{
	const cJSON *info = json_get(entry, "info");
	const cJSON *type = json_get(entry, "type");
	Onnx__ValueInfoProto *v;

	if (info)
		return pb_fromjson(
		    a, &onnx__value_info_proto__descriptor, info);
	v = pb_new(a, &onnx__value_info_proto__descriptor);
	v->name = arena_str(a, json_string(entry, "name"));
	if (type)
		v->type = pb_fromjson(a, &onnx__type_proto__descriptor, type);
	else if (json_get(entry, "dtype"))
		v->type = tensortype(a, entry);
	return v;
}

static Onnx__SparseTensorProto *
sparse(struct arena *a, const cJSON *node)
{
	const cJSON *rest = json_get(node, "rest");
	Onnx__SparseTensorProto *s =
	    rest ? pb_fromjson(a, &onnx__sparse_tensor_proto__descriptor, rest)
		 : pb_new(a, &onnx__sparse_tensor_proto__descriptor);
	int64_t *dims = NULL;
	int n = tensor_shape(a, node, &dims);

	s->n_dims = n > 0 ? (size_t)n : 0;
	s->dims = dims;
	if (json_get(node, "values"))
		s->values = tensor_build(a, json_object(node, "values"),
		    json_stringor(json_get(node, "values"), "name", NULL),
		    NULL);
	if (json_get(node, "indices"))
		s->indices = tensor_build(a, json_object(node, "indices"),
		    json_stringor(json_get(node, "indices"), "name", NULL),
		    NULL);
	return s;
}

static Onnx__TensorProto *
namedtensor(struct arena *a, const cJSON *node)
{
	return tensor_build(a, node, json_stringor(node, "name", NULL), "");
}

static void
scalar(struct arena *a, Onnx__AttributeProto *p, const cJSON *v)
{
	switch (p->type) {
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
		p->has_f = 1;
		p->f = (float)json_realvalue(v);
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
		p->has_i = 1;
		p->i = json_i64value(v);
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
		p->has_s = 1;
		p->s = json_bytesvalue(a, v);
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
		p->t = namedtensor(a, v);
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH:
		p->g = onnxbuild_graph(a, v);
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSOR:
		p->sparse_tensor = sparse(a, v);
		break;
	default:
		p->tp = pb_fromjson(a, &onnx__type_proto__descriptor, v);
		break;
	}
}

/* one element of a list; returns 0 if the type is no list */
static int
element(struct arena *a, Onnx__AttributeProto *p, const cJSON *v)
{
	switch (p->type) {
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
		PUT(a, p, floats, (float)json_realvalue(v));
		return 1;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
		PUT(a, p, ints, json_i64value(v));
		return 1;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
		PUT(a, p, strings, json_bytesvalue(a, v));
		return 1;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS:
		PUT(a, p, tensors, namedtensor(a, v));
		return 1;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS:
		PUT(a, p, graphs, onnxbuild_graph(a, v));
		return 1;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSORS:
		PUT(a, p, sparse_tensors, sparse(a, v));
		return 1;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTOS:
		PUT(a, p, type_protos,
		    (Onnx__TypeProto *)pb_fromjson(
			a, &onnx__type_proto__descriptor, v));
		return 1;
	default: return 0;
	}
}

static int
islist(int type)
{
	switch (type) {
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS:
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS:
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSORS:
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTOS: return 1;
	default: return 0;
	}
}

static Onnx__AttributeProto__AttributeType
attributetype(const cJSON *v)
{
	static const char *const names[] = {"", "float", "int", "string",
	    "tensor", "graph", "floats", "ints", "strings", "tensors", "graphs",
	    "sparse_tensor", "sparse_tensors", "type_proto", "type_protos"};
	size_t i;

	for (i = 1; i < LEN(names); i++)
		if (strcmp(names[i], v->string) == 0)
			return (Onnx__AttributeProto__AttributeType)i;
	json_bad(v, "no attribute type of ONNX");
}

Onnx__AttributeProto *
onnxbuild_attribute(struct arena *a, const cJSON *attribute)
{
	const cJSON *rest = json_get(attribute, "rest");
	Onnx__AttributeProto *p =
	    rest ? pb_fromjson(a, &onnx__attribute_proto__descriptor, rest)
		 : pb_new(a, &onnx__attribute_proto__descriptor);
	const cJSON *v = attribute->child;

	if (!cJSON_IsObject(attribute) || !v)
		json_bad(attribute, "not an object of one key, the type");
	for (const cJSON *e = v->next; e; e = e->next)
		if (strcmp(e->string, "rest") != 0 &&
		    strcmp(e->string, "untyped") != 0)
			json_bad(e, "a second key of an attribute");
	p->name = arena_str(a, attribute->string);
	p->type = attributetype(v);
	if (!islist(p->type) && !cJSON_IsNull(v))
		scalar(a, p, v);
	if (islist(p->type) && !cJSON_IsArray(v))
		json_bad(v, "not an array");
	if (islist(p->type))
		json_each (e, v)
			element(a, p, e);
	p->has_type = !json_boolor(attribute, "untyped", 0);
	return p;
}

static void
nodebody(struct arena *a, Onnx__NodeProto *p, const cJSON *node)
{
	const cJSON *attributes = json_get(node, "attributes");

	p->op_type = arena_str(a, json_string(node, "op"));
	if (attributes && !cJSON_IsObject(attributes))
		json_bad(attributes, "not an object");
	json_each (e, json_array(node, "inputs"))
		PUT(a, p, input, arena_str(a, json_string(e, "name")));
	json_each (e, json_array(node, "outputs"))
		PUT(a, p, output, arena_str(a, json_string(e, "name")));
	json_each (e, attributes)
		PUT(a, p, attribute, onnxbuild_attribute(a, e));
}

/* set from key, where null means that the node states none */
static void
overrule(struct arena *a, char **field, const cJSON *object, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);

	if (cJSON_IsNull(v))
		*field = NULL;
	else if (v)
		*field = arena_str(a, json_string(object, key));
}

static Onnx__NodeProto *
newnode(struct arena *a, const cJSON *rest)
{
	return rest ? pb_fromjson(a, &onnx__node_proto__descriptor, rest)
		    : pb_new(a, &onnx__node_proto__descriptor);
}

Onnx__NodeProto *
onnxbuild_node(struct arena *a, const cJSON *task)
{
	const char *domain = json_stringor(task, "domain", "");
	const cJSON *model = json_get(task, "model");
	Onnx__NodeProto *p = newnode(a, json_get(model, "rest"));

	nodebody(a, p, task);
	p->name = arena_str(a, json_string(task, "name"));
	if (*domain)
		p->domain = arena_str(a, domain);
	overrule(a, &p->name, model, "name");
	overrule(a, &p->domain, model, "domain");
	overrule(a, &p->doc_string, model, "doc_string");
	return p;
}

Onnx__NodeProto *
onnxbuild_subnode(struct arena *a, const cJSON *node)
{
	Onnx__NodeProto *p = newnode(a, json_get(node, "rest"));

	nodebody(a, p, node);
	overrule(a, &p->name, node, "name");
	overrule(a, &p->domain, node, "domain");
	overrule(a, &p->doc_string, node, "doc_string");
	return p;
}

static const cJSON *
listor(const cJSON *object, const char *key)
{
	return json_get(object, key) ? json_array(object, key) : NULL;
}

Onnx__GraphProto *
onnxbuild_graph(struct arena *a, const cJSON *graph)
{
	const cJSON *rest = json_get(graph, "rest");
	Onnx__GraphProto *g =
	    rest ? pb_fromjson(a, &onnx__graph_proto__descriptor, rest)
		 : pb_new(a, &onnx__graph_proto__descriptor);

	overrule(a, &g->name, graph, "name");
	json_each (e, json_array(graph, "nodes"))
		PUT(a, g, node, onnxbuild_subnode(a, e));
	json_each (e, listor(graph, "inputs"))
		PUT(a, g, input, onnxbuild_value(a, e));
	json_each (e, listor(graph, "outputs"))
		PUT(a, g, output, onnxbuild_value(a, e));
	json_each (e, listor(graph, "initializers"))
		PUT(a, g, initializer, namedtensor(a, e));
	json_each (e, listor(graph, "value_info"))
		PUT(a, g, value_info, onnxbuild_value(a, e));
	return g;
}

/* the whole model */

static Onnx__OperatorSetIdProto *
opset(struct arena *a, const char *domain, int64_t version)
{
	Onnx__OperatorSetIdProto *p =
	    pb_new(a, &onnx__operator_set_id_proto__descriptor);

	p->domain = arena_str(a, domain);
	p->has_version = 1;
	p->version = version;
	return p;
}

static int
isconstant(const cJSON *entry)
{
	return json_boolor(entry, "constant", 0);
}

static Onnx__ModelProto *
plain(struct arena *a, const cJSON *task)
{
	Onnx__ModelProto *m = pb_new(a, &onnx__model_proto__descriptor);
	Onnx__GraphProto *g = pb_new(a, &onnx__graph_proto__descriptor);
	const char *task_name = json_string(task, "name"), *name;
	struct map seen = {0};

	m->has_ir_version = 1;
	m->ir_version = ONNX_IR;
	m->producer_name = arena_str(a, "mkbench");
	PUT(a, m, opset_import,
	    opset(a, json_stringor(task, "domain", ""),
		json_int(task, "opset", 1, INT32_MAX)));
	m->graph = g;
	g->name = arena_str(a, task_name);
	PUT(a, g, node, onnxbuild_node(a, task));
	json_each (e, json_array(task, "inputs")) {
		name = json_string(e, "name");
		if (!*name || map_has(&seen, name))
			continue;
		*map_at(&seen, name) = e;
		if (isconstant(e))
			PUT(a, g, initializer,
			    tensor_build(a, e, name, task_name));
		else
			PUT(a, g, input, onnxbuild_value(a, e));
	}
	json_each (e, json_array(task, "outputs"))
		if (*json_string(e, "name"))
			PUT(a, g, output, onnxbuild_value(a, e));
	map_free(&seen);
	return m;
}

/* all entries of all tasks by name; one that says more wins */
static void
collect(struct map *values, cJSON *const *tasks, size_t n)
{
	static const char *const keys[] = {"inputs", "outputs"};
	size_t i, k;
	void **slot;

	for (i = 0; i < n; i++) {
		for (k = 0; k < LEN(keys); k++) {
			json_each (e, json_array(tasks[i], keys[k])) {
				slot = map_at(values, json_string(e, "name"));
				if (!*slot || isconstant(e))
					*slot = e;
			}
		}
	}
}

/* an entry of a list of task.model: a name that the records describe, or all
   that there is to say */
static const cJSON *
described(const struct map *values, const cJSON *entry)
{
	const cJSON *e;

	if (!cJSON_IsString(entry))
		return entry;
	e = map_get(values, entry->valuestring);
	if (!e)
		json_bad(entry, "no input or output of this name");
	return e;
}

static Onnx__ModelProto *
exact(struct arena *a, cJSON *const *tasks, size_t n, const cJSON *stated)
{
	static const char *const lists[] = {
	    "input", "output", "value_info", "initializer"};
	cJSON *of = cJSON_Duplicate(stated, 1), *graph, *keep[LEN(lists)];
	const char *task_name = json_string(tasks[0], "name");
	struct map values = {0};
	Onnx__GraphProto *g;
	Onnx__ModelProto *m;
	size_t i;

	if (!(graph = json_get(of, "graph")) || !cJSON_IsObject(graph))
		json_bad(stated, "no object 'graph'");
	for (i = 0; i < LEN(lists); i++) {
		listor(json_get(stated, "graph"), lists[i]);
		keep[i] =
		    cJSON_DetachItemFromObjectCaseSensitive(graph, lists[i]);
	}
	m = pb_fromjson(a, &onnx__model_proto__descriptor, of);
	g = m->graph;
	collect(&values, tasks, n);
	for (i = 0; i < n; i++)
		PUT(a, g, node, onnxbuild_node(a, tasks[i]));
	json_each (e, keep[0])
		PUT(a, g, input, onnxbuild_value(a, described(&values, e)));
	json_each (e, keep[1])
		PUT(a, g, output, onnxbuild_value(a, described(&values, e)));
	json_each (e, keep[2])
		PUT(a, g, value_info,
		    onnxbuild_value(a, described(&values, e)));
	json_each (e, keep[3]) {
		const cJSON *t = described(&values, e);

		PUT(a, g, initializer,
		    tensor_build(a, t, json_string(t, "name"), task_name));
	}
	for (i = 0; i < LEN(lists); i++)
		cJSON_Delete(keep[i]);
	cJSON_Delete(of);
	map_free(&values);
	return m;
}

Onnx__ModelProto *
onnxbuild(struct arena *a, cJSON *const *tasks, size_t n)
{
	const cJSON *model = json_get(tasks[0], "model");
	const cJSON *of = json_get(model, "of");
	size_t i, want = (size_t)json_intor(model, "nodes", 1, INT32_MAX, 1);

	if (n == 1 && (!of || want > 1))
		return plain(a, tasks[0]);
	if (n != want)
		json_bad(tasks[0], "a model of %zu nodes, not %zu", want, n);
	if (!of)
		json_bad(tasks[0], "not the first node of a model");
	for (i = 0; i < n && n > 1; i++)
		if (json_intor(json_get(tasks[i], "model"), "node", 0,
			INT32_MAX, -1) != (long long)i)
			json_bad(tasks[i], "not node %zu of a model", i);
	return exact(a, tasks, n, of);
}

void
onnxbuild_domain(struct arena *a, Onnx__ModelProto *model, const char *domain)
{
	size_t i;

	for (i = 0; i < model->graph->n_node; i++)
		model->graph->node[i]->domain = arena_str(a, domain);
	for (i = 0; i < model->n_opset_import; i++)
		if (model->opset_import[i]->domain &&
		    strcmp(model->opset_import[i]->domain, domain) == 0)
			return;
	PUT(a, model, opset_import, opset(a, domain, 1));
}

void
onnxbuild_instead(struct arena *a, Onnx__ModelProto *model, const cJSON *of)
{
	Onnx__GraphProto *g = model->graph;

	g->n_node = 0;
	json_each (n, json_array(of, "nodes"))
		PUT(a, g, node, onnxbuild_node(a, n));
	json_each (c, json_array(of, "constants"))
		PUT(a, g, initializer,
		    tensor_build(a, c, json_string(c, "name"), g->name));
}

static void
replace(cJSON *entry, const cJSON *with)
{
	static const char *const literal[] = {
	    "data", "raw", "external", "values", "field"};
	size_t i;

	if (cJSON_IsNull(with))
		return;
	if (cJSON_IsArray(with)) {
		json_set(entry, "shape", cJSON_Duplicate(with, 1));
		return;
	}
	if (!cJSON_IsObject(with))
		json_bad(with, "neither a shape nor an object nor null");
	for (i = 0; i < LEN(literal); i++)
		if (json_get(with, "data") || json_get(with, "raw"))
			cJSON_DeleteItemFromObjectCaseSensitive(
			    entry, literal[i]);
	json_each (e, with)
		json_set(entry, e->string, cJSON_Duplicate(e, 1));
}

static void
replaceall(cJSON *task, const cJSON *heldout, const char *key)
{
	cJSON *entry = json_array(task, key)->child;
	const cJSON *list = listor(heldout, key);

	if (list && cJSON_GetArraySize(list) !=
			cJSON_GetArraySize(json_array(task, key)))
		json_bad(list, "not as many as the task's %s", key);
	json_each (with, list) {
		replace(entry, with);
		entry = entry->next;
	}
}

void
onnxbuild_heldout(cJSON *task)
{
	const cJSON *heldout = json_get(task, "heldout");

	if (!heldout)
		json_bad(task, "no held-out shapes");
	if (!cJSON_IsObject(heldout))
		json_bad(heldout, "not an object");
	replaceall(task, heldout, "inputs");
	replaceall(task, heldout, "outputs");
	cJSON_DeleteItemFromObjectCaseSensitive(task, "heldout");
}
