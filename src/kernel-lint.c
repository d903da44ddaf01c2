/*
 * kernel-lint: what a candidate shows of reaching beyond the kernel.
 */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lint.h"
#include "stage.h"

#define FORMAT 1
#define MAXFILE (16u << 20)

static const char *engine;

static void
record(cJSON *r)
{
	const cJSON *candidate = json_object(r, "candidate");
	cJSON *build = json_get(r, "build");
	const char *name =
	    engine  ? engine
	    : build ? json_stringor(build, "engine", "ort")
		    : json_string(json_object(r, "request"), "engine");
	const char *artifact =
	    build ? json_stringor(build, "artifact", NULL) : NULL;
	char *path = artifact ? rootpath("%s", artifact) : NULL;

	if (!build)
		json_set(r, "build", build = cJSON_CreateObject());
	json_set(build, "lint",
	    lint_candidate(name, json_get(candidate, "files"), path));
	free(path);
}

static int
iself(const struct buf *b)
{
	return b->len > 4 && !memcmp(b->data, "\177ELF", 4);
}

/* by hand: sources and at most one library, findings for people */
static int
byhand(char *const *paths)
{
	cJSON *files = cJSON_CreateArray(), *o, *f;
	const char *object = NULL;

	for (; *paths; paths++) {
		struct buf b = {0};

		if (buf_readfile(&b, *paths, MAXFILE) < 0)
			err(EX_UNAVAILABLE, "%s", *paths);
		if (iself(&b)) {
			object = *paths;
		} else {
			f = cJSON_CreateObject();
			json_set(f, "name", cJSON_CreateString(*paths));
			json_set(f, "text", json_text(b.data, b.len));
			cJSON_AddItemToArray(files, f);
		}
		buf_free(&b);
	}
	o = lint_candidate(engine ? engine : "ort", files, object);
	json_each (g, json_get(o, "findings")) {
		printf("%s:", json_string(g, "file"));
		if (json_get(g, "line"))
			printf("%lld:", json_int(g, "line", 0, 1LL << 40));
		printf(" %s: %s: %s: %s\n", json_string(g, "class"),
		    json_string(g, "rule"), json_string(g, "why"),
		    json_string(g, "text"));
	}
	printf("%s, %s\n", json_string(o, "class"), json_string(o, "track"));
	closeout();
	return EX_OK;
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: kernel-lint [-e engine] [-o file] [record ...]\n"
	    "       kernel-lint [-e engine] -f file ...\n"
	    "Looks for what a kernel has no business with.\n"
	    "  -e, --engine NAME   whose lists (default: the record's; ort)\n"
	    "  -f, --files         the arguments are sources and a library\n"
	    "  -o, --output FILE   write there, by rename\n"
	    "      --version       the stage and the version of its format\n"
	    "man kernel-lint tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"engine", 1, 0, 'e'},
	    {"files", 0, 0, 'f'}, {"output", 1, 0, 'o'}, {"help", 0, 0, 'h'},
	    {"version", 0, 0, 'V'}, {0}};
	const char *out = NULL;
	int c, files = 0;

	while ((c = getopt_long(argc, argv, "e:fo:h", options, NULL)) != -1) {
		switch (c) {
		case 'e': engine = optarg; break;
		case 'f': files = 1; break;
		case 'o': out = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	if (files && optind < argc)
		return byhand(argv + optind);
	stage_each(out, argv + optind, record);
	return EX_OK;
}
