#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "category.h"
#include "cost.h"
#include "dtype.h"
#include "infer.h"
#include "onnxspec.h"
#include "stage.h"
#include "weights.h"

#define FORMAT 1
#define RANK 8	   /* most dims of a value on a device */
#define LITERAL 64 /* elements of integers that are kept as they are */

/* an operator instance, once */
struct task {
	cJSON *task;
	long count;
	int64_t macs; /* of one, -1 if not known */
};

static struct {
	const char *suite, *dir; /* dir: where the model lies */
	struct infer infer;
	struct map made;    /* key to struct task */
	struct task **list; /* in order */
	size_t n;
	struct map ops;	   /* operator to how many tasks it has */
	cJSON *left;	   /* [{"node","op","reason"}] */
	struct map values; /* constants that nodes "Constant" state */
	double total;	   /* multiply-adds of all nodes */
} import;

/* --dim NAME=VALUE */
static struct map dims;
static struct map guessed;

static int64_t
dimof(const char *name)
{
	const char *text = map_get(&dims, name);

	if (text)
		return atoll(text);
	*map_at(&guessed, name) = &import;
	return 1;
}

static void
dimarg(char *arg)
{
	char *eq = strchr(arg, '=');

	if (!eq || eq == arg)
		errx(EX_USAGE, "dim '%s': not NAME=VALUE", arg);
	*eq = '\0';
	numarg("dim", eq + 1, 1, INT32_MAX);
	*map_at(&dims, arg) = eq + 1;
}

/* which inputs of an operator decide what it does, not what it computes with:
   they are kept as they are.  A bit for each place. */
static const struct {
	const char *op;
	unsigned places;
} deciding[] = {{"Reshape", 2}, {"Slice", 30}, {"Pad", 14}, {"Squeeze", 2},
    {"Unsqueeze", 2}, {"Expand", 2}, {"Tile", 2}, {"Resize", 14},
    {"Upsample", 2}, {"Split", 2}, {"TopK", 2}, {"OneHot", 6}, {"Range", 7},
    {"CumSum", 2}, {"Trilu", 2}, {"ConstantOfShape", 1}, {"Clip", 6},
    {"Dropout", 6}, {"RNN", 16}, {"LSTM", 16}, {"GRU", 16}, {"STFT", 10},
    {"NonMaxSuppression", 28}, {"ReduceMax", 2}, {"ReduceMin", 2},
    {"ReduceMean", 2}, {"ReduceSum", 2}, {"ReduceProd", 2}, {"ReduceL1", 2},
    {"ReduceL2", 2}, {"ReduceSumSquare", 2}, {"ReduceLogSum", 2},
    {"ReduceLogSumExp", 2}, {"CenterCropPad", 2}, {"Compress", 2}};

static int
decides(const char *op, int place)
{
	size_t i;

	for (i = 0; i < LEN(deciding); i++)
		if (strcmp(deciding[i].op, op) == 0)
			return place < 31 && deciding[i].places >> place & 1;
	return 0;
}

static int64_t
elements(const cJSON *entry)
{
	int64_t n = 1;

	json_each (d, json_get(entry, "shape"))
		if (!cJSON_IsNumber(d) || d->valuedouble < 0 ||
		    __builtin_mul_overflow(n, (int64_t)d->valuedouble, &n))
			return -1;
	return n;
}

/* what each input of an operator must be, beyond its dtype */

static cJSON *
generator(const char *kind, const char *x, double vx, const char *y, double vy)
{
	cJSON *v = cJSON_CreateObject();

	json_set(v, "kind", cJSON_CreateString(kind));
	if (x)
		json_set(v, x, cJSON_CreateNumber(vx));
	if (y)
		json_set(v, y, cJSON_CreateNumber(vy));
	return v;
}

static const cJSON *
shapedim(const cJSON *entry, int64_t axis)
{
	const cJSON *shape = json_get(entry, "shape");
	int64_t rank = cJSON_GetArraySize(shape);

	axis += axis < 0 ? rank : 0;
	return axis >= 0 && axis < rank ? cJSON_GetArrayItem(shape, (int)axis)
					: NULL;
}

static cJSON *
indices(const cJSON *task, int64_t absent)
{
	const cJSON *data = cJSON_GetArrayItem(json_get(task, "inputs"), 0);
	const cJSON *axis = json_at(task, "attributes.axis.int");
	const cJSON *dim =
	    shapedim(data, axis ? (int64_t)json_realvalue(axis) : absent);

	return dim ? generator("indices", "size", dim->valuedouble, NULL, 0)
		   : NULL;
}

static const struct {
	const char *ops;
	int place; /* -1: all */
	double low, high;
} ranges[] = {{" Sqrt Log ", 0, 0.001, 10}, {" Reciprocal Div ", 0, 0.25, 4},
    {" Div Mod ", 1, 0.25, 4}, {" Pow ", 0, 0.1, 3}, {" Asin Acos ", 0, -1, 1},
    {" Acosh ", 0, 1, 10}, {" Atanh ", 0, -0.99, 0.99},
    {" ReduceLogSum ", 0, 0.1, 4}, {" ReduceProd ", 0, 0.8, 1.25},
    {" GridSample ", 1, -1.1, 1.1}, {" BatchNormalization ", 4, 0.1, 2}};

/* NULL: the default will do */
static cJSON *
inputvalues(const cJSON *task, const cJSON *entry, int place)
{
	const char *op = json_string(task, "op");
	int dtype = dtype_number(json_stringor(entry, "dtype", ""));
	char word[80];
	size_t i;

	if (dtype_isint(dtype)) {
		if (strcmp(op, "Gather") == 0 && place == 1)
			return indices(task, 0);
		if ((strcmp(op, "GatherElements") == 0 ||
			strcmp(op, "ScatterElements") == 0) &&
		    place == 1)
			return indices(task, 0);
		if ((strcmp(op, "Div") == 0 || strcmp(op, "Mod") == 0) &&
		    place == 1)
			return generator("uniform", "low", 1, "high", 9);
		return NULL;
	}
	snprintf(word, sizeof(word), " %s ", op);
	for (i = 0; i < LEN(ranges) && dtype_isfloat(dtype); i++)
		if (strstr(ranges[i].ops, word) &&
		    (ranges[i].place == place || ranges[i].place < 0))
			return generator("uniform", "low", ranges[i].low,
			    "high", ranges[i].high);
	return NULL;
}

/* the entries of a task as inference has them */

static void
setshape(cJSON *entry, const struct inferred *v)
{
	cJSON *shape = cJSON_CreateArray();
	size_t i;

	for (i = 0; i < v->rank; i++)
		cJSON_AddItemToArray(shape,
		    v->dims[i] < 0 ? cJSON_CreateNull() : json_i64(v->dims[i]));
	if (!dtype_name(v->dtype))
		return;
	json_set(entry, "dtype", cJSON_CreateString(dtype_name(v->dtype)));
	json_set(entry, "shape", shape);
}

/* symbolic dims of the model's inputs as numbers */
static void
fixdims(cJSON *entry)
{
	cJSON *shape = json_get(entry, "shape"), *d, *next;
	const char *name = json_string(entry, "name");
	const struct infer *s = &import.infer;
	size_t i;

	for (i = 0; i < s->m->proto->graph->n_input; i++)
		if (s->m->proto->graph->input[i]->name &&
		    strcmp(s->m->proto->graph->input[i]->name, name) == 0)
			break;
	if (i == s->m->proto->graph->n_input || !cJSON_IsArray(shape))
		return;
	for (d = shape->child; d; d = next) {
		next = d->next;
		if (!cJSON_IsNumber(d))
			cJSON_ReplaceItemViaPointer(shape, d,
			    json_i64(dimof(
				cJSON_IsString(d) ? d->valuestring : "")));
	}
}

/* a value that a node makes of constants alone becomes one */
static void
fold(cJSON *entry, const char *name)
{
	const Onnx__TensorProto *t = map_get(&import.infer.folded, name);
	const cJSON *stated = map_get(&import.values, name);
	static const char *const keys[] = {
	    "dtype", "shape", "constant", "data", "raw", "external"};
	size_t i;

	if (json_get(entry, "constant"))
		return;
	if (t) {
		tensor_header(entry, t, import.infer.file, name);
		json_set(entry, "constant", cJSON_CreateTrue());
		tensor_data(entry, t, &import.infer.rest.payloads,
		    import.infer.file, name);
		return;
	}
	for (i = 0; stated && i < LEN(keys); i++)
		if (json_get(stated, keys[i]))
			json_set(entry, keys[i],
			    cJSON_Duplicate(json_get(stated, keys[i]), 1));
}

static void
complete(cJSON *task, const char *list)
{
	const struct inferred *v;
	const char *name;

	json_each (e, json_array(task, list)) {
		name = json_string(e, "name");
		if (!*name)
			continue;
		v = map_get(&import.infer.shapes, name);
		if (v && !json_get(e, "constant"))
			setshape(e, v);
		else if (!json_get(e, "constant"))
			fixdims(e);
		if (*list == 'i')
			fold(e, name);
	}
}

/* constants: what decides stays, the rest is kept by its statistics */
static const char *
constant(cJSON *entry, const cJSON *task, int place)
{
	static const char *const literal[] = {
	    "data", "raw", "external", "field", "rest"};
	const char *op = json_string(task, "op");
	int dtype = dtype_number(json_stringor(entry, "dtype", ""));
	int64_t n = elements(entry);
	cJSON *values;
	size_t i;

	if (json_get(entry, "sparse"))
		return "takes a sparse constant";
	cJSON_DeleteItemFromObjectCaseSensitive(entry, "rest");
	if (json_get(entry, "data") &&
	    (decides(op, place) || n <= 1 ||
		(!dtype_isfloat(dtype) && n <= LITERAL)))
		return NULL;
	if (decides(op, place) && json_get(entry, "raw"))
		return NULL;
	if (decides(op, place))
		return "a constant that decides what it does is not there";
	values = weights_values(entry, import.dir);
	if (!values)
		values = inputvalues(task, entry, place);
	if (!values)
		values = weights_byshape(entry);
	for (i = 0; i < LEN(literal); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(entry, literal[i]);
	if (values)
		json_set(entry, "values", values);
	return NULL;
}

/* why an entry cannot be of a task; NULL if it can */
static const char *
unfit(const cJSON *entry)
{
	int dtype = dtype_number(json_stringor(entry, "dtype", ""));
	const cJSON *shape = json_get(entry, "shape");

	if (json_get(entry, "type"))
		return "takes or makes what is no tensor";
	if (!dtype)
		return "a dtype is not known";
	if (!dtype_size(dtype))
		return "a dtype has no whole bytes";
	if (!shape)
		return "a shape is not known";
	if (cJSON_GetArraySize(shape) > RANK)
		return "a value has over 8 dims";
	if (elements(entry) < 0)
		return "a shape is not known before it runs";
	if (elements(entry) == 0)
		return "a value has no elements";
	return NULL;
}

static const char *
inputs(cJSON *task)
{
	const char *op = json_string(task, "op"), *why = NULL;
	int place = 0, varying = 0;
	cJSON *values;

	json_each (e, json_array(task, "inputs")) {
		if (!why && *json_string(e, "name")) {
			if (json_get(e, "constant")) {
				why = constant(e, task, place);
				why = why || elements(e) == 0 ? why : unfit(e);
			} else {
				why = decides(op, place)
					  ? "what decides what it does is no "
					    "constant"
					  : unfit(e);
				values = inputvalues(task, e, place);
				if (values)
					json_set(e, "values", values);
				varying++;
			}
		}
		place++;
	}
	return why ? why : varying ? NULL : "computes from constants alone";
}

static const char *
outputs(const cJSON *task)
{
	const char *why = NULL, *name;
	int varying = 0;

	json_each (e, json_array(task, "outputs")) {
		name = json_string(e, "name");
		if (!why && *name)
			why = unfit(e);
		varying += *name && !map_has(&import.infer.folded, name);
	}
	return why	 ? why
	       : varying ? NULL
			 : "its result is known from shapes and constants";
}

static const char *
attributes(const cJSON *task)
{
	json_each (e, json_object(task, "attributes")) {
		if (json_get(e, "graph") || json_get(e, "graphs"))
			return "has a graph of its own";
		if (json_at(e, "tensor.external"))
			return "has a large attribute";
	}
	return NULL;
}

/* names of no meaning, the same where the value is the same */
static void
rename_(cJSON *task)
{
	static const char *const lists[] = {"inputs", "outputs"};
	struct map names = {0};
	int n[3] = {0};
	void **slot;
	size_t i;

	for (i = 0; i < LEN(lists); i++) {
		json_each (e, json_array(task, lists[i])) {
			int kind = json_get(e, "constant") ? 2 : (int)i;
			char *old = xstrdup(json_string(e, "name"));
			char name[16];

			snprintf(name, sizeof(name), n[kind] ? "%c%d" : "%c",
			    "xyw"[kind], n[kind]);
			slot = map_at(&names, old);
			if (!*old)
				*slot = xstrdup("");
			else if (!*slot) {
				*slot = xstrdup(name);
				n[kind]++;
			}
			cJSON_ReplaceItemInObjectCaseSensitive(
			    e, "name", cJSON_CreateString(*slot));
		}
	}
	map_free(&names);
}

/* what makes two nodes the same operator instance */
static char *
keyof(const cJSON *task)
{
	static const char *const drop[] = {"name", "model", "macs", "bytes"};
	cJSON *key = cJSON_Duplicate(task, 1);
	char *text;
	size_t i;

	for (i = 0; i < LEN(drop); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(key, drop[i]);
	json_each (e, json_array(key, "inputs"))
		cJSON_DeleteItemFromObjectCaseSensitive(e, "values");
	text = json_print(key);
	cJSON_Delete(key);
	return text;
}

static void
leaveout(const cJSON *task, const char *why)
{
	const cJSON *own =
	    cJSON_GetObjectItemCaseSensitive(json_get(task, "model"), "name");
	cJSON *o = cJSON_CreateObject();

	json_set(o, "node",
	    cJSON_CreateString(cJSON_IsString(own)
				   ? own->valuestring
				   : json_string(task, "name")));
	json_set(o, "op", cJSON_CreateString(json_string(task, "op")));
	json_set(o, "reason", cJSON_CreateString(why));
	cJSON_AddItemToArray(import.left, o);
}

static void
nametask(cJSON *task)
{
	const char *op = json_string(task, "op");
	size_t *slot = (size_t *)map_at(&import.ops, xstrdup(op));
	char *name = xasprintf("%s_%s_%zu", import.suite, op, ++*slot), *p;

	for (p = name; *p; p++)
		*p = isalnum((unsigned char)*p)
			 ? (char)tolower((unsigned char)*p)
			 : '_';
	cJSON_ReplaceItemInObjectCaseSensitive(
	    task, "name", cJSON_CreateString(name));
	free(name);
}

static void
addtask(cJSON *task)
{
	char *key;
	struct task *t;
	void **slot;

	cJSON_DeleteItemFromObjectCaseSensitive(task, "model");
	cJSON_DeleteItemFromObjectCaseSensitive(task, "macs");
	cJSON_DeleteItemFromObjectCaseSensitive(task, "bytes");
	rename_(task);
	key = keyof(task);
	slot = map_at(&import.made, key);
	if (*slot) {
		t = *slot;
		t->count++;
		free(key);
		cJSON_Delete(task);
	} else {
		nametask(task);
		cJSON_ReplaceItemInObjectCaseSensitive(task, "category",
		    cJSON_CreateString(category_of(json_string(task, "op"))));
		cost_set(task);
		t = xcalloc(1, sizeof(*t));
		*t = (struct task){task, 1, cost_of(task).macs};
		import.list = xreallocarray(
		    import.list, import.n + 1, sizeof(*import.list));
		import.list[import.n++] = t;
		*slot = t;
	}
	import.total += t->macs > 0 ? (double)t->macs : 0;
}

static void
one(cJSON *task, const char *why)
{
	int64_t macs;

	complete(task, "inputs");
	complete(task, "outputs");
	if (strcmp(json_string(task, "op"), "Constant") == 0)
		why = "is a constant of the tasks that take it";
	why = why ? why : attributes(task);
	why = why ? why : inputs(task);
	why = why ? why : outputs(task);
	if (!why && !json_get(task, "opset"))
		why = "the model does not say which opset it is of";
	if (!why) {
		addtask(task);
		return;
	}
	macs = cost_of(task).macs;
	import.total += macs > 0 ? (double)macs : 0;
	leaveout(task, why);
	cJSON_Delete(task);
}

static cJSON *
constantof(const cJSON *tensor)
{
	cJSON *entry = cJSON_Duplicate(tensor, 1);

	json_set(entry, "constant", cJSON_CreateTrue());
	return entry;
}

/* what a node of operator Constant states */
static void
stated(const cJSON *task)
{
	const cJSON *value = json_at(task, "attributes.value.tensor");
	const cJSON *out = json_array(task, "outputs")->child;

	if (strcmp(json_string(task, "op"), "Constant") == 0 && value && out)
		*map_at(&import.values, xstrdup(json_string(out, "name"))) =
		    constantof(value);
}

struct nodes {
	cJSON **v;
	size_t n;
};

static void
take(void *arg, cJSON *task)
{
	struct nodes *nodes = arg;

	nodes->v = xreallocarray(nodes->v, nodes->n + 1, sizeof(*nodes->v));
	nodes->v[nodes->n++] = task;
	stated(task);
}

/* writing */

static void
sortkeys(cJSON *json)
{
	cJSON *sorted, *least;

	json_each (e, json)
		sortkeys(e);
	if (!cJSON_IsObject(json))
		return;
	sorted = cJSON_CreateObject();
	while ((least = json->child)) {
		json_each (e, json)
			if (strcmp(e->string, least->string) < 0)
				least = e;
		cJSON_DetachItemViaPointer(json, least);
		cJSON_AddItemToObject(sorted, least->string, least);
	}
	json->child = sorted->child;
	sorted->child = NULL;
	cJSON_Delete(sorted);
}

/* the hash of a task is that of its record on one line, keys sorted */
static void
hashof(const cJSON *record, char hex[65])
{
	cJSON *copy = cJSON_Duplicate(record, 1);
	struct buf b = {0};
	char *text;

	sortkeys(copy);
	text = json_print(copy);
	buf_addf(&b, "%s\n", text);
	sha256hex(b.data, b.len, hex);
	buf_free(&b);
	free(text);
	cJSON_Delete(copy);
}

static void
put(const char *path, const cJSON *json)
{
	char *text = cJSON_Print(json);
	struct buf b = {0};

	buf_addf(&b, "%s\n", text);
	if (writefile(path, b.data, b.len, 1) < 0)
		err(EX_IOERR, "%s", path);
	buf_free(&b);
	free(text);
}

static cJSON *
listed(struct task *t)
{
	cJSON *record = cJSON_CreateObject(), *o = cJSON_CreateObject();
	const char *name = json_string(t->task, "name");
	char *folder = xasprintf("imported/%s", import.suite), hex[65];
	char *path = rootpath("tasks/%s/%s.json", folder, name);
	double share = t->macs > 0 && import.total > 0
			   ? (double)t->macs * (double)t->count / import.total
			   : 0;

	json_set(record, "task", t->task);
	hashof(record, hex);
	put(path, record);
	json_set(o, "name", cJSON_CreateString(name));
	json_set(o, "category", cJSON_CreateString(folder));
	json_set(o, "sha256", cJSON_CreateString(hex));
	json_set(o, "count", cJSON_CreateNumber((double)t->count));
	json_set(o, "share", cJSON_CreateNumber(round(share * 1e6) / 1e6));
	printf("%-40s %-20s x%-4ld %5.1f %%\n", name,
	    json_string(t->task, "op"), t->count, 100 * share);
	free(folder);
	free(path);
	cJSON_Delete(record);
	return o;
}

/* tasks of an import before this one */
static void
removeold(const cJSON *tasks)
{
	char *dir = rootpath("tasks/imported/%s", import.suite), *path;
	struct map keep = {0};
	struct dirent *e;
	size_t n;
	DIR *d = opendir(dir);

	json_each (t, tasks)
		*map_at(&keep, json_string(t, "name")) = t;
	while (d && (e = readdir(d))) {
		n = strlen(e->d_name);
		if (n < 6 || strcmp(e->d_name + n - 5, ".json") != 0)
			continue;
		e->d_name[n - 5] = '\0';
		path = xasprintf("%s/%s.json", dir, e->d_name);
		if (!map_has(&keep, e->d_name) && unlink(path) < 0)
			warn("%s", path);
		free(path);
	}
	if (d)
		closedir(d);
	map_free(&keep);
	free(dir);
}

static void
writesuite(const char *model)
{
	cJSON *suite = cJSON_CreateObject(), *tasks = cJSON_CreateArray();
	const char *base = strrchr(model, '/');
	char *path = rootpath("tasks/%s.json", import.suite);
	size_t i;

	for (i = 0; i < import.n; i++)
		cJSON_AddItemToArray(tasks, listed(import.list[i]));
	json_each (e, import.left)
		printf("left out: %s (%s): %s\n", json_string(e, "node"),
		    json_string(e, "op"), json_string(e, "reason"));
	json_set(suite, "suite", cJSON_CreateString(import.suite));
	json_set(suite, "version", cJSON_CreateString("1.0.0"));
	json_set(suite, "imported",
	    json_text(
		base ? base + 1 : model, strlen(base ? base + 1 : model)));
	json_set(suite, "tasks", tasks);
	json_set(suite, "left_out", import.left);
	removeold(tasks);
	put(path, suite);
	free(path);
	cJSON_Delete(suite);
}

static void
suitename(const char *name)
{
	char *path = rootpath("tasks/%s.json", name);
	cJSON *old;

	if (!*name || strlen(name) > 60 ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") !=
		strlen(name))
		errx(EX_USAGE, "suite '%s': not of a-z, 0-9 and _", name);
	if (access(path, F_OK) == 0) {
		old = json_readfile(path);
		if (!json_get(old, "imported"))
			errx(EX_USAGE, "suite '%s' is there and is no import",
			    name);
		cJSON_Delete(old);
	}
	free(path);
	import.suite = name;
}

static void
convert(const char *path)
{
	char *dir = xstrdup(path), *slash = strrchr(dir, '/');
	struct onnxmodel m;
	struct nodes nodes = {0};
	size_t i;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(EX_UNAVAILABLE, "%s", path);
	if (slash)
		*slash = '\0';
	import.dir = slash ? dir : ".";
	import.left = cJSON_CreateArray();
	onnxread(&m, fd, path);
	close(fd);
	onnxspec_each(&m, take, &nodes);
	infer_start(&import.infer, &m, dimof);
	for (i = 0; i < nodes.n; i++)
		one(nodes.v[i], import.infer.why[i]);
	for (i = 0; i < guessed.cap; i++)
		if (guessed.slots[i].key)
			printf("dim '%s': taken as 1, --dim %s=VALUE says "
			       "otherwise\n",
			    guessed.slots[i].key,
			    *guessed.slots[i].key ? guessed.slots[i].key : "?");
	if (!import.n)
		errx(EX_DATAERR, "%s: no node can be a task%s%s", path,
		    import.left->child ? ": " : "",
		    import.left->child
			? json_string(import.left->child, "reason")
			: "");
	writesuite(path);
	infer_end(&import.infer);
	free(nodes.v);
	onnxread_free(&m);
	free(dir);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: import [--dim name=value] -s suite model\n"
	    "Makes a suite of the operators of an ONNX model.\n"
	    "  -d, --dim NAME=VALUE   a symbolic dim of its inputs (else 1)\n"
	    "  -s, --suite NAME       tasks/NAME.json and "
	    "tasks/imported/NAME/\n"
	    "      --version          the stage and the version of its "
	    "format\n"
	    "man import tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"dim", 1, 0, 'd'},
	    {"suite", 1, 0, 's'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'},
	    {0}};
	const char *suite = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "d:s:h", options, NULL)) != -1) {
		switch (c) {
		case 'd': dimarg(optarg); break;
		case 's': suite = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (argc - optind != 1 || !suite)
		usage(EX_USAGE);
	suitename(suite);
	convert(argv[optind]);
	closeout();
	return EX_OK;
}
