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
	exit(rc);
}

/* the tasks of a stream of records, added to list */
static size_t
readtasks(FILE *fp, const char *name, cJSON ***list, size_t n)
{
	struct jsonin in = {.fp = fp, .name = name};
	cJSON *record;

	while ((record = json_readrecord(&in))) {
		*list = xreallocarray(*list, n + 1, sizeof(**list));
		(*list)[n++] = record;
	}
	buf_free(&in.text);
	return n;
}

static size_t
readall(char *const *files, cJSON ***list)
{
	size_t n = 0;
	FILE *fp;

	if (!*files)
		return readtasks(stdin, "stdin", list, 0);
	for (; *files; files++) {
		if (strcmp(*files, "-") == 0) {
			n = readtasks(stdin, "stdin", list, n);
			continue;
		}
		if (!(fp = fopen(*files, "re")))
			err(EX_UNAVAILABLE, "%s", *files);
		n = readtasks(fp, *files, list, n);
		fclose(fp);
	}
	return n;
}

static void
writemodel(const char *out, const Onnx__ModelProto *m)
{
	char *tmp;
	FILE *fp;

	if (!out) {
		pb_write(stdout, &m->base);
		closeout();
		return;
	}
	tmp = xasprintf("%s.%ld.tmp", out, (long)getpid());
	if (!(fp = fopen(tmp, "we")))
		err(EX_IOERR, "%s", tmp);
	pb_write(fp, &m->base);
	if (ferror(fp) | fclose(fp) || rename(tmp, out) < 0) {
		warn("%s", out);
		unlink(tmp);
		exit(EX_IOERR);
	}
	free(tmp);
}

static void
convert(const char *out, char *const *files)
{
	Onnx__ModelProto *model;
	struct arena a = {0};
	cJSON **tasks = NULL;
	size_t n, i;

	n = readall(files, &tasks);
	if (n == 0)
		errx(EX_DATAERR, "%s: no record", *files ? *files : "stdin");
	for (i = 0; i < n; i++) {
		cJSON *record = tasks[i];

		tasks[i] =
		    cJSON_DetachItemFromObjectCaseSensitive(record, "task");
		cJSON_Delete(record);
		json_setplace("task", (long)i + 1, tasks[i]);
		if (heldout)
			onnxbuild_heldout(tasks[i]);
	}
	json_setplace("task", 1, tasks[0]);
	model = onnxbuild(&a, tasks, n);
	if (n == 1)
		onnxspec_annotate(&a, model, tasks[0]);
	if (domain)
		onnxbuild_domain(&a, model, domain);
	writemodel(out, model);
	for (i = 0; i < n; i++)
		cJSON_Delete(tasks[i]);
	free(tasks);
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
