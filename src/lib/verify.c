#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "dtype.h"
#include "verify.h"

int
verifier_open(struct verifier *v, const cJSON *task)
{
	int n = 0, place = 0;

	memset(v, 0, sizeof(*v));
	v->task = task;
	v->tolerance = tolerance_of(task);
	json_each (out, json_array(task, "outputs")) {
		if (*json_string(out, "name") && n < ORT_VALUES)
			v->output[n++] = place;
		place++;
	}
	return reference_open(&v->reference, task);
}

static int
bycall(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	if (x->call != y->call)
		return x->call < y->call ? -1 : 1;
	if (x->arm != y->arm)
		return x->arm < y->arm ? -1 : 1;
	return x->output - y->output;
}

static const struct tensor *
wanted(const struct verifier *v, int output)
{
	size_t i;

	for (i = 0; i < v->reference.nout; i++)
		if (v->output[i] == output)
			return &v->reference.out[i];
	errx(EX_SOFTWARE, "supervise: an output %d that the task has not",
	    output);
}

static cJSON *
mismatch(const struct verifier *v, const struct sample *s,
    const struct tensor *got, const struct tensor *want, const uint8_t key[32])
{
	char *poison = xmalloc(s->bytes + 1);
	cJSON *report;

	gen_poison(
	    key, (uint64_t)s->call, (uint32_t)s->output, poison, s->bytes);
	report = compare_report(got, want, v->tolerance, poison);
	free(poison);
	return report;
}

/* one output; 1 if it is wrong */
static int
judge(struct verifier *v, const struct sample *s, const uint8_t key[32])
{
	const struct tensor *want = wanted(v, s->output);
	struct verdict *d = &v->arms[s->arm];
	struct tensor got = *want;
	struct comparison c;

	if (tensor_size(want) != s->bytes)
		errx(EX_DATAERR,
		    "task '%s': output '%s' has %zu bytes in ONNX Runtime and "
		    "%zu in the task",
		    json_stringor(v->task, "name", ""), want->name,
		    tensor_size(want), s->bytes);
	got.data = s->data;
	c = compare(&got, want, v->tolerance);
	d->maxabs = c.maxabs > d->maxabs ? c.maxabs : d->maxabs;
	d->maxrel = c.maxrel > d->maxrel ? c.maxrel : d->maxrel;
	d->maxulp = c.maxulp > d->maxulp ? c.maxulp : d->maxulp;
	if (c.failed && !d->mismatch)
		d->mismatch = mismatch(v, s, &got, want, key);
	return c.failed != 0;
}

/* those of one call from i on; returns where the next call's begin */
static size_t
judgecall(struct verifier *v, const struct samples *samples, size_t i,
    const uint8_t key[32])
{
	const struct sample *first = &samples->list[i], *s;
	int arm = -1, bad = 0;

	for (; i < samples->n; i++) {
		s = &samples->list[i];
		if (s->round != first->round || s->call != first->call)
			break;
		if (s->arm != arm) {
			v->arms[s->arm].calls++;
			arm = s->arm;
			bad = 0;
		}
		if (judge(v, s, key) && !bad) {
			v->arms[s->arm].failed++;
			bad = 1;
		}
	}
	return i;
}

int
verifier_warm(struct verifier *v)
{
	static const uint8_t key[32];

	reference_fill(&v->reference, key, 0);
	return reference_run(&v->reference);
}

void
verify(struct verifier *v, struct samples *samples, long calls,
    void (*keyof)(long round, uint8_t key[32]))
{
	uint8_t key[32];
	size_t i = 0;

	if (samples->n)
		qsort(
		    samples->list, samples->n, sizeof(*samples->list), bycall);
	while (i < samples->n && calls-- > 0) {
		keyof(samples->list[i].round, key);
		reference_fill(
		    &v->reference, key, (uint64_t)samples->list[i].call);
		if (reference_run(&v->reference) < 0)
			errx(EX_DATAERR, "task '%s': ONNX Runtime: %s",
			    json_stringor(v->task, "name", ""), ort_why());
		i = judgecall(v, samples, i, key);
	}
	samples_drop(samples, i);
}

cJSON *
verdict_json(struct verdict *d)
{
	cJSON *o = cJSON_CreateObject();

	json_set(o, "calls", cJSON_CreateNumber((double)d->calls));
	json_set(o, "failed", cJSON_CreateNumber((double)d->failed));
	json_set(o, "max_abs", cJSON_CreateNumber(d->maxabs));
	json_set(o, "max_rel", cJSON_CreateNumber(d->maxrel));
	json_set(o, "max_ulp", json_u64(d->maxulp));
	if (d->mismatch)
		json_set(o, "mismatch", d->mismatch);
	d->mismatch = NULL;
	return o;
}

void
verifier_close(struct verifier *v)
{
	int i;

	for (i = 0; i < VERIFY_ARMS; i++)
		cJSON_Delete(v->arms[i].mismatch);
	reference_close(&v->reference);
}
