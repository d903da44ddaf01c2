#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "infer.h"
#include "ortapi.h"

#define TRIES 100
#define PATIENCE 10 /* tries that leave out one node each */

struct build {
	struct infer *s;
	dimvalue *dim;
	Onnx__GraphProto g;
	struct map inputs; /* names that are inputs of the model made */
};

static void
input(struct build *b, Onnx__ValueInfoProto *v)
{
	struct arena *a = &b->s->arena;

	if (map_has(&b->inputs, v->name))
		return;
	*map_at(&b->inputs, v->name) = v;
	b->g.input = arena_grow(a, b->g.input, b->g.n_input, sizeof(v));
	b->g.input[b->g.n_input++] = v;
}

static void
output(struct build *b, char *name)
{
	struct arena *a = &b->s->arena;
	Onnx__ValueInfoProto *v =
	    pb_new(a, &onnx__value_info_proto__descriptor);

	v->name = name;
	b->g.output = arena_grow(a, b->g.output, b->g.n_output, sizeof(v));
	b->g.output[b->g.n_output++] = v;
}

/* a tensor type with all dims known */
static Onnx__TypeProto *
tensortype(struct build *b, int dtype, size_t rank)
{
	struct arena *a = &b->s->arena;
	Onnx__TypeProto *type = pb_new(a, &onnx__type_proto__descriptor);
	size_t i;

	type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
	type->tensor_type = pb_new(a, &onnx__type_proto__tensor__descriptor);
	type->tensor_type->has_elem_type = 1;
	type->tensor_type->elem_type = dtype;
	type->tensor_type->shape =
	    pb_new(a, &onnx__tensor_shape_proto__descriptor);
	type->tensor_type->shape->n_dim = rank;
	type->tensor_type->shape->dim =
	    arena_alloc(a, rank * sizeof(*type->tensor_type->shape->dim));
	for (i = 0; i < rank; i++) {
		Onnx__TensorShapeProto__Dimension *d =
		    pb_new(a, &onnx__tensor_shape_proto__dimension__descriptor);

		d->value_case =
		    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
		type->tensor_type->shape->dim[i] = d;
	}
	return type;
}

/* the same value with a number for each dim; as it is if it is no tensor of
   known rank */
static Onnx__ValueInfoProto *
concrete(struct build *b, Onnx__ValueInfoProto *v)
{
	const Onnx__TypeProto *type = v->type;
	const Onnx__TensorShapeProto *shape;
	Onnx__ValueInfoProto *c;
	size_t i;

	if (!type || type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ||
	    !(shape = type->tensor_type->shape))
		return v;
	c = pb_new(&b->s->arena, &onnx__value_info_proto__descriptor);
	c->name = v->name;
	c->type = tensortype(b, type->tensor_type->elem_type, shape->n_dim);
	for (i = 0; i < shape->n_dim; i++) {
		const Onnx__TensorShapeProto__Dimension *d = shape->dim[i];
		int64_t *to = &c->type->tensor_type->shape->dim[i]->dim_value;

		if (d->value_case ==
		    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE)
			*to = d->dim_value;
		else
			*to = b->dim(
			    d->value_case ==
				    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
				? d->dim_param
				: "");
	}
	return c;
}

/* a weight that was left in its file */
static Onnx__ValueInfoProto *
weight(struct build *b, const Onnx__TensorProto *t)
{
	Onnx__ValueInfoProto *v =
	    pb_new(&b->s->arena, &onnx__value_info_proto__descriptor);
	size_t i;

	v->name = t->name;
	v->type = tensortype(b, t->data_type, t->n_dims);
	for (i = 0; i < t->n_dims; i++)
		v->type->tensor_type->shape->dim[i]->dim_value = t->dims[i];
	return v;
}

static int
isaway(const Onnx__TensorProto *t)
{
	unsigned n = t->base.n_unknown_fields;

	return (n && t->base.unknown_fields[n - 1].tag == ONNX_DROPPED) ||
	       t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
}

static Onnx__ValueInfoProto *
declared(const Onnx__GraphProto *g, const char *name)
{
	size_t i;

	for (i = 0; i < g->n_value_info; i++)
		if (g->value_info[i]->name &&
		    strcmp(g->value_info[i]->name, name) == 0)
			return g->value_info[i];
	for (i = 0; i < g->n_output; i++)
		if (strcmp(g->output[i]->name, name) == 0)
			return g->output[i];
	return NULL;
}

/* a node that is left out: its outputs are inputs where their types are known,
   else what takes them is left out too */
static void
leave(struct build *b, const Onnx__GraphProto *g, size_t i, struct map *lost)
{
	const Onnx__NodeProto *n = g->node[i];
	Onnx__ValueInfoProto *v;
	size_t k;

	for (k = 0; k < n->n_output; k++) {
		if (!*n->output[k])
			continue;
		v = declared(g, n->output[k]);
		if (v && v->type &&
		    v->type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
			input(b, concrete(b, v));
		else
			*map_at(lost, n->output[k]) = (void *)n;
	}
}

static void
keep(struct build *b, const Onnx__NodeProto *n, size_t i)
{
	struct arena *a = &b->s->arena;
	Onnx__NodeProto *c = arena_copy(a, n, sizeof(*n));
	char name[40];
	size_t k;

	snprintf(name, sizeof(name), "mkb%zu_", i);
	c->name = arena_str(a, name);
	b->g.node[b->g.n_node++] = c;
	for (k = 0; k < n->n_output; k++)
		if (*n->output[k])
			output(b, n->output[k]);
}

static const char *
lostinput(const Onnx__NodeProto *n, const struct map *lost)
{
	size_t k;

	for (k = 0; k < n->n_input; k++)
		if (map_has(lost, n->input[k]))
			return n->input[k];
	return NULL;
}

static void
nodes(struct build *b, const Onnx__GraphProto *g)
{
	struct infer *s = b->s;
	struct map lost = {0};
	const char *name;
	char *text;
	size_t i;

	b->g.n_node = 0;
	b->g.node = arena_alloc(&s->arena, g->n_node * sizeof(*g->node));
	for (i = 0; i < g->n_node; i++) {
		if (!s->why[i] && (name = lostinput(g->node[i], &lost))) {
			text = xasprintf("takes '%s', which a node that is "
					 "left out makes",
			    name);
			s->why[i] = arena_str(&s->arena, text);
			free(text);
		}
		if (s->why[i])
			leave(b, g, i, &lost);
		else
			keep(b, g->node[i], i);
	}
	map_free(&lost);
}

static void
constants(struct build *b, const Onnx__GraphProto *g)
{
	size_t i;

	b->g.n_initializer = 0;
	b->g.initializer = arena_alloc(
	    &b->s->arena, g->n_initializer * sizeof(*g->initializer));
	for (i = 0; i < g->n_initializer; i++) {
		if (isaway(g->initializer[i]))
			input(b, weight(b, g->initializer[i]));
		else
			b->g.initializer[b->g.n_initializer++] =
			    g->initializer[i];
		*map_at(&b->inputs, g->initializer[i]->name) =
		    g->initializer[i];
	}
}

/* the model that is asked about */
static void
make(struct infer *s, dimvalue *dim, struct buf *out)
{
	const Onnx__GraphProto *g = s->m->proto->graph;
	struct build b = {.s = s, .dim = dim, .g = *g};
	Onnx__ModelProto m = *s->m->proto;
	size_t i;

	b.g.n_input = b.g.n_output = b.g.n_value_info = 0;
	b.g.n_quantization_annotation = 0;
	b.g.input = b.g.output = NULL;
	constants(&b, g);
	for (i = 0; i < g->n_input; i++)
		if (g->input[i]->name)
			input(&b, concrete(&b, g->input[i]));
	nodes(&b, g);
	m.graph = &b.g;
	m.n_metadata_props = m.n_training_info = 0;
	if (m.ir_version < 8)
		m.ir_version = 8;
	out->len = 0;
	out->len = protobuf_c_message_pack(
	    &m.base, (uint8_t *)buf_room(
			 out, protobuf_c_message_get_packed_size(&m.base)));
	map_free(&b.inputs);
}

static void
told(void *arg, const char *name, int dtype, const int64_t *dims, size_t rank)
{
	struct infer *s = arg;
	struct inferred *v = arena_alloc(&s->arena, sizeof(*v));

	*v = (struct inferred){
	    dtype, rank, arena_copy(&s->arena, dims, rank * sizeof(*dims))};
	*map_at(&s->shapes, arena_str(&s->arena, name)) = v;
}

/* the part of a message that is about the node */
static const char *
reason(struct infer *s, const char *message)
{
	const char *p = strstr(message, " : ");
	char *text = xasprintf("ONNX Runtime: %.200s", p ? p + 3 : message);
	char *kept = arena_str(&s->arena, text);

	free(text);
	return kept;
}

/* leave out all nodes of the operator of node i */
static void
blameall(struct infer *s, size_t i, const char *why)
{
	const Onnx__GraphProto *g = s->m->proto->graph;
	size_t k;

	for (k = 0; k < g->n_node; k++)
		if (strcmp(g->node[k]->op_type, g->node[i]->op_type) == 0)
			s->why[k] = why;
}

/* leave out the nodes that a message of ONNX Runtime speaks of; 0 if it does
   not tell which they are.  After some tries, all nodes of its operator. */
static int
blame(struct infer *s, const char *message, int tries)
{
	const Onnx__GraphProto *g = s->m->proto->graph;
	const char *p = message, *why = reason(s, message);
	size_t i, n = 0;
	char word[300];

	while ((p = strstr(p, "mkb"))) {
		p += 3;
		i = isdigit((unsigned char)*p) ? strtoul(p, NULL, 10)
					       : g->n_node;
		if (i < g->n_node && !s->why[i]) {
			s->why[i] = why;
			if (tries > PATIENCE)
				blameall(s, i, why);
			return 1;
		}
	}
	for (i = 0; i < g->n_node; i++) {
		const Onnx__NodeProto *node = g->node[i];
		const char *d =
		    node->domain && *node->domain ? node->domain : "ai.onnx";

		snprintf(word, sizeof(word), "%s:%s(", d, node->op_type);
		if (s->why[i] || !strstr(message, word))
			continue;
		s->why[i] = why;
		n++;
	}
	return n > 0;
}

static void
ask(struct infer *s, dimvalue *dim)
{
	const Onnx__GraphProto *g = s->m->proto->graph;
	const char *folded = s->file;
	struct buf b = {0};
	size_t i;
	int tries, done = 0;

	for (tries = 0; tries < TRIES; tries++) {
		make(s, dim, &b);
		done = ort_infer(b.data, b.len, folded, told, s) == 0;
		if (done)
			break;
		if (blame(s, ort_why(), tries))
			continue;
		if (!folded)
			break;
		folded = NULL;
	}
	for (i = 0; i < g->n_node && !done; i++)
		if (!s->why[i])
			s->why[i] = reason(s, ort_why());
	if (!folded)
		truncate(s->file, 0);
	buf_free(&b);
}

/* the constants that are left in the place of nodes */
static void
readfolded(struct infer *s)
{
	const Onnx__GraphProto *g;
	int fd = open(s->file, O_RDONLY | O_CLOEXEC);
	size_t i;

	if (fd < 0 || lseek(fd, 0, SEEK_END) <= 0)
		return;
	lseek(fd, 0, SEEK_SET);
	onnxread(&s->rest, fd, s->file);
	close(fd);
	g = s->rest.proto->graph;
	for (i = 0; i < g->n_initializer; i++)
		if (g->initializer[i]->name)
			*map_at(&s->folded, g->initializer[i]->name) =
			    g->initializer[i];
}

void
infer_start(struct infer *s, struct onnxmodel *m, dimvalue *dim)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	*s = (struct infer){.m = m};
	s->why = xcalloc(m->proto->graph->n_node, sizeof(*s->why));
	s->file = xasprintf("%s/mkbench.XXXXXX", dir && *dir ? dir : "/tmp");
	if ((fd = mkostemp(s->file, O_CLOEXEC)) < 0)
		err(EX_IOERR, "%s", s->file);
	close(fd);
	ask(s, dim);
	readfolded(s);
}

void
infer_end(struct infer *s)
{
	unlink(s->file);
	free(s->file);
	free(s->why);
	map_free(&s->shapes);
	map_free(&s->folded);
	if (s->rest.proto)
		onnxread_free(&s->rest);
	arena_free(&s->arena);
}
