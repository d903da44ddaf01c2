#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "onnxcheck.h"
#include "util.h"

struct edge {
	size_t from, to;
};

/* a graph within the graphs around it */
struct scope {
	const Onnx__GraphProto *g;
	struct scope *outer;
	const char *place;
	struct map
	    names;  /* to node number + 1; 1 << 62 for what no node makes */
	size_t now; /* the node whose inputs are looked up */
	struct edge *edges; /* backwards ones are there */
	size_t nedges, capedges;
	int backwards; /* some node stands before one it needs */
};

#define NONODE ((size_t)1 << 62)

static void graph(
    const Onnx__GraphProto *g, struct scope *outer, const char *place);

static char *
nodename(const Onnx__GraphProto *g, size_t i)
{
	const Onnx__NodeProto *n = g->node[i];

	if (n->name && *n->name)
		return xasprintf("node %zu ('%s', %s)", i, n->name,
		    n->op_type ? n->op_type : "?");
	return xasprintf("node %zu (%s)", i, n->op_type ? n->op_type : "?");
}

static void
define(struct scope *s, const char *name, size_t by)
{
	void **slot = map_at(&s->names, name);

	if (by != NONODE && *slot)
		errx(EX_DATAERR, "%s: %s: output '%s' is already defined",
		    s->place, nodename(s->g, by), name);
	*slot = (void *)(by == NONODE ? by : by + 1);
}

static void
edge(struct scope *s, size_t from)
{
	if (s->nedges == s->capedges) {
		s->capedges = s->capedges ? s->capedges * 2 : 256;
		s->edges =
		    xreallocarray(s->edges, s->capedges, sizeof(*s->edges));
	}
	s->edges[s->nedges++] = (struct edge){from, s->now};
	s->backwards |= from >= s->now;
}

/* returns 0 if no graph around has the name */
static int
use(struct scope *s, const char *name)
{
	size_t by;

	for (; s; s = s->outer) {
		by = (size_t)map_get(&s->names, name);
		if (by && by != NONODE)
			edge(s, by - 1);
		if (by)
			return 1;
	}
	return 0;
}

static void
node(struct scope *s, size_t i)
{
	const Onnx__NodeProto *n = s->g->node[i];
	size_t k, j;

	s->now = i;
	if (!n->op_type || !*n->op_type)
		errx(EX_DATAERR, "%s: %s: no operator", s->place,
		    nodename(s->g, i));
	for (k = 0; k < n->n_input; k++)
		if (*n->input[k] && !use(s, n->input[k]))
			errx(EX_DATAERR,
			    "%s: %s: input '%s' is no input, initializer or "
			    "output of a node",
			    s->place, nodename(s->g, i), n->input[k]);
	for (k = 0; k < n->n_attribute; k++) {
		const Onnx__AttributeProto *a = n->attribute[k];

		if (a->g)
			graph(a->g, s, s->place);
		for (j = 0; j < a->n_graphs; j++)
			graph(a->graphs[j], s, s->place);
	}
}

/* take away nodes that need nothing until none are left, or a cycle is */
static void
acyclic(struct scope *s)
{
	size_t n = s->g->n_node, i, head = 0, tail = 0, done;
	size_t *needs = xcalloc(n, sizeof(*needs));
	size_t *first = xcalloc(n + 1, sizeof(*first));
	size_t *to = xcalloc(s->nedges, sizeof(*to));
	size_t *queue = xcalloc(n, sizeof(*queue));

	for (i = 0; i < s->nedges; i++) {
		needs[s->edges[i].to]++;
		first[s->edges[i].from + 1]++;
	}
	for (i = 0; i < n; i++)
		first[i + 1] += first[i];
	for (i = s->nedges; i-- > 0;)
		to[first[s->edges[i].from]++] = s->edges[i].to;
	for (i = n; i > 0; i--)
		first[i] = first[i - 1];
	first[0] = 0;
	for (i = 0; i < n; i++)
		if (!needs[i])
			queue[tail++] = i;
	for (done = 0; head < tail; done++) {
		size_t at = queue[head++];

		for (i = first[at]; i < first[at + 1]; i++)
			if (!--needs[to[i]])
				queue[tail++] = to[i];
	}
	for (i = 0; i < n && done < n; i++)
		if (needs[i])
			errx(EX_DATAERR, "%s: %s: is in or behind a cycle",
			    s->place, nodename(s->g, i));
	free(needs);
	free(first);
	free(to);
	free(queue);
}

static void
graph(const Onnx__GraphProto *g, struct scope *outer, const char *place)
{
	struct scope s = {.g = g, .outer = outer, .place = place};
	size_t i, k;

	for (i = 0; i < g->n_input; i++)
		if (g->input[i]->name)
			define(&s, g->input[i]->name, NONODE);
	for (i = 0; i < g->n_initializer; i++)
		if (g->initializer[i]->name)
			define(&s, g->initializer[i]->name, NONODE);
	for (i = 0; i < g->n_sparse_initializer; i++)
		if (g->sparse_initializer[i]->values &&
		    g->sparse_initializer[i]->values->name)
			define(
			    &s, g->sparse_initializer[i]->values->name, NONODE);
	for (i = 0; i < g->n_node; i++)
		for (k = 0; k < g->node[i]->n_output; k++)
			if (*g->node[i]->output[k])
				define(&s, g->node[i]->output[k], i);
	for (i = 0; i < g->n_node; i++)
		node(&s, i);
	if (s.backwards)
		acyclic(&s);
	for (i = 0; i < g->n_output; i++) {
		const char *name = g->output[i]->name;

		s.now = 0;
		if (!name || !*name || !use(&s, name))
			errx(EX_DATAERR,
			    "%s: graph '%s': output '%s' is made by no node",
			    place, g->name ? g->name : "", name ? name : "");
	}
	map_free(&s.names);
	free(s.edges);
}

void
onnxcheck(const Onnx__ModelProto *m, const char *place)
{
	graph(m->graph, NULL, place);
}
