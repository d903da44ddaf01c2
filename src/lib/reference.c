#include <stdlib.h>
#include <string.h>

#include "dtype.h"
#include "onnxbuild.h"
#include "reference.h"

void
reference_entry(struct tensor *t, const cJSON *entry)
{
	cJSON *shape = json_array(entry, "shape");

	memset(t, 0, sizeof(*t));
	t->name = json_string(entry, "name");
	t->dtype = dtype_number(json_string(entry, "dtype"));
	if (!dtype_size(t->dtype))
		json_bad(json_get(entry, "dtype"), "no tensors of this dtype");
	t->rank = cJSON_GetArraySize(shape);
	if (t->rank > ORT_RANK)
		json_bad(shape, "more than %d dimensions", ORT_RANK);
	t->count = 1;
	t->rank = 0;
	json_each (d, shape) {
		t->dims[t->rank] = json_intvalue(d, 0, 1 << 28);
		t->count *= (size_t)t->dims[t->rank++];
		if (t->count > (size_t)1 << 32)
			json_bad(shape, "more elements than 2^32");
	}
}

static int
opensession(struct reference *r, const cJSON *task)
{
	cJSON *copy = cJSON_Duplicate(task, 1);
	struct arena a = {0};
	Onnx__ModelProto *m = onnxbuild(&a, &copy, 1);
	size_t n = onnx__model_proto__get_packed_size(m);
	uint8_t *data = xmalloc(n);

	onnx__model_proto__pack(m, data);
	r->session = ort_open(data, n);
	free(data);
	arena_free(&a);
	cJSON_Delete(copy);
	return r->session ? 0 : -1;
}

static void
addinput(struct reference *r, const cJSON *entry, uint32_t place)
{
	struct tensor *t = &r->in[r->nin];

	if (r->nin == ORT_VALUES)
		json_bad(entry, "more than %d inputs", ORT_VALUES);
	reference_entry(t, entry);
	t->data = xmalloc(t->count * dtype_size(t->dtype) + 1);
	r->place[r->nin] = place;
	r->gen[r->nin++] = gen_input(entry);
}

int
reference_open(struct reference *r, const cJSON *task)
{
	uint32_t place = 0;

	json_each (entry, json_array(task, "inputs")) {
		if (*json_string(entry, "name") &&
		    !json_boolor(entry, "constant", 0))
			addinput(r, entry, place);
		place++;
	}
	json_each (entry, json_array(task, "outputs")) {
		if (r->nout == ORT_VALUES)
			json_bad(entry, "more than %d outputs", ORT_VALUES);
		if (*json_string(entry, "name"))
			r->out[r->nout++].name = json_string(entry, "name");
	}
	return opensession(r, task);
}

void
reference_fill(struct reference *r, const uint8_t key[32], uint64_t call)
{
	for (size_t i = 0; i < r->nin; i++)
		gen_fill(r->gen[i], key, call, r->place[i], r->in[i].data,
		    r->in[i].count);
}

int
reference_run(struct reference *r)
{
	for (size_t i = 0; i < r->nout; i++)
		tensor_free(&r->out[i]);
	return ort_run(r->session, r->in, r->nin, r->out, r->nout);
}

void
reference_close(struct reference *r)
{
	for (size_t i = 0; i < r->nin; i++) {
		tensor_free(&r->in[i]);
		gen_free(r->gen[i]);
	}
	for (size_t i = 0; i < r->nout; i++)
		tensor_free(&r->out[i]);
	ort_close(r->session);
	memset(r, 0, sizeof(*r));
}
