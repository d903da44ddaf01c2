#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "dtype.h"
#include "onnxbuild.h"
#include "onnxcheck.h"
#include "onnxspec.h"

static cJSON *subgraph(struct onnxspec *s, const Onnx__GraphProto *g);

_Noreturn static void PRINTF(2, 3)
    bad(const struct onnxspec *s, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	errx(EX_DATAERR, "%s: %s", s->model->place, b.data);
}

static void
text(cJSON *object, const char *key, const char *value)
{
	json_set(object, key, cJSON_CreateString(value));
}

/* put what is left of a message under "rest", if anything is */
static void
rest(cJSON *object, const ProtobufCMessage *m)
{
	if (protobuf_c_message_get_packed_size(m))
		json_set(object, "rest", pb_tojson(m));
}

/* values */

static cJSON *
shapeof(const struct onnxspec *s, const Onnx__TensorShapeProto *shape,
    const char *name)
{
	cJSON *list = cJSON_CreateArray();
	int64_t all = 1;
	size_t i;

	for (i = 0; i < shape->n_dim; i++) {
		const Onnx__TensorShapeProto__Dimension *d = shape->dim[i];
		cJSON *node = cJSON_CreateNull();

		if (d->value_case ==
		    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM)
			node = cJSON_CreateString(d->dim_param);
		if (d->value_case ==
		    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE) {
			if (d->dim_value < 0)
				bad(s, "value '%s': negative dim %lld", name,
				    (long long)d->dim_value);
			if (d->dim_value > (int64_t)JSON_INT ||
			    (d->dim_value && __builtin_mul_overflow(
						 all, d->dim_value, &all)))
				bad(s, "value '%s': more elements than can be",
				    name);
			node = json_i64(d->dim_value);
		}
		cJSON_AddItemToArray(list, node);
	}
	return list;
}

static void
describetype(const struct onnxspec *s, cJSON *object,
    const Onnx__ValueInfoProto *v, const char *name)
{
	const Onnx__TypeProto *type = v ? v->type : NULL;
	const Onnx__TypeProto__Tensor *t;

	if (!type)
		return;
	if (type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE) {
		if (type->value_case != ONNX__TYPE_PROTO__VALUE__NOT_SET)
			json_set(object, "type", pb_tojson(&type->base));
		return;
	}
	t = type->tensor_type;
	if (t->elem_type && !dtype_name(t->elem_type))
		bad(s, "value '%s': unknown dtype %d", name, t->elem_type);
	if (t->elem_type)
		text(object, "dtype", dtype_name(t->elem_type));
	if (t->shape)
		json_set(object, "shape", shapeof(s, t->shape, name));
}

static cJSON *
entry(struct onnxspec *s, const char *name)
{
	const Onnx__TensorProto *t = map_get(&s->constants, name);
	const Onnx__ValueInfoProto *v = map_get(&s->values, name);
	const Onnx__SparseTensorProto *sparse = map_get(&s->sparse, name);
	cJSON *object = cJSON_CreateObject();

	text(object, "name", name);
	if (!*name)
		return object;
	if (t)
		tensor_header(object, t, s->model->place, name);
	else
		describetype(s, object, v, name);
	if (t || sparse)
		json_set(object, "constant", cJSON_CreateTrue());
	if (t && !(s->bare && map_has(s->bare, name)))
		tensor_data(
		    object, t, &s->model->payloads, s->model->place, name);
	if (sparse)
		json_set(object, "sparse", cJSON_CreateTrue());
	return object;
}

/* an entry of a graph's lists: name, dtype and shape, or all of it */
static cJSON *
fullentry(struct onnxspec *s, const Onnx__ValueInfoProto *v)
{
	cJSON *object = cJSON_CreateObject();
	struct arena a = {0};

	if (v->name) {
		text(object, "name", v->name);
		describetype(s, object, v, v->name);
	}
	if (!v->name || !pb_equal(&v->base, &onnxbuild_value(&a, object)->base))
		json_set(object, "info", pb_tojson(&v->base));
	arena_free(&a);
	return object;
}

static cJSON *
tensor(struct onnxspec *s, const Onnx__TensorProto *t, const char *place)
{
	cJSON *object = cJSON_CreateObject();

	if (t->name)
		text(object, "name", t->name);
	tensor_describe(object, t, &s->model->payloads, s->model->place, place);
	return object;
}

/* attributes */

static cJSON *
sparsetensor(struct onnxspec *s, const Onnx__SparseTensorProto *t)
{
	cJSON *object = cJSON_CreateObject(), *shape = cJSON_CreateArray();
	Onnx__SparseTensorProto r = *t;
	size_t i;

	for (i = 0; i < t->n_dims; i++) {
		if (t->dims[i] < 0 || t->dims[i] > (int64_t)JSON_INT)
			bad(s, "sparse tensor: dim %lld",
			    (long long)t->dims[i]);
		cJSON_AddItemToArray(shape, json_i64(t->dims[i]));
	}
	json_set(object, "shape", shape);
	if (t->values)
		json_set(object, "values",
		    tensor(s, t->values, "values of a sparse tensor"));
	if (t->indices)
		json_set(object, "indices",
		    tensor(s, t->indices, "indices of a sparse tensor"));
	r.values = r.indices = NULL;
	r.n_dims = 0;
	rest(object, &r.base);
	return object;
}

#define LISTOF(n, item)                                                        \
	do {                                                                   \
		list = cJSON_CreateArray();                                    \
		for (i = 0; i < (n); i++)                                      \
			cJSON_AddItemToArray(list, (item));                    \
	} while (0)

/* the value of an attribute; NULL if the field of its type is not there */
static cJSON *
attributevalue(struct onnxspec *s, const Onnx__AttributeProto *a, int type)
{
	cJSON *list = NULL;
	size_t i;

	switch (type) {
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
		return a->has_f ? json_float(a->f) : NULL;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
		return a->has_i ? json_i64(a->i) : NULL;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
		return a->has_s ? json_bytes(a->s.data, a->s.len) : NULL;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
		return a->t ? tensor(s, a->t, a->name) : NULL;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH:
		return a->g ? subgraph(s, a->g) : NULL;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSOR:
		return a->sparse_tensor ? sparsetensor(s, a->sparse_tensor)
					: NULL;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTO:
		return a->tp ? pb_tojson(&a->tp->base) : NULL;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
		LISTOF(a->n_floats, json_float(a->floats[i]));
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
		LISTOF(a->n_ints, json_i64(a->ints[i]));
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
		LISTOF(a->n_strings,
		    json_bytes(a->strings[i].data, a->strings[i].len));
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS:
		LISTOF(a->n_tensors, tensor(s, a->tensors[i], a->name));
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS:
		LISTOF(a->n_graphs, subgraph(s, a->graphs[i]));
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSORS:
		LISTOF(
		    a->n_sparse_tensors, sparsetensor(s, a->sparse_tensors[i]));
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTOS:
		LISTOF(a->n_type_protos, pb_tojson(&a->type_protos[i]->base));
		break;
	default: break;
	}
	return list;
}

/* the type of an attribute that does not state it */
static int
guesstype(const Onnx__AttributeProto *a)
{
	struct {
		int there, type;
	} list[] = {{a->has_f, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT},
	    {a->has_i, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT},
	    {a->has_s, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING},
	    {!!a->t, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR},
	    {!!a->g, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH},
	    {!!a->n_floats, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS},
	    {!!a->n_ints, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS},
	    {!!a->n_strings, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS},
	    {!!a->n_tensors, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS},
	    {!!a->n_graphs, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS}};
	size_t i;

	for (i = 0; i < LEN(list); i++)
		if (list[i].there)
			return list[i].type;
	return 0;
}

/* an attribute less its name, type and the value of that type */
static Onnx__AttributeProto
attributeless(const Onnx__AttributeProto *a, int type)
{
	Onnx__AttributeProto r = *a;

	r.name = NULL;
	r.has_type = 0;
	switch (type) {
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT: r.has_f = 0; break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT: r.has_i = 0; break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING: r.has_s = 0; break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR: r.t = NULL; break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH: r.g = NULL; break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSOR:
		r.sparse_tensor = NULL;
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTO:
		r.tp = NULL;
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
		r.n_floats = 0;
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS: r.n_ints = 0; break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
		r.n_strings = 0;
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS:
		r.n_tensors = 0;
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS:
		r.n_graphs = 0;
		break;
	case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSORS:
		r.n_sparse_tensors = 0;
		break;
	default: r.n_type_protos = 0; break;
	}
	return r;
}

static cJSON *
attribute(
    struct onnxspec *s, const Onnx__AttributeProto *a, const char *nodename)
{
	static const char *const types[] = {"", "float", "int", "string",
	    "tensor", "graph", "floats", "ints", "strings", "tensors", "graphs",
	    "sparse_tensor", "sparse_tensors", "type_proto", "type_protos"};
	int type = a->has_type ? (int)a->type : guesstype(a);
	cJSON *object = cJSON_CreateObject(), *value;
	Onnx__AttributeProto r;

	if (type <= 0 || (size_t)type >= LEN(types))
		bad(s, "node '%s': attribute '%s': unknown type %d", nodename,
		    a->name, type);
	value = attributevalue(s, a, type);
	cJSON_AddItemToObject(
	    object, types[type], value ? value : cJSON_CreateNull());
	if (!a->has_type)
		json_set(object, "untyped", cJSON_CreateTrue());
	r = attributeless(a, type);
	if (r.t || r.g || r.n_tensors || r.n_graphs)
		bad(s, "node '%s': attribute '%s': has two values", nodename,
		    a->name);
	rest(object, &r.base);
	return object;
}

static cJSON *
attributes(struct onnxspec *s, const Onnx__NodeProto *n)
{
	const char *name = n->name && *n->name ? n->name : n->op_type;
	cJSON *object = cJSON_CreateObject();
	struct map seen = {0};
	size_t i;

	for (i = 0; i < n->n_attribute; i++) {
		const char *key = n->attribute[i]->name;

		if (!key || map_has(&seen, key))
			bad(s, "node '%s': attribute '%s': %s", name,
			    key ? key : "", key ? "is there twice" : "no name");
		*map_at(&seen, key) = s;
		cJSON_AddItemToObject(
		    object, key, attribute(s, n->attribute[i], name));
	}
	map_free(&seen);
	return object;
}

/* a node less what a record says */
static void
noderest(cJSON *object, const Onnx__NodeProto *n)
{
	Onnx__NodeProto r = *n;

	r.n_input = r.n_output = r.n_attribute = 0;
	r.name = r.domain = r.op_type = r.doc_string = NULL;
	rest(object, &r.base);
}

/* subgraphs */

static cJSON *
names(char *const *list, size_t n)
{
	cJSON *array = cJSON_CreateArray(), *object;
	size_t i;

	for (i = 0; i < n; i++) {
		object = cJSON_CreateObject();
		text(object, "name", list[i]);
		cJSON_AddItemToArray(array, object);
	}
	return array;
}

static cJSON *
subnode(struct onnxspec *s, const Onnx__NodeProto *n)
{
	cJSON *object = cJSON_CreateObject();

	if (n->name)
		text(object, "name", n->name);
	text(object, "op", n->op_type);
	if (n->domain)
		text(object, "domain", n->domain);
	json_set(object, "attributes", attributes(s, n));
	json_set(object, "inputs", names(n->input, n->n_input));
	json_set(object, "outputs", names(n->output, n->n_output));
	if (n->doc_string)
		text(object, "doc_string", n->doc_string);
	noderest(object, n);
	return object;
}

static Onnx__GraphProto
graphless(const Onnx__GraphProto *g)
{
	Onnx__GraphProto r = *g;

	r.n_node = r.n_input = r.n_output = r.n_value_info = 0;
	r.n_initializer = 0;
	return r;
}

static cJSON *
subgraph(struct onnxspec *s, const Onnx__GraphProto *g)
{
	cJSON *object = cJSON_CreateObject(), *list;
	Onnx__GraphProto r = graphless(g);
	size_t i;

	if (g->name)
		text(object, "name", g->name);
	LISTOF(g->n_node, subnode(s, g->node[i]));
	json_set(object, "nodes", list);
	LISTOF(g->n_input, fullentry(s, g->input[i]));
	json_set(object, "inputs", list);
	LISTOF(g->n_output, fullentry(s, g->output[i]));
	json_set(object, "outputs", list);
	if (g->n_initializer) {
		LISTOF(g->n_initializer,
		    tensor(s, g->initializer[i],
			g->initializer[i]->name ? g->initializer[i]->name
						: ""));
		json_set(object, "initializers", list);
	}
	if (g->n_value_info) {
		LISTOF(g->n_value_info, fullentry(s, g->value_info[i]));
		json_set(object, "value_info", list);
	}
	r.name = NULL;
	rest(object, &r.base);
	return object;
}

/* tasks */

/* [a-z0-9_]+ of a name, or of the operator and its place; not there before */
static char *
taskname(struct onnxspec *s, const Onnx__NodeProto *n, size_t i)
{
	int own = n->name && *n->name;
	char *name =
	    own ? xstrdup(n->name) : xasprintf("%s_%zu", n->op_type, i);
	char *p, *other, *kept;
	size_t k;

	for (p = name; *p; p++)
		*p = isalnum((unsigned char)*p)
			 ? (char)tolower((unsigned char)*p)
			 : '_';
	if (strlen(name) > 80)
		name[80] = '\0';
	for (k = i; map_has(&s->names, name); k++) {
		other = xasprintf("%s_%zu", name, k);
		if (map_has(&s->names, other)) {
			free(other);
			continue;
		}
		free(name);
		name = other;
	}
	kept = arena_str(&s->model->arena, name);
	*map_at(&s->names, kept) = s;
	free(name);
	return kept;
}

static int64_t
opsetof(const struct onnxspec *s, const char *domain)
{
	const Onnx__ModelProto *m = s->model->proto;
	const char *d;
	size_t i;

	for (i = 0; i < m->n_opset_import; i++) {
		d = m->opset_import[i]->domain;
		if (strcmp(d && strcmp(d, "ai.onnx") != 0 ? d : "", domain) ==
		    0)
			return m->opset_import[i]->version;
	}
	return 0;
}

/* what of the node the task does not say */
static cJSON *
nodemodel(const Onnx__NodeProto *n, const char *name, const char *domain)
{
	cJSON *object = cJSON_CreateObject();

	if (!n->name)
		cJSON_AddItemToObject(object, "name", cJSON_CreateNull());
	else if (strcmp(n->name, name) != 0)
		text(object, "name", n->name);
	if (n->domain && (!*n->domain || strcmp(n->domain, domain) != 0))
		text(object, "domain", n->domain);
	if (n->doc_string)
		text(object, "doc_string", n->doc_string);
	noderest(object, n);
	return object;
}

static cJSON *
entries(struct onnxspec *s, char *const *list, size_t n)
{
	cJSON *array = cJSON_CreateArray();
	size_t i;

	for (i = 0; i < n; i++)
		cJSON_AddItemToArray(array, entry(s, list[i]));
	return array;
}

cJSON *
onnxspec_task(struct onnxspec *s, size_t i)
{
	const Onnx__GraphProto *g = s->model->proto->graph;
	const Onnx__NodeProto *n = g->node[i];
	const char *domain = n->domain ? n->domain : "";
	cJSON *task = cJSON_CreateObject(), *model;
	const char *name = taskname(s, n, i);
	int64_t opset;

	if (strcmp(domain, "ai.onnx") == 0)
		domain = "";
	text(task, "name", name);
	text(task, "category", "");
	text(task, "op", n->op_type);
	text(task, "domain", domain);
	if ((opset = opsetof(s, domain)))
		json_set(task, "opset", json_i64(opset));
	json_set(task, "attributes", attributes(s, n));
	json_set(task, "inputs", entries(s, n->input, n->n_input));
	json_set(task, "outputs", entries(s, n->output, n->n_output));
	cost_set(task);
	model = nodemodel(n, name, domain);
	if (g->n_node > 1) {
		json_set(model, "node", json_i64((int64_t)i));
		json_set(model, "nodes", json_i64((int64_t)g->n_node));
	}
	json_set(task, "model", model);
	return task;
}

/* the lists of the graph, by name where the records describe the value */

static cJSON *
listed(struct onnxspec *s, const Onnx__ValueInfoProto *v)
{
	struct arena a = {0};
	cJSON *e;
	int plain;

	if (v->name && map_has(&s->described, v->name) &&
	    !map_has(&s->constants, v->name) &&
	    map_get(&s->values, v->name) == v) {
		e = entry(s, v->name);
		plain = pb_equal(&v->base, &onnxbuild_value(&a, e)->base);
		arena_free(&a);
		cJSON_Delete(e);
		if (plain)
			return cJSON_CreateString(v->name);
	}
	return fullentry(s, v);
}

static cJSON *
listedtensor(struct onnxspec *s, const Onnx__TensorProto *t)
{
	if (map_has(&s->described, t->name) &&
	    map_get(&s->constants, t->name) == t)
		return cJSON_CreateString(t->name);
	return tensor(s, t, t->name);
}

static void
values(cJSON *graph, const char *key, struct onnxspec *s,
    Onnx__ValueInfoProto *const *v, size_t n)
{
	cJSON *list;
	size_t i;

	if (!n)
		return;
	LISTOF(n, listed(s, v[i]));
	json_set(graph, key, list);
}

cJSON *
onnxspec_rest(struct onnxspec *s)
{
	Onnx__ModelProto m = *s->model->proto;
	Onnx__GraphProto *g = m.graph, r = graphless(g);
	cJSON *of, *graph, *list;
	size_t i;

	m.graph = &r;
	of = pb_tojson(&m.base);
	graph = json_get(of, "graph");
	values(graph, "input", s, g->input, g->n_input);
	values(graph, "output", s, g->output, g->n_output);
	values(graph, "value_info", s, g->value_info, g->n_value_info);
	if (g->n_initializer) {
		LISTOF(g->n_initializer, listedtensor(s, g->initializer[i]));
		json_set(graph, "initializer", list);
	}
	return of;
}

static void
addvalues(struct onnxspec *s, Onnx__ValueInfoProto *const *v, size_t n)
{
	void **slot;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!v[i]->name)
			continue;
		slot = map_at(&s->values, v[i]->name);
		if (!*slot)
			*slot = v[i];
	}
}

void
onnxspec_start(struct onnxspec *s, struct onnxmodel *m)
{
	const Onnx__GraphProto *g = m->proto->graph;
	size_t i;

	*s = (struct onnxspec){.model = m};
	onnxcheck(m->proto, m->place);
	addvalues(s, g->input, g->n_input);
	addvalues(s, g->output, g->n_output);
	addvalues(s, g->value_info, g->n_value_info);
	for (i = 0; i < g->n_initializer; i++) {
		void **slot;

		if (!g->initializer[i]->name || !*g->initializer[i]->name)
			bad(s, "initializer %zu: no name", i);
		slot = map_at(&s->constants, g->initializer[i]->name);
		if (*slot)
			bad(s, "initializer '%s': is there twice",
			    g->initializer[i]->name);
		*slot = g->initializer[i];
	}
	for (i = 0; i < g->n_sparse_initializer; i++) {
		const Onnx__SparseTensorProto *t = g->sparse_initializer[i];

		if (t->values && t->values->name)
			*map_at(&s->sparse, t->values->name) = (void *)t;
	}
}

void
onnxspec_end(struct onnxspec *s)
{
	map_free(&s->values);
	map_free(&s->constants);
	map_free(&s->sparse);
	map_free(&s->names);
	map_free(&s->described);
	*s = (struct onnxspec){0};
}

/* what spec2onnx adds to the model of a task: what differs between the task and
   the record of its model.  {"k":null}: not there; {"k":{"=":v}}: is v;
   {"k":{..}}: differs within, lists of the same length by place. */

static cJSON *
replaced(const cJSON *to)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddItemToObject(object, "=", cJSON_Duplicate(to, 1));
	return object;
}

static cJSON *differs(const cJSON *from, const cJSON *to);

/* whether a tensor is a part of a model's file, whose bytes are in the model */
static int
isfilepart(const cJSON *tensor)
{
	return !!json_get(json_get(tensor, "external"), "field");
}

static int
isdata(const char *key)
{
	return strcmp(key, "data") == 0 || strcmp(key, "raw") == 0 ||
	       strcmp(key, "external") == 0 || strcmp(key, "field") == 0;
}

static cJSON *
objectdiffers(const cJSON *from, const cJSON *to)
{
	cJSON *object = cJSON_CreateObject(), *d;
	int part = isfilepart(to);

	json_each (e, from)
		if (!cJSON_GetObjectItemCaseSensitive(to, e->string) &&
		    !(part && isdata(e->string)))
			cJSON_AddItemToObject(
			    object, e->string, cJSON_CreateNull());
	json_each (e, to) {
		const cJSON *was =
		    cJSON_GetObjectItemCaseSensitive(from, e->string);

		if (part && isdata(e->string))
			continue;
		d = was ? differs(was, e) : replaced(e);
		if (d)
			cJSON_AddItemToObject(object, e->string, d);
	}
	return object;
}

static cJSON *
listdiffers(const cJSON *from, const cJSON *to)
{
	cJSON *object = cJSON_CreateObject(), *d;
	const cJSON *x = from->child;
	char key[24];
	int i = 0;

	json_each (e, to) {
		snprintf(key, sizeof(key), "%d", i++);
		if ((d = differs(x, e)))
			cJSON_AddItemToObject(object, key, d);
		x = x->next;
	}
	return object;
}

/* NULL if they are the same */
static cJSON *
differs(const cJSON *from, const cJSON *to)
{
	cJSON *d;

	if (cJSON_IsObject(from) && cJSON_IsObject(to))
		d = objectdiffers(from, to);
	else if (cJSON_IsArray(from) && cJSON_IsArray(to) &&
		 cJSON_GetArraySize(from) == cJSON_GetArraySize(to))
		d = listdiffers(from, to);
	else if (cJSON_IsNumber(from) && cJSON_IsNumber(to) &&
		 json_realvalue(from) == json_realvalue(to))
		return NULL;
	else if (cJSON_IsString(from) && cJSON_IsString(to) &&
		 strcmp(from->valuestring, to->valuestring) == 0)
		return NULL;
	else if (!cJSON_IsNumber(from) && !cJSON_IsString(from) &&
		 (from->type & 0xff) == (to->type & 0xff) &&
		 !cJSON_IsArray(from))
		return NULL;
	else
		return replaced(to);
	if (d->child)
		return d;
	cJSON_Delete(d);
	return NULL;
}

/* the child of from that a key of a difference names */
static cJSON *
child(cJSON *from, const char *key)
{
	if (cJSON_IsArray(from))
		return cJSON_GetArrayItem(from, atoi(key));
	return cJSON_GetObjectItemCaseSensitive(from, key);
}

/* apply d; 0 if it does not fit */
static int
apply(cJSON *from, const cJSON *d)
{
	const cJSON *to;
	cJSON *was;

	if (!cJSON_IsObject(from) && !cJSON_IsArray(from))
		return 0;
	json_each (e, d) {
		was = child(from, e->string);
		to = cJSON_GetObjectItemCaseSensitive(e, "=");
		if (cJSON_IsNull(e) && cJSON_IsObject(from))
			cJSON_DeleteItemFromObjectCaseSensitive(
			    from, e->string);
		else if (!to && (!was || !apply(was, e)))
			return 0;
		else if (to && cJSON_IsObject(from))
			json_set(from, e->string, cJSON_Duplicate(to, 1));
		else if (to && was)
			cJSON_ReplaceItemViaPointer(
			    from, was, cJSON_Duplicate(to, 1));
		else if (to)
			return 0;
	}
	return 1;
}

static const char *
metadata(const Onnx__ModelProto *m)
{
	size_t i;

	for (i = 0; i < m->n_metadata_props; i++)
		if (m->metadata_props[i]->key &&
		    strcmp(m->metadata_props[i]->key, ONNX_META) == 0)
			return m->metadata_props[i]->value;
	return NULL;
}

static cJSON *
readmeta(const struct onnxmodel *m)
{
	const char *meta = metadata(m->proto), *why = NULL;
	cJSON *json;

	if (!meta)
		return NULL;
	json = json_parse(meta, strlen(meta), &why);
	if (!cJSON_IsObject(json))
		errx(EX_DATAERR, "%s: metadata '%s': %s", m->place, ONNX_META,
		    why ? why : "not an object");
	return json;
}

/* whether the plain form of the one task is the model */
static int
isplain(const struct onnxmodel *m, cJSON *task)
{
	struct arena a = {0};
	cJSON *model;
	int plain;

	if (m->proto->graph->n_node != 1 || m->payloads.n ||
	    !json_get(task, "opset") || json_get(task, "model")->child)
		return 0;
	model = cJSON_DetachItemFromObjectCaseSensitive(task, "model");
	plain = pb_equal(&m->proto->base, &onnxbuild(&a, &task, 1)->base);
	cJSON_AddItemToObject(task, "model", model);
	arena_free(&a);
	return plain;
}

static const struct map *
barenames(struct map *bare, const cJSON *meta)
{
	json_each (e, json_get(meta, "generated"))
		if (cJSON_IsString(e))
			*map_at(bare, e->valuestring) = e;
	return bare;
}

/* in the order of the contract, whatever has been put where */
static void
reorder(cJSON *task)
{
	static const char *const keys[] = {"name", "category", "op", "domain",
	    "opset", "attributes", "inputs", "outputs", "macs", "bytes",
	    "tolerance", "heldout", "model"};
	cJSON *item;
	size_t i;

	for (i = 0; i < LEN(keys); i++) {
		item = cJSON_DetachItemFromObjectCaseSensitive(task, keys[i]);
		if (item)
			cJSON_AddItemToObject(task, keys[i], item);
	}
}

static void
putback(const struct onnxmodel *m, cJSON *task, const cJSON *meta)
{
	const cJSON *patch = json_get(meta, "differs");
	const cJSON *model = json_get(meta, "model");

	cJSON_DeleteItemFromObjectCaseSensitive(task, "model");
	if (patch && !apply(task, patch))
		errx(EX_DATAERR, "%s: metadata '%s': is of another model",
		    m->place, ONNX_META);
	if (model)
		json_set(task, "model", cJSON_Duplicate(model, 1));
	reorder(task);
}

/* the values that records will name */
static void
describeall(struct onnxspec *s)
{
	const Onnx__GraphProto *g = s->model->proto->graph;
	size_t i, k;

	for (i = 0; i < g->n_node; i++) {
		for (k = 0; k < g->node[i]->n_input; k++)
			*map_at(&s->described, g->node[i]->input[k]) = s;
		for (k = 0; k < g->node[i]->n_output; k++)
			*map_at(&s->described, g->node[i]->output[k]) = s;
	}
}

void
onnxspec_each(
    struct onnxmodel *m, void (*fn)(void *arg, cJSON *task), void *arg)
{
	size_t i, n = m->proto->graph->n_node;
	struct map bare = {0};
	struct onnxspec s;
	cJSON *meta, *task;

	onnxspec_start(&s, m);
	meta = readmeta(m);
	s.bare = barenames(&bare, meta);
	describeall(&s);
	for (i = 0; i < n; i++) {
		task = onnxspec_task(&s, i);
		if (n == 1 && meta)
			putback(m, task, meta);
		else if (n == 1 && isplain(m, task))
			cJSON_DeleteItemFromObjectCaseSensitive(task, "model");
		else if (i == 0)
			json_set(
			    json_get(task, "model"), "of", onnxspec_rest(&s));
		fn(arg, task);
	}
	cJSON_Delete(meta);
	map_free(&bare);
	onnxspec_end(&s);
}

static int
isgenerated(const cJSON *e)
{
	return json_boolor(e, "constant", 0) && !json_get(e, "data") &&
	       !json_get(e, "raw") && !json_get(e, "external");
}

static cJSON *
generated(const cJSON *task)
{
	cJSON *list = cJSON_CreateArray();

	json_each (e, json_array(task, "inputs"))
		if (isgenerated(e))
			cJSON_AddItemToArray(
			    list, cJSON_CreateString(json_string(e, "name")));
	return list;
}

static void
addmeta(struct arena *a, Onnx__ModelProto *model, const cJSON *meta)
{
	Onnx__StringStringEntryProto *p =
	    pb_new(a, &onnx__string_string_entry_proto__descriptor);
	char *text_of = json_print(meta);

	p->key = arena_str(a, ONNX_META);
	p->value = arena_str(a, text_of);
	free(text_of);
	model->metadata_props = arena_grow(
	    a, model->metadata_props, model->n_metadata_props, sizeof(p));
	model->metadata_props[model->n_metadata_props++] = p;
}

/* what differs between a record and its task, both without "model" */
static cJSON *
taskdiffers(cJSON *was, const cJSON *task)
{
	cJSON *to = cJSON_Duplicate(task, 1), *d;

	cJSON_DeleteItemFromObjectCaseSensitive(to, "model");
	cJSON_DeleteItemFromObjectCaseSensitive(was, "model");
	d = differs(was, to);
	cJSON_Delete(to);
	return d;
}

/* whether the model's own record would have the task's "model" */
static int
samemodel(struct onnxspec *s, const cJSON *was, const cJSON *task)
{
	const cJSON *to = json_get(task, "model");
	cJSON *model, *d;
	int same;

	if (!to)
		return 1;
	model = cJSON_Duplicate(json_get(was, "model"), 1);
	json_set(model, "of", onnxspec_rest(s));
	d = differs(model, to);
	same = !d;
	cJSON_Delete(d);
	cJSON_Delete(model);
	return same;
}

void
onnxspec_annotate(struct arena *a, Onnx__ModelProto *model, const cJSON *task)
{
	struct onnxmodel m = {.proto = model, .place = (char *)"task"};
	cJSON *meta = cJSON_CreateObject(), *was, *d, *bare_list;
	struct map bare = {0};
	struct onnxspec s;
	int same;

	if (metadata(model) || model->graph->n_node != 1) {
		cJSON_Delete(meta);
		return;
	}
	bare_list = generated(task);
	json_set(meta, "generated", bare_list);
	onnxspec_start(&s, &m);
	s.bare = barenames(&bare, meta);
	describeall(&s);
	was = onnxspec_task(&s, 0);
	same = samemodel(&s, was, task);
	if ((d = taskdiffers(was, task)))
		json_set(meta, "differs", d);
	if (json_get(task, "model"))
		json_set(
		    meta, "model", cJSON_Duplicate(json_get(task, "model"), 1));
	if (!bare_list->child)
		cJSON_DeleteItemFromObjectCaseSensitive(meta, "generated");
	if (d || !same)
		addmeta(a, model, meta);
	cJSON_Delete(was);
	cJSON_Delete(meta);
	map_free(&bare);
	onnxspec_end(&s);
	arena_free(&m.arena);
}
