#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "roofline.h"
#include "tensor.h"

#define FEWER 4 /* multiply-adds that a convolution can save, as a factor */

const cJSON *
roofline_load(const char *device)
{
	static cJSON *json;
	static char *loaded;
	struct json_place place = json_saveplace();
	char *path;

	if (loaded && strcmp(loaded, device) == 0)
		return json;
	free(loaded);
	loaded = xstrdup(device);
	path = rootpath("build/calibration/%s.json", device);
	json = access(path, R_OK) == 0 ? json_readfile(path) : NULL;
	json_restoreplace(place);
	free(path);
	return json;
}

/* does the operator's result depend on every element of its inputs? */
static int
readsall(const char *op)
{
	static const char *const some[] = {"Gather", "GatherElements",
	    "GatherND", "Slice", "Where", "Resize", "GridSample", "RoiAlign",
	    "Compress", "OneHot", "Shape", "Size", "Trilu", "Pad", "MaxPool",
	    "AveragePool", "ScatterElements", "ScatterND", "Split", "Upsample",
	    "EyeLike", "Conv", "ConvTranspose"};
	size_t i;

	for (i = 0; i < LEN(some); i++)
		if (strcmp(op, some[i]) == 0)
			return 0;
	return 1;
}

static double
bytesof(const cJSON *task)
{
	struct tensor t;
	double sum = 0;

	json_each (out, json_array(task, "outputs")) {
		if (!*json_string(out, "name"))
			continue;
		tensor_of(&t, out, NULL);
		sum += (double)tensor_size(&t);
	}
	if (!readsall(json_string(task, "op")))
		return sum;
	json_each (in, json_array(task, "inputs")) {
		if (!*json_string(in, "name"))
			continue;
		tensor_of(&t, in, NULL);
		sum += (double)tensor_size(&t);
	}
	return sum;
}

/* bytes a second out of what can hold so many; the smaller buffer's where it
   lies between two */
static double
bandwidth(const cJSON *levels, double bytes)
{
	const cJSON *found = levels->child;

	json_each (l, levels)
		if (json_number(l, "bytes") <= bytes)
			found = l;
	return fmax(json_number(found, "read"), json_number(found, "copy"));
}

static const cJSON *
withthreads(const cJSON *device, int threads)
{
	const cJSON *list = json_array(device, "threads");
	const cJSON *found = list->child;

	json_each (t, list)
		if (json_number(t, "threads") <= threads)
			found = t;
	return found;
}

cJSON *
roofline_floor(const cJSON *device, const cJSON *task, int threads)
{
	const char *op = json_string(task, "op");
	double macs = strtod(json_stringor(task, "macs", "0"), NULL);
	double bytes, compute, memory;
	const cJSON *t;
	cJSON *o;

	if (!device)
		return NULL;
	t = withthreads(device, threads);
	bytes = bytesof(task);
	if (strcmp(op, "Conv") == 0 || strcmp(op, "ConvTranspose") == 0)
		macs /= FEWER;
	compute = macs / json_number(t, "macs") * 1e9;
	memory = bytes / bandwidth(json_array(t, "levels"), bytes) * 1e9;
	o = cJSON_CreateObject();
	json_set(
	    o, "floor_ns", cJSON_CreateNumber(round(fmax(compute, memory))));
	json_set(o, "roof",
	    cJSON_CreateString(compute > memory ? "compute" : "memory"));
	return o;
}
