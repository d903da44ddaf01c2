#include <err.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "dtype.h"
#include "reference.h"
#include "stage.h"

#define FORMAT 1
#define CALLS 64
#define TILE 64

/* the columns of the matrix, in the order they are tried */
enum kind {
	ZEROS,
	CONSTANT,
	COPY,
	PREVIOUS,
	LAST,
	TILES,
	HALF,
	BLANK,
	AXIS,
	ATTRIBUTE,
	SHIFT,
	KINDS
};
static const char *const kindnames[KINDS] = {"zeros", "constant", "copy",
    "previous", "last", "tile", "fp16", "input", "axis", "attribute", "shift"};

/* a task with its generated constants made inputs, and what is right */
struct subject {
	cJSON *task;
	const char *name, *op;
	struct tolerance tolerance;
	struct reference r;
	struct tensor in[CALLS][ORT_VALUES];
	struct tensor want[CALLS][ORT_VALUES];
	cJSON *list;
	int least[KINDS]; /* calls in which a mutant was rejected; -1: none */
};

/* a wrong kernel: made from the right outputs, or a model that is run */
struct mutant {
	int kind;
	char *what;
	/* change right outputs into the mutant's; -1 where it does not apply */
	int (*make)(
	    const struct subject *s, int call, int with, struct tensor *out);
	int with;
	struct ortsession *session;
	int half;  /* inputs and outputs rounded to half precision */
	int blank; /* input that is not read, or -1 */
};

static const char *keyhex;
static int calls = 8;
static int table;
static long tried, holes;

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: admit [-t] [-c calls] [-k key] [record ...]\n"
	    "Shows wrong kernels a task's inputs and says which it rejects.\n"
	    "  -c, --calls N   inputs to try them on (8)\n"
	    "  -k, --key HEX   make the inputs under this key, not a new one\n"
	    "  -t, --table     a line for each task, not a record\n"
	    "      --version   the stage and the version of its format\n"
	    "man admit tells more.\n");
	usageend(rc);
}

static struct tensor
copy(const struct tensor *t)
{
	struct tensor c = *t;

	tensor_alloc(&c);
	memcpy(c.data, t->data, tensor_size(t));
	return c;
}

/* the data of t as if it lay in a buffer of want's shape, over and over */
static int
refit(struct tensor *t, const struct tensor *want)
{
	struct tensor c = *want;
	size_t size = dtype_size(want->dtype);

	if (t->dtype != want->dtype || !t->count)
		return -1;
	tensor_alloc(&c);
	for (size_t i = 0; i < want->count; i++)
		memcpy((char *)c.data + i * size,
		    (char *)t->data + i % t->count * size, size);
	tensor_free(t);
	*t = c;
	return 0;
}

static int
sameshape(const struct tensor *a, const struct tensor *b)
{
	return a->rank == b->rank &&
	       memcmp(a->dims, b->dims, (size_t)a->rank * sizeof(*a->dims)) ==
		   0;
}

/* every element through half precision: floats and 32-bit integers */
static void
halve(struct tensor *t)
{
	float *f = t->data, h;
	int32_t *n = t->data;

	for (size_t i = 0; i < t->count; i++) {
		if (t->dtype == DT_FLOAT) {
			f[i] = half_value(half_of(f[i]));
		} else if (t->dtype == DT_INT32) {
			h = half_value(half_of((float)n[i]));
			n[i] = (int32_t)fmaxf(-65504, fminf(h, 65504));
		}
	}
}

/* an input that was not read: zeros, and ones where zeros would divide */
static void
blank(const struct subject *s, struct tensor *t)
{
	size_t size = dtype_size(t->dtype);
	int divides = strcmp(s->op, "Mod") == 0 || strcmp(s->op, "Div") == 0;

	memset(t->data, 0, t->count * size);
	for (size_t i = 0; divides && !dtype_isfloat(t->dtype) && i < t->count;
	     i++)
		((char *)t->data)[i * size] = 1;
}

static int
runmodel(const struct subject *s, const struct mutant *m, int call,
    struct tensor *out)
{
	struct tensor in[ORT_VALUES];
	size_t i;
	int rc;

	for (i = 0; i < s->r.nin; i++) {
		in[i] = copy(&s->in[call][i]);
		if (m->half)
			halve(&in[i]);
		if ((int)i == m->blank)
			blank(s, &in[i]);
	}
	for (i = 0; i < s->r.nout; i++)
		out[i] = (struct tensor){.name = s->r.out[i].name};
	rc = ort_run(m->session, in, s->r.nin, out, s->r.nout);
	for (i = 0; i < s->r.nin; i++)
		tensor_free(&in[i]);
	for (i = 0; rc == 0 && m->half && i < s->r.nout; i++)
		halve(&out[i]);
	return rc;
}

/* 1 if the mutant's outputs of a call are found wrong, -1 if it has none */
static int
rejected(const struct subject *s, const struct mutant *m, int call)
{
	struct tensor out[ORT_VALUES];
	const struct tensor *want = s->want[call];
	size_t i, n = s->r.nout;
	int rc = 0;

	if (m->make) {
		for (i = 0; i < n; i++)
			out[i] = copy(&want[i]);
		rc = m->make(s, call, m->with, out);
	} else if (runmodel(s, m, call, out) < 0) {
		return -1;
	}
	for (i = 0; i < n && rc == 0; i++) {
		if (out[i].count == want[i].count &&
		    !sameshape(&out[i], &want[i]))
			rc = 1;
		else if (out[i].count != want[i].count)
			rc = refit(&out[i], &want[i]);
		if (rc == 0)
			rc =
			    compare(&out[i], &want[i], s->tolerance).failed > 0;
	}
	for (i = 0; i < n; i++)
		tensor_free(&out[i]);
	return rc;
}

/* judge a mutant on every call, note it, and release it */
static void
try(struct subject *s, struct mutant m)
{
	cJSON *e;
	int call, r, n = 0;

	for (call = 0; call < calls; call++) {
		if ((r = rejected(s, &m, call)) < 0)
			goto out;
		n += r;
	}
	e = cJSON_CreateObject();
	json_set(e, "kind", cJSON_CreateString(kindnames[m.kind]));
	json_set(e, "what", cJSON_CreateString(m.what));
	json_set(e, "rejected", cJSON_CreateNumber(n));
	json_set(e, "hole", cJSON_CreateBool(2 * n < calls));
	cJSON_AddItemToArray(s->list, e);
	if (s->least[m.kind] < 0 || n < s->least[m.kind])
		s->least[m.kind] = n;
	tried++;
	if (2 * n < calls)
		holes++;
out:
	ort_close(m.session);
	free(m.what);
}

static int
makezeros(const struct subject *s, int call, int with, struct tensor *out)
{
	(void)call;
	(void)with;
	for (size_t i = 0; i < s->r.nout; i++)
		memset(out[i].data, 0, tensor_size(&out[i]));
	return 0;
}

/* the mean of floats, the first of others, and true */
static int
makeconstant(const struct subject *s, int call, int with, struct tensor *out)
{
	(void)call;
	(void)with;
	for (size_t i = 0; i < s->r.nout; i++) {
		struct tensor *t = &out[i];
		size_t size = dtype_size(t->dtype);
		double sum = 0;

		for (size_t k = 0; k < t->count; k++)
			sum += dtype_get(t->dtype, t->data, k);
		if (t->count == 1)
			return -1;
		if (t->dtype == DT_FLOAT)
			*(float *)t->data = (float)(sum / (double)t->count);
		if (t->dtype == DT_BOOL)
			*(char *)t->data = 1;
		for (size_t k = 1; k < t->count; k++)
			memcpy((char *)t->data + k * size, t->data, size);
	}
	return 0;
}

/* operators that only give their input another shape */
static int
isview(const char *op)
{
	return strcmp(op, "Reshape") == 0 || strcmp(op, "Squeeze") == 0 ||
	       strcmp(op, "Unsqueeze") == 0 || strcmp(op, "Flatten") == 0 ||
	       strcmp(op, "Identity") == 0;
}

/* each output of an input's dtype holds its data */
static int
makecopy(const struct subject *s, int call, int with, struct tensor *out)
{
	const struct tensor *from = &s->in[call][with];
	int any = -1;

	for (size_t i = 0; i < s->r.nout; i++) {
		struct tensor c;

		if (from->dtype != out[i].dtype)
			continue;
		c = copy(from);
		if (refit(&c, &s->want[call][i]) == 0)
			any = 0;
		tensor_free(&out[i]);
		out[i] = c;
	}
	return any;
}

static int
makeprevious(const struct subject *s, int call, int with, struct tensor *out)
{
	int before = (call + calls - 1) % calls;

	(void)with;
	for (size_t i = 0; i < s->r.nout; i++) {
		tensor_free(&out[i]);
		out[i] = copy(&s->want[before][i]);
	}
	return 0;
}

/* the last elements were not written: poison stands there */
static int
makeunwritten(const struct subject *s, int call, int with, struct tensor *out)
{
	static const uint8_t key[32];

	for (size_t i = 0; i < s->r.nout; i++) {
		size_t size = dtype_size(out[i].dtype), n = (size_t)with;

		if (n > 1 && out[i].count < 2 * n)
			n = out[i].count / 2;
		if (!n)
			return -1;
		gen_poison(key, (uint64_t)call, (uint32_t)i,
		    (char *)out[i].data + (out[i].count - n) * size, n * size);
	}
	return 0;
}

static void
outputs(struct subject *s)
{
	size_t i;

	try(s, (struct mutant){.kind = ZEROS,
		   .what = xstrdup("all zeros"),
		   .make = makezeros});
	try(s, (struct mutant){.kind = CONSTANT,
		   .what = xstrdup("one value"),
		   .make = makeconstant});
	for (i = 0; i < s->r.nin && !isview(s->op); i++)
		try(s, (struct mutant){.kind = COPY,
			   .what = xasprintf("copy of %s", s->r.in[i].name),
			   .make = makecopy,
			   .with = (int)i});
	try(s, (struct mutant){.kind = PREVIOUS,
		   .what = xstrdup("outputs of the call before"),
		   .make = makeprevious});
	try(s, (struct mutant){.kind = LAST,
		   .what = xstrdup("last element not written"),
		   .make = makeunwritten,
		   .with = 1});
	try(s, (struct mutant){.kind = TILES,
		   .what = xasprintf("last %d elements not written", TILE),
		   .make = makeunwritten,
		   .with = TILE});
}

static struct ortsession *
opentask(const cJSON *task)
{
	struct reference r = {0};
	struct ortsession *session = NULL;

	if (reference_open(&r, task) == 0) {
		session = r.session;
		r.session = NULL;
	}
	reference_close(&r);
	return session;
}

static void
trymodel(struct subject *s, int kind, cJSON *task, char *what)
{
	struct mutant m = {.kind = kind, .what = what, .blank = -1};

	m.session = opentask(task);
	cJSON_Delete(task);
	if (m.session)
		try(s, m);
	else
		free(what);
}

/* half precision can be told from single only where there are numbers */
static int
hasnumbers(const struct subject *s)
{
	json_each (entry, json_array(s->task, "inputs")) {
		const char *dtype = json_stringor(entry, "dtype", "");

		if (strcmp(dtype, "float") == 0 || strcmp(dtype, "int32") == 0)
			return 1;
	}
	return 0;
}

static void
inputs(struct subject *s)
{
	if (hasnumbers(s))
		try(s, (struct mutant){.kind = HALF,
			   .what = xstrdup("in half precision"),
			   .session = opentask(s->task),
			   .half = 1,
			   .blank = -1});
	for (size_t i = 0; i < s->r.nin; i++)
		try(s, (struct mutant){.kind = BLANK,
			   .what = xasprintf("%s not read", s->r.in[i].name),
			   .session = opentask(s->task),
			   .blank = (int)i});
}

static cJSON *
entryof(cJSON *task, const char *name)
{
	json_each (entry, json_array(task, "inputs"))
		if (strcmp(json_string(entry, "name"), name) == 0)
			return entry;
	return NULL;
}

/* literal inputs left out, where ONNX has them optional */
static void
literals(struct subject *s)
{
	json_each (entry, json_array(s->task, "inputs")) {
		cJSON *task, *e;
		const char *name = json_string(entry, "name");

		if (!json_get(entry, "data"))
			continue;
		task = cJSON_Duplicate(s->task, 1);
		e = entryof(task, name);
		cJSON_DeleteItemFromObjectCaseSensitive(e, "data");
		cJSON_DeleteItemFromObjectCaseSensitive(e, "dtype");
		cJSON_DeleteItemFromObjectCaseSensitive(e, "shape");
		cJSON_DeleteItemFromObjectCaseSensitive(e, "constant");
		json_set(e, "name", cJSON_CreateString(""));
		trymodel(s, BLANK, task, xasprintf("%s not read", name));
	}
}

/* move every axis of a list (or one number) by step, around the rank */
static void
turn(cJSON *node, int rank, int step)
{
	long long v;

	if (cJSON_IsArray(node)) {
		json_each (e, node)
			turn(e, rank, step);
		return;
	}
	v = json_intvalue(node, -rank, rank);
	cJSON_SetNumberValue(
	    node, (double)((v + step + 2 * (long long)rank) % rank));
}

static int
rankof(const struct subject *s)
{
	int rank = cJSON_GetArraySize(
	    json_array(json_array(s->task, "inputs")->child, "shape"));

	return rank + (strcmp(s->op, "OneHot") == 0);
}

static void
axes(struct subject *s)
{
	static const char *const places[] = {
	    "attributes.axis.int", "axes", "axis", "attributes.batch_dims.int"};
	int rank = rankof(s);

	if (isview(s->op))
		return;
	for (size_t i = 0; i < LEN(places) && rank > 1; i++)
		for (int step = -1; step <= (rank > 2); step += 2) {
			cJSON *task = cJSON_Duplicate(s->task, 1);
			cJSON *node = json_at(task, places[i]);
			cJSON *entry = entryof(task, places[i]);

			if (!node)
				node = json_get(entry, "data");
			if (!node ||
			    (entry && cJSON_GetArraySize(node) == rank)) {
				cJSON_Delete(task);
				continue;
			}
			turn(node, rank, step);
			trymodel(s, AXIS, task,
			    xasprintf("%s off by %d", places[i], step));
		}
}

/* Transpose with two neighbours of perm exchanged */
static void
perms(struct subject *s)
{
	cJSON *perm = json_at(s->task, "attributes.perm.ints");
	int n = cJSON_GetArraySize(perm);

	for (int i = 0; i + 1 < n; i++) {
		cJSON *task = cJSON_Duplicate(s->task, 1), *a, *b;
		double v;

		perm = json_at(task, "attributes.perm.ints");
		a = cJSON_GetArrayItem(perm, i);
		b = cJSON_GetArrayItem(perm, i + 1);
		v = a->valuedouble;
		cJSON_SetNumberValue(a, b->valuedouble);
		cJSON_SetNumberValue(b, v);
		trymodel(s, AXIS, task,
		    xasprintf("perm %d and %d exchanged", i, i + 1));
	}
}

/*
 * What an attribute means when it is not there, as JSON; a list is of this
 * number alone.  NULL: it must be there; instead of it a kernel that does not
 * look at it may take what stands in with.
 */
static const struct absence {
	const char *op, *attribute, *value, *with;
} absences[] = {
    {"BitShift", "direction", NULL, "[\"LEFT\", \"RIGHT\"]"},
    {"Celu", "alpha", "1", NULL},
    {"Concat", "axis", NULL, NULL},
    {"Elu", "alpha", "1", NULL},
    {"Flatten", "axis", "1", NULL},
    {"Gemm", "alpha", "1", NULL},
    {"Gemm", "beta", "1", NULL},
    {"GridSample", "mode", "\"linear\"", NULL},
    {"GroupNormalization", "num_groups", NULL, "[1, 2, 4, 8]"},
    {"HardSigmoid", "alpha", "0.2", NULL},
    {"HardSigmoid", "beta", "0.5", NULL},
    {"LayerNormalization", "axis", "-1", NULL},
    {"LeakyRelu", "alpha", "0.01", NULL},
    {"LogSoftmax", "axis", "-1", NULL},
    {"OneHot", "axis", "-1", NULL},
    {"Pad", "mode", "\"constant\"", NULL},
    {"Resize", "mode", "\"nearest\"", NULL},
    {"RoiAlign", "mode", "\"avg\"", NULL},
    {"Selu", "alpha", "1.6732632", NULL},
    {"Selu", "gamma", "1.050701", NULL},
    {"Softmax", "axis", "-1", NULL},
    {"TopK", "axis", "-1", NULL},
    {"DepthToSpace", "mode", "\"DCR\"", NULL},
    {NULL, "activations", "\"Tanh\"", NULL},
    {NULL, "align_corners", "0", NULL},
    {NULL, "antialias", "0", NULL},
    {NULL, "approximate", "\"none\"", NULL},
    {NULL, "auto_pad", "\"NOTSET\"", NULL},
    {NULL, "axis", "0", NULL},
    {NULL, "batch_dims", "0", NULL},
    {NULL, "blocksize", NULL, NULL},
    {NULL, "ceil_mode", "0", NULL},
    {NULL, "coordinate_transformation_mode", "\"half_pixel\"", NULL},
    {NULL, "count_include_pad", "0", NULL},
    {NULL, "cubic_coeff_a", "-0.75", NULL},
    {NULL, "dilations", "1", NULL},
    {NULL, "direction", "\"forward\"", NULL},
    {NULL, "epsilon", "0.00001", NULL},
    {NULL, "equation", NULL, NULL},
    {NULL, "exclude_outside", "0", NULL},
    {NULL, "exclusive", "0", NULL},
    {NULL, "fmod", "0", NULL},
    {NULL, "group", "1", NULL},
    {NULL, "hidden_size", NULL, NULL},
    {NULL, "keepdims", "1", NULL},
    {NULL, "kernel_shape", NULL, NULL},
    {NULL, "largest", "1", NULL},
    {NULL, "linear_before_reset", "0", NULL},
    {NULL, "nearest_mode", "\"round_prefer_floor\"", NULL},
    {NULL, "num_outputs", NULL, NULL},
    {NULL, "onesided", "1", NULL},
    {NULL, "output_height", "1", NULL},
    {NULL, "output_padding", "0", NULL},
    {NULL, "output_width", "1", NULL},
    {NULL, "padding_mode", "\"zeros\"", NULL},
    {NULL, "pads", "0", NULL},
    {NULL, "perm", "\"reversed\"", NULL},
    {NULL, "reduction", "\"none\"", NULL},
    {NULL, "reverse", "0", NULL},
    {NULL, "sampling_ratio", "0", NULL},
    {NULL, "select_last_index", "0", NULL},
    {NULL, "sorted", "1", NULL},
    {NULL, "spatial_scale", "1", NULL},
    {NULL, "stash_type", "1", NULL},
    {NULL, "strides", "1", NULL},
    {NULL, "to", NULL, NULL},
    {NULL, "transA", "0", NULL},
    {NULL, "transB", "0", NULL},
    {NULL, "upper", "1", NULL},
};

static const struct absence *
absence(const struct subject *s, const cJSON *attribute)
{
	const struct absence *a;

	for (a = absences; a < absences + LEN(absences); a++)
		if (strcmp(a->attribute, attribute->string) == 0 &&
		    (!a->op || strcmp(a->op, s->op) == 0))
			return a;
	json_bad(attribute, "what %s is without '%s' is not known to admit",
	    s->op, attribute->string);
}

static int
reversed(const cJSON *perm)
{
	int n = cJSON_GetArraySize(perm);

	json_each (e, perm)
		if (e->valuedouble != --n)
			return 0;
	return 1;
}

static int
sameas(const cJSON *value, const cJSON *absent)
{
	if (cJSON_IsString(absent) &&
	    strcmp(absent->valuestring, "reversed") == 0)
		return reversed(value);
	if (!cJSON_IsArray(value))
		return cJSON_IsNumber(value)
			   ? cJSON_IsNumber(absent) &&
				 fabs(value->valuedouble -
				      absent->valuedouble) < 1e-6
			   : cJSON_Compare(value, absent, 1);
	json_each (e, value)
		if (!sameas(e, absent))
			return 0;
	return 1;
}

/* the attribute set to the first of a list that it is not */
static void
other(struct subject *s, const cJSON *attribute, const char *with)
{
	cJSON *list = cJSON_Parse(with), *task, *a;
	const cJSON *e = list->child;

	while (e && sameas(attribute->child, e))
		e = e->next;
	if (e) {
		task = cJSON_Duplicate(s->task, 1);
		a = json_get(json_get(task, "attributes"), attribute->string);
		json_set(a, attribute->child->string, cJSON_Duplicate(e, 1));
		trymodel(s, ATTRIBUTE, task,
		    xasprintf("another %s", attribute->string));
	}
	cJSON_Delete(list);
}

static void
attributes(struct subject *s)
{
	json_each (attribute, json_object(s->task, "attributes")) {
		const struct absence *a = absence(s, attribute);
		cJSON *task, *value;

		if (a->with)
			other(s, attribute, a->with);
		if (!a->value)
			continue;
		value = cJSON_Parse(a->value);
		if (!sameas(attribute->child, value) && !isview(s->op)) {
			task = cJSON_Duplicate(s->task, 1);
			cJSON_DeleteItemFromObjectCaseSensitive(
			    json_get(task, "attributes"), attribute->string);
			trymodel(s, ATTRIBUTE, task,
			    xasprintf("without %s", attribute->string));
		}
		cJSON_Delete(value);
	}
}

/* a window that starts one too late, or too early where it cannot */
static void
shiftpads(struct subject *s)
{
	cJSON *list = json_at(s->task, "attributes.pads.ints");
	cJSON *entry = entryof(s->task, "pads");
	int n, i;

	if (!list)
		list = json_get(entry, "data");
	n = cJSON_GetArraySize(list) / 2;
	for (i = 0; i < n; i++) {
		cJSON *task = cJSON_Duplicate(s->task, 1), *a, *b;
		double by;

		list = entry ? json_get(entryof(task, "pads"), "data")
			     : json_at(task, "attributes.pads.ints");
		a = cJSON_GetArrayItem(list, i);
		b = cJSON_GetArrayItem(list, i + n);
		by = a->valuedouble > 0 ? -1 : 1;
		if (a->valuedouble + b->valuedouble <= 0) {
			cJSON_Delete(task);
			continue;
		}
		cJSON_SetNumberValue(a, a->valuedouble + by);
		cJSON_SetNumberValue(b, b->valuedouble - by);
		trymodel(
		    s, SHIFT, task, xasprintf("axis %d padded one off", i));
	}
}

static void
shiftslice(struct subject *s)
{
	cJSON *starts = json_get(entryof(s->task, "starts"), "data");
	int n = cJSON_GetArraySize(starts);

	for (int i = 0; i < n; i++) {
		cJSON *task = cJSON_Duplicate(s->task, 1), *e;

		e = cJSON_GetArrayItem(
		    json_get(entryof(task, "starts"), "data"), i);
		cJSON_SetNumberValue(
		    e, e->valuedouble + (e->valuedouble < 0 ? -1 : 1));
		trymodel(s, SHIFT, task, xasprintf("start %d one off", i));
	}
}

static void
shifts(struct subject *s)
{
	cJSON *automatic = json_at(s->task, "attributes.auto_pad.string");

	shiftpads(s);
	shiftslice(s);
	if (automatic && strcmp(automatic->valuestring, "SAME_UPPER") == 0) {
		cJSON *task = cJSON_Duplicate(s->task, 1);

		json_set(json_at(task, "attributes.auto_pad"), "string",
		    cJSON_CreateString("SAME_LOWER"));
		trymodel(s, SHIFT, task, xstrdup("SAME_LOWER"));
	}
}

/* the inputs of every call, and what is right; constants are those that the
   task's model holds */
static void
prepare(struct subject *s, const cJSON *task, const uint8_t key[32])
{
	uint8_t public[32];
	size_t i;

	gen_publickey(s->name, public);
	if (reference_open(&s->r, s->task) < 0)
		errx(EX_SOFTWARE, "task '%s': %s", s->name, ort_why());
	for (int call = 0; call < calls; call++) {
		reference_fill(&s->r, key, (uint64_t)call + 1);
		for (i = 0; i < s->r.nin; i++) {
			struct tensor *t = &s->r.in[i];
			cJSON *entry = cJSON_GetArrayItem(
			    json_get(task, "inputs"), (int)s->r.place[i]);

			if (json_boolor(entry, "constant", 0))
				gen_fill(s->r.gen[i], public, 0, s->r.place[i],
				    t->data, t->count);
			s->in[call][i] = copy(t);
		}
		if (reference_run(&s->r) < 0)
			errx(EX_SOFTWARE, "task '%s': %s", s->name, ort_why());
		for (i = 0; i < s->r.nout; i++)
			s->want[call][i] = copy(&s->r.out[i]);
	}
}

static void
release(struct subject *s)
{
	for (int call = 0; call < calls; call++) {
		for (size_t i = 0; i < s->r.nin; i++)
			tensor_free(&s->in[call][i]);
		for (size_t i = 0; i < s->r.nout; i++)
			tensor_free(&s->want[call][i]);
	}
	reference_close(&s->r);
	cJSON_Delete(s->task);
	free(s);
}

static void
printline(const struct subject *s)
{
	printf("%-36s", s->name);
	for (int k = 0; k < KINDS; k++) {
		int n = s->least[k];

		if (n < 0)
			printf("%10s", "-");
		else if (2 * n < calls)
			printf("%10s", "HOLE");
		else if (n == calls)
			printf("%10s", "x");
		else
			printf("%9d%%", n * 100 / calls);
	}
	putchar('\n');
	json_each (e, s->list)
		if (cJSON_IsTrue(json_get(e, "hole")))
			printf("    %s passes in %d of %d calls\n",
			    json_string(e, "what"),
			    calls - (int)json_number(e, "rejected"), calls);
	fflush(stdout);
}

static void
admit(cJSON *record)
{
	struct subject *s = xcalloc(1, sizeof(*s));
	const cJSON *task = json_object(record, "task");
	cJSON *out = cJSON_CreateObject();
	uint8_t key[32];

	gen_newkey(key);
	if (keyhex && gen_key(keyhex, key) < 0)
		errx(EX_USAGE, "key '%s' is not 64 hex digits", keyhex);
	s->task = cJSON_Duplicate(task, 1);
	s->name = json_string(s->task, "name");
	s->op = json_string(s->task, "op");
	s->tolerance = tolerance_of(s->task);
	s->list = cJSON_CreateArray();
	for (int k = 0; k < KINDS; k++)
		s->least[k] = -1;
	json_each (entry, json_array(s->task, "inputs"))
		if (!json_get(entry, "data"))
			cJSON_DeleteItemFromObjectCaseSensitive(
			    entry, "constant");
	json_each (entry, json_array(s->task, "outputs"))
		cJSON_DeleteItemFromObjectCaseSensitive(entry, "shape");
	prepare(s, task, key);
	outputs(s);
	inputs(s);
	literals(s);
	axes(s);
	perms(s);
	attributes(s);
	shifts(s);
	if (table)
		printline(s);
	json_set(out, "calls", cJSON_CreateNumber(calls));
	json_set(out, "mutants", s->list);
	json_set(record, "admission", out);
	release(s);
}

/* with -t: lines instead of records */
static void
admitall(char *const *files)
{
	struct jsonin in = {0};
	cJSON *record;

	printf("%-36s", "task");
	for (int k = 0; k < KINDS; k++)
		printf("%10s", kindnames[k]);
	putchar('\n');
	for (; *files; files++) {
		in = (struct jsonin){.fp = fopen(*files, "re"), .name = *files};
		if (!in.fp)
			err(EX_UNAVAILABLE, "%s", *files);
		while ((record = json_readrecord(&in))) {
			admit(record);
			cJSON_Delete(record);
		}
		json_end(&in);
		fclose(in.fp);
	}
	printf("%ld wrong kernels, %ld pass\n", tried, holes);
	closeout();
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"calls", 1, 0, 'c'},
	    {"key", 1, 0, 'k'}, {"table", 0, 0, 't'}, {"help", 0, 0, 'h'},
	    {"version", 0, 0, 'V'}, {0}};
	static char input[] = "/dev/stdin", *standard[] = {input, NULL};
	int c;

	while ((c = getopt_long(argc, argv, "c:k:th", options, NULL)) != -1) {
		switch (c) {
		case 'c': calls = (int)numarg("calls", optarg, 2, CALLS); break;
		case 'k': keyhex = optarg; break;
		case 't': table = 1; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (table)
		admitall(optind < argc ? argv + optind : standard);
	else
		stage_each(NULL, argv + optind, admit);
	if (holes)
		errx(EX_DATAERR, "%ld wrong kernels pass", holes);
	return EX_OK;
}
