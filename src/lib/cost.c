#include <string.h>

#include "cost.h"
#include "dtype.h"

#define RANK 16

struct dims {
	int known, rank; /* known: all dims are numbers */
	int64_t dim[RANK];
};

static int64_t
mul(int64_t x, int64_t y)
{
	int64_t v;

	if (x < 0 || y < 0 || __builtin_mul_overflow(x, y, &v))
		return -1;
	return v;
}

static int64_t
add(int64_t x, int64_t y)
{
	int64_t v;

	if (x < 0 || y < 0 || __builtin_add_overflow(x, y, &v))
		return -1;
	return v;
}

static int64_t
product(const struct dims *d, int from, int to)
{
	int64_t n = d->known ? 1 : -1;
	int i;

	for (i = from < 0 ? 0 : from; i < to && i < d->rank; i++)
		n = mul(n, d->dim[i]);
	return n;
}

static int64_t
numel(const struct dims *d)
{
	return product(d, 0, d->rank);
}

static struct dims
dimsof(const cJSON *entry)
{
	const cJSON *shape = json_get(entry, "shape");
	struct dims d = {0};

	if (!cJSON_IsArray(shape) || cJSON_GetArraySize(shape) > RANK)
		return d;
	d.known = 1;
	json_each (n, shape) {
		if (!cJSON_IsNumber(n) || n->valuedouble < 0 ||
		    n->valuedouble > JSON_INT)
			d.known = 0;
		else
			d.dim[d.rank] = (int64_t)n->valuedouble;
		d.rank++;
	}
	return d;
}

static const cJSON *
entryof(const cJSON *task, const char *list, int i)
{
	return cJSON_GetArrayItem(json_get(task, list), i);
}

static struct dims
in(const cJSON *task, int i)
{
	return dimsof(entryof(task, "inputs", i));
}

static struct dims
out(const cJSON *task, int i)
{
	return dimsof(entryof(task, "outputs", i));
}

static const cJSON *
attribute(const cJSON *task, const char *name, const char *type)
{
	return json_get(json_get(json_get(task, "attributes"), name), type);
}

static int64_t
intor(const cJSON *task, const char *name, int64_t absent)
{
	const cJSON *v = attribute(task, name, "int");

	return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : absent;
}

static const char *
stringor(const cJSON *task, const char *name, const char *absent)
{
	const cJSON *v = attribute(task, name, "string");

	return cJSON_IsString(v) ? v->valuestring : absent;
}

/* multiply-adds of operators, by kind */

static int64_t
elementwise(const cJSON *task)
{
	struct dims y = out(task, 0);

	return numel(&y);
}

static int64_t
reading(const cJSON *task)
{
	struct dims x = in(task, 0);

	return numel(&x);
}

static int64_t
moving(const cJSON *task)
{
	(void)task;
	return 0;
}

static int64_t
conv(const cJSON *task)
{
	int at =
	    strcmp(json_stringor(task, "op", ""), "QLinearConv") == 0 ? 3 : 1;
	struct dims w = in(task, at), y = out(task, 0);

	return mul(numel(&y), product(&w, 1, w.rank));
}

static int64_t
convtranspose(const cJSON *task)
{
	struct dims x = in(task, 0), w = in(task, 1);

	return mul(numel(&x), product(&w, 1, w.rank));
}

static int64_t
matmul(const cJSON *task)
{
	struct dims a = in(task, 0), y = out(task, 0);

	return a.known && a.rank ? mul(numel(&y), a.dim[a.rank - 1]) : -1;
}

static int64_t
gemm(const cJSON *task)
{
	struct dims a = in(task, 0), y = out(task, 0);

	if (!a.known || a.rank != 2)
		return -1;
	return mul(numel(&y), a.dim[intor(task, "transA", 0) ? 0 : 1]);
}

/* every combination of the letters once; an ellipsis or repeated batch dims
   count by the operand that has most of them */
static int64_t
einsum(const cJSON *task)
{
	const char *p = stringor(task, "equation", "");
	int64_t size[256] = {0}, n = 1, dots = 1, rest;
	struct dims d;
	int i, k, letters, c;

	for (i = 0; *p && *p != '-'; i++, p += *p == ',') {
		d = in(task, i);
		if (!d.known)
			return -1;
		letters = (int)strcspn(p, ",-");
		for (k = 0, c = 0; c < letters; c++)
			k += p[c] != '.' && p[c] != ' ';
		rest = 1;
		letters = d.rank - k;
		for (k = 0; *p && *p != ',' && *p != '-'; p++) {
			if (*p == ' ')
				continue;
			if (*p == '.') {
				rest = product(&d, k, k + letters);
				k += p[1] != '.' ? letters : 0;
				continue;
			}
			if (k < 0 || k >= d.rank)
				return -1;
			c = (unsigned char)*p;
			if (d.dim[k] > size[c])
				size[c] = d.dim[k];
			k++;
		}
		dots = rest > dots ? rest : dots;
	}
	for (c = 0; c < 256; c++)
		n = size[c] ? mul(n, size[c]) : n;
	return i ? mul(n, dots) : -1;
}

static int64_t
recurrent(const cJSON *task)
{
	struct dims x = in(task, 0), w = in(task, 1), r = in(task, 2);
	int64_t steps = x.known && x.rank == 3 ? mul(x.dim[0], x.dim[1]) : -1;

	return mul(steps, add(numel(&w), numel(&r)));
}

static int64_t
pool(const cJSON *task)
{
	const cJSON *kernel = attribute(task, "kernel_shape", "ints");
	struct dims y = out(task, 0);
	int64_t n = numel(&y);

	json_each (k, kernel)
		n = mul(n, cJSON_IsNumber(k) ? (int64_t)k->valuedouble : -1);
	return n;
}

static int64_t
attention2(const cJSON *task)
{
	return mul(reading(task), 2);
}

static int64_t
det(const cJSON *task)
{
	struct dims x = in(task, 0);

	if (!x.known || x.rank < 2)
		return -1;
	return mul(numel(&x), x.dim[x.rank - 1]) / 3;
}

static int64_t
roialign(const cJSON *task)
{
	int64_t r = intor(task, "sampling_ratio", 0);

	r = r > 0 ? r * r : 1;
	return mul(elementwise(task), mul(4, r));
}

static int64_t
sampling(const cJSON *task)
{
	const char *mode = stringor(task, "mode", "linear");

	if (strcmp(mode, "nearest") == 0)
		return 0;
	return mul(elementwise(task),
	    strcmp(mode, "cubic") == 0 || strcmp(mode, "bicubic") == 0 ? 16
								       : 4);
}

/* a discrete transform of each frame, by its definition */
static int64_t
stft(const cJSON *task)
{
	struct dims y = out(task, 0);
	struct dims window = in(task, 2);
	const cJSON *length = json_get(entryof(task, "inputs", 3), "data");
	int64_t n = window.known && window.rank == 1 ? window.dim[0] : -1;

	if (cJSON_IsNumber(cJSON_GetArrayItem(length, 0)))
		n = (int64_t)cJSON_GetArrayItem(length, 0)->valuedouble;
	return mul(numel(&y), n);
}

static const struct {
	int64_t (*macs)(const cJSON *task);
	const char *ops; /* with a space on both sides of each */
} kinds[] = {
    {conv, " Conv ConvInteger QLinearConv DeformConv "},
    {convtranspose, " ConvTranspose "},
    {matmul, " MatMul MatMulInteger QLinearMatMul "},
    {gemm, " Gemm "},
    {einsum, " Einsum "},
    {recurrent, " RNN LSTM GRU "},
    {pool, " MaxPool AveragePool LpPool "},
    {reading,
	" GlobalMaxPool GlobalAveragePool GlobalLpPool ReduceMax ReduceMin "
	"ReduceMean ReduceSum ReduceProd ReduceL1 ReduceL2 ReduceSumSquare "
	"ReduceLogSum ReduceLogSumExp ArgMax ArgMin CumSum TopK "},
    {attention2,
	" BatchNormalization LayerNormalization InstanceNormalization "
	"GroupNormalization LpNormalization MeanVarianceNormalization Softmax "
	"LogSoftmax Hardmax LRN "},
    {det, " Det "},
    {roialign, " RoiAlign MaxRoiPool "},
    {sampling, " Resize Upsample GridSample "},
    {stft, " STFT "},
    {moving,
	" Reshape Concat Split Slice Transpose Tile Gather GatherElements "
	"GatherND Scatter ScatterElements ScatterND Pad Expand Squeeze "
	"Unsqueeze Flatten DepthToSpace SpaceToDepth Where Trilu OneHot Cast "
	"CastLike Identity Constant ConstantOfShape Shape Size Range EyeLike "
	"Compress NonZero ReverseSequence Unique SequenceConstruct "
	"SequenceAt SequenceEmpty SequenceInsert SequenceErase "
	"SequenceLength SplitToSequence ConcatFromSequence Optional "
	"OptionalGetElement OptionalHasElement Dropout RandomNormal "
	"RandomUniform RandomNormalLike RandomUniformLike Multinomial "
	"Bernoulli "},
    {NULL, " If Loop Scan NonMaxSuppression "},
};

static int64_t
macs(const cJSON *task)
{
	const char *op = json_stringor(task, "op", "");
	const char *domain = json_stringor(task, "domain", "");
	char word[72];
	size_t i;

	if (*domain && strcmp(domain, "ai.onnx") != 0 &&
	    strcmp(domain, "mkbench") != 0)
		return -1;
	snprintf(word, sizeof(word), " %s ", op);
	for (i = 0; i < LEN(kinds); i++)
		if (strstr(kinds[i].ops, word))
			return kinds[i].macs ? kinds[i].macs(task) : -1;
	return elementwise(task);
}

static int64_t
bytesof(const cJSON *list)
{
	int64_t sum = 0;

	json_each (e, list) {
		struct dims d = dimsof(e);
		int dtype = dtype_number(json_stringor(e, "dtype", ""));
		int64_t bits = mul(numel(&d), dtype_bits(dtype));

		if (!*json_stringor(e, "name", ""))
			continue;
		if (!dtype_bits(dtype) || bits < 0)
			return -1;
		sum = add(sum, (bits + 7) / 8);
	}
	return sum;
}

struct cost
cost_of(const cJSON *task)
{
	struct cost c;

	c.macs = macs(task);
	c.bytes = add(bytesof(json_get(task, "inputs")),
	    bytesof(json_get(task, "outputs")));
	return c;
}

void
cost_set(cJSON *task)
{
	struct cost c = cost_of(task);

	if (c.macs >= 0)
		json_set(task, "macs", json_u64((uint64_t)c.macs));
	if (c.bytes >= 0)
		json_set(task, "bytes", json_u64((uint64_t)c.bytes));
}
