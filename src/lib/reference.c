#include <stdlib.h>
#include <string.h>

#include "onnxbuild.h"
#include "reference.h"

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
	tensor_of(t, entry, NULL);
	tensor_alloc(t);
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
