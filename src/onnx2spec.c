#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "onnxspec.h"
#include "stage.h"

#define FORMAT 1

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: onnx2spec [model]\n"
	    "Writes one record for each operator of an ONNX model.\n"
	    "      --version   the stage and the version of its format\n"
	    "man onnx2spec tells more.\n");
	usageend(rc);
}

static void
write_(void *arg, cJSON *task)
{
	cJSON *record = cJSON_CreateObject();

	(void)arg;
	json_set(record, "task", task);
	json_write(stdout, record);
	cJSON_Delete(record);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'}, {0}};
	const char *path = NULL;
	struct onnxmodel m;
	int c, fd = STDIN_FILENO;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (argc - optind > 1)
		usage(EX_USAGE);
	if (argc > optind && strcmp(argv[optind], "-") != 0)
		path = argv[optind];
	if (path && (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		err(EX_UNAVAILABLE, "%s", path);
	onnxread(&m, fd, path);
	onnxspec_each(&m, write_, NULL);
	onnxread_free(&m);
	closeout();
	return EX_OK;
}
