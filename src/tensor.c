/*
 * tensor: make, compare and print tensors.
 *
 * A tensor is a JSON text {"name":..,"dtype":..,"shape":[..],"raw":base64}, or
 * with "data" or "values" in the place of raw, as in a task.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "compare.h"
#include "dtype.h"
#include "genjson.h"

#define FORMAT 1
#define DIFFERENT 1 /* exit status of compare */

static uint8_t key[32];
static uint64_t call;
static uint32_t input;
static size_t most = 64; /* elements printed */

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: tensor make [-p] [-v values] [-t dtype] [-s shape] [-k "
	    "seed]\n"
	    "                   [-c call] [-i input] [-n name]\n"
	    "       tensor compare [-a absolute] [-r relative] got want\n"
	    "       tensor print [-m most] [file]\n"
	    "Makes, compares and prints tensors; man tensor tells more.\n");
	usageend(rc);
}

/* "1,3,224" to dims */
static void
shapearg(struct tensor *t, const char *s)
{
	int64_t dims[TENSOR_RANK];
	char *end;
	int rank = 0;

	for (; *s; s = *end ? end + 1 : end) {
		errno = 0;
		if (rank == TENSOR_RANK)
			errx(EX_USAGE, "a shape of more than %d dims",
			    TENSOR_RANK);
		dims[rank++] = strtoll(s, &end, 10);
		if (end == s || errno || (*end && *end != ','))
			errx(EX_USAGE, "shape '%s' is not 1,2,3", s);
	}
	if (tensor_set(t, t->dtype, dims, rank) < 0)
		errx(EX_USAGE, "a shape with a negative dim or too many "
			       "elements");
}

/* a tensor from its JSON; name lives as long as json */
static void
tensorread(struct tensor *t, const cJSON *json)
{
	struct gen *g = gen_input(json);

	tensor_of(t, json, NULL);
	tensor_alloc(t);
	if (g->kind == GEN_LITERAL && g->bytes != tensor_size(t) &&
	    g->bytes != dtype_size(t->dtype))
		json_bad(json, "%zu bytes of data, the shape has %zu", g->bytes,
		    tensor_size(t));
	gen_fill(g, key, call, input, t->data, t->count);
	gen_free(g);
}

static void
readfile(struct tensor *t, const char *path)
{
	tensorread(t, json_readfile(path));
}

static void
tensorwrite(const struct tensor *t)
{
	cJSON *o = cJSON_CreateObject(), *shape = cJSON_CreateArray();
	char *raw = base64_of(t->data, tensor_size(t));
	int i;

	if (t->name)
		json_set(o, "name", cJSON_CreateString(t->name));
	json_set(o, "dtype", cJSON_CreateString(dtype_name(t->dtype)));
	for (i = 0; i < t->rank; i++)
		cJSON_AddItemToArray(
		    shape, cJSON_CreateNumber((double)t->dims[i]));
	json_set(o, "shape", shape);
	json_set(o, "raw", cJSON_CreateString(raw));
	json_write(stdout, o);
	free(raw);
	cJSON_Delete(o);
}

static int
make(int argc, char **argv)
{
	struct tensor t = {.dtype = DT_FLOAT};
	const char *values = NULL, *shape = "", *why;
	cJSON *spec = NULL;
	int c, text = 0;
	struct gen *g;

	while ((c = getopt(argc, argv, "v:t:s:k:c:i:n:p")) != -1) {
		switch (c) {
		case 'v': values = optarg; break;
		case 't': t.dtype = dtype_number(optarg); break;
		case 's': shape = optarg; break;
		case 'k':
			if (gen_key(optarg, key) < 0)
				errx(EX_USAGE, "seed is not 64 hex digits");
			break;
		case 'c':
			call = (uint64_t)numarg("call", optarg, 0, INT64_MAX);
			break;
		case 'i':
			input = (uint32_t)numarg("input", optarg, 0, 1 << 20);
			break;
		case 'n': t.name = optarg; break;
		case 'p': text = 1; break;
		default: usage(EX_USAGE);
		}
	}
	if (optind != argc)
		usage(EX_USAGE);
	if (!dtype_size(t.dtype))
		errx(EX_USAGE, "no tensors of this dtype");
	if (values && !(spec = json_parse(values, strlen(values), &why)))
		errx(EX_DATAERR, "values: %s", why);
	json_setplace("values", 0, spec);
	g = gen_parse(spec, t.dtype);
	if (text) {
		printf("%s\n", gen_text(g));
		return EX_OK;
	}
	shapearg(&t, shape);
	tensor_alloc(&t);
	gen_fill(g, key, call, input, t.data, t.count);
	tensorwrite(&t);
	return EX_OK;
}

static double
tolerancearg(const char *s)
{
	char *end;
	double d = strtod(s, &end);

	if (end == s || *end || !(d >= 0) || isinf(d))
		errx(EX_USAGE, "tolerance '%s' is no number from 0", s);
	return d;
}

static int
same(const struct tensor *a, const struct tensor *b)
{
	return a->dtype == b->dtype && a->rank == b->rank &&
	       memcmp(a->dims, b->dims, (size_t)a->rank * sizeof(*a->dims)) ==
		   0;
}

static int
docompare(int argc, char **argv)
{
	struct tolerance tolerance = {1e-4, 1e-4};
	struct tensor got = {0}, want = {0};
	struct comparison sum;
	cJSON *report;
	int c;

	while ((c = getopt(argc, argv, "a:r:")) != -1) {
		switch (c) {
		case 'a': tolerance.absolute = tolerancearg(optarg); break;
		case 'r': tolerance.relative = tolerancearg(optarg); break;
		default: usage(EX_USAGE);
		}
	}
	if (argc - optind != 2)
		usage(EX_USAGE);
	readfile(&got, argv[optind]);
	readfile(&want, argv[optind + 1]);
	if (!same(&got, &want))
		errx(EX_DATAERR, "%s: not of the dtype and shape of '%s'",
		    argv[optind], argv[optind + 1]);
	sum = compare(&got, &want, tolerance);
	report = compare_report(&got, &want, tolerance, NULL);
	if (!report) {
		report = cJSON_CreateObject();
		json_set(
		    report, "count", cJSON_CreateNumber((double)sum.count));
		json_set(report, "failed", cJSON_CreateNumber(0));
		json_set(report, "max_abs", cJSON_CreateNumber(sum.maxabs));
		json_set(report, "max_rel", cJSON_CreateNumber(sum.maxrel));
		json_set(report, "max_ulp", json_u64(sum.maxulp));
	}
	json_write(stdout, report);
	return sum.failed ? DIFFERENT : EX_OK;
}

static void
element(const struct tensor *t, size_t i)
{
	switch (t->dtype) {
	case DT_INT64:
		printf("%lld", (long long)((int64_t *)t->data)[i]);
		break;
	case DT_UINT64:
		printf("%llu", (unsigned long long)((uint64_t *)t->data)[i]);
		break;
	case DT_DOUBLE: printf("%.17g", ((double *)t->data)[i]); break;
	default: printf("%.9g", dtype_get(t->dtype, t->data, i));
	}
}

static cJSON *
standardinput(void)
{
	struct jsonin in = {.fp = stdin, .name = "<stdin>"};
	cJSON *j = json_read(&in);

	if (!j)
		errx(EX_DATAERR, "<stdin>: no tensor");
	return j;
}

static int
print(int argc, char **argv)
{
	struct tensor t = {0};
	size_t i, row;
	int c;

	while ((c = getopt(argc, argv, "m:")) != -1) {
		switch (c) {
		case 'm':
			most = (size_t)numarg("most", optarg, 0, INT64_MAX);
			break;
		default: usage(EX_USAGE);
		}
	}
	if (argc - optind > 1)
		usage(EX_USAGE);
	if (optind < argc)
		readfile(&t, argv[optind]);
	else
		tensorread(&t, standardinput());
	printf("%s %s [", *t.name ? t.name : "-", dtype_name(t.dtype));
	for (c = 0; c < t.rank; c++)
		printf("%s%lld", c ? "," : "", (long long)t.dims[c]);
	printf("]\n");
	row = t.rank ? (size_t)t.dims[t.rank - 1] : 1;
	for (i = 0; i < t.count && i < most; i++) {
		element(&t, i);
		putchar((i + 1) % row == 0 || i + 1 == most ? '\n' : ' ');
	}
	if (t.count > most)
		printf("... %zu more\n", t.count - most);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int, char **);
	} commands[] = {
	    {"make", make}, {"compare", docompare}, {"print", print}};
	size_t i;
	int rc;

	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		printf("tensor %d\n", FORMAT);
		closeout();
		return EX_OK;
	}
	if (argc > 1 &&
	    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		usage(EX_OK);
	for (i = 0; argc > 1 && i < LEN(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0) {
			rc = commands[i].run(argc - 1, argv + 1);
			closeout();
			return rc;
		}
	if (argc > 1)
		warnx("no such command: '%s'", argv[1]);
	usage(EX_USAGE);
}
