#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "onnxbuild.h"
#include "onnxspec.h"
#include "stage.h"

#define FORMAT 1

static const char *domain;
static int heldout;

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: spec2onnx [--domain domain] [--heldout] [-o file] "
	    "[record ...]\n"
	    "Turns the record of a task, or all records of a model, into an "
	    "ONNX model.\n"
	    "  -d, --domain DOMAIN   the node's domain, at version 1\n"
	    "  -H, --heldout         with the task's held-out shapes and data\n"
	    "  -o, --output FILE     write there, by rename\n"
	    "      --version         the stage and the version of its format\n"
	    "man spec2onnx tells more.\n");
	usageend(rc);
}

/* add the records of a stream to all, an array */
static void
readfrom(FILE *fp, const char *name, cJSON *all)
{
	struct jsonin in = {.fp = fp, .name = name};
	cJSON *record;

	while ((record = json_readrecord(&in)))
		cJSON_AddItemToArray(all, record);
	buf_free(&in.text);
}

static cJSON *
readall(char *const *files)
{
	cJSON *all = cJSON_CreateArray();
	FILE *fp;

	if (!*files)
		readfrom(stdin, "stdin", all);
	for (; *files; files++) {
		if (strcmp(*files, "-") == 0) {
			readfrom(stdin, "stdin", all);
			continue;
		}
		if (!(fp = fopen(*files, "re")))
			err(EX_UNAVAILABLE, "%s", *files);
		readfrom(fp, *files, all);
		fclose(fp);
	}
	return all;
}

/* the tasks of all records; messages speak of the record if it is the only one,
   else of all records as one list */
static cJSON **
tasksof(cJSON *all, const char *name)
{
	size_t n = (size_t)cJSON_GetArraySize(all), i = 0;
	cJSON **tasks = xcalloc(n, sizeof(*tasks));

	json_setplace(name, n == 1, n == 1 ? all->child : all);
	json_each (record, all) {
		tasks[i] = json_object(record, "task");
		if (heldout)
			onnxbuild_heldout(tasks[i]);
		i++;
	}
	return tasks;
}

static void
writemodel(const char *out, const Onnx__ModelProto *m)
{
	char *part;
	FILE *fp;

	if (!out) {
		pb_write(stdout, &m->base);
		closeout();
		return;
	}
	part = part_name(out);
	if (!(fp = fopen(part, "we")))
		err(EX_IOERR, "%s", part);
	pb_write(fp, &m->base);
	if (ferror(fp) | fclose(fp) || part_end(part, out, 1) < 0) {
		warn("%s", out);
		part_end(part, out, 0);
		exit(EX_IOERR);
	}
	free(part);
}

static void
convert(const char *out, char *const *files)
{
	const char *name =
	    *files && strcmp(*files, "-") != 0 ? *files : "stdin";
	cJSON *all = readall(files), **tasks;
	size_t n = (size_t)cJSON_GetArraySize(all);
	Onnx__ModelProto *model;
	struct arena a = {0};

	if (n == 0)
		errx(EX_DATAERR, "%s: no record", name);
	tasks = tasksof(all, name);
	model = onnxbuild(&a, tasks, n);
	if (n == 1)
		onnxspec_annotate(&a, model, tasks[0]);
	if (domain)
		onnxbuild_domain(&a, model, domain);
	writemodel(out, model);
	free(tasks);
	cJSON_Delete(all);
	arena_free(&a);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"domain", 1, 0, 'd'},
	    {"heldout", 0, 0, 'H'}, {"output", 1, 0, 'o'}, {"help", 0, 0, 'h'},
	    {"version", 0, 0, 'V'}, {0}};
	const char *out = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "d:Ho:h", options, NULL)) != -1) {
		switch (c) {
		case 'd': domain = optarg; break;
		case 'H': heldout = 1; break;
		case 'o': out = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	convert(out, argv + optind);
	return EX_OK;
}
