#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stage.h"

static void
eachof(struct jsonin *in, FILE *out, void (*fn)(cJSON *record))
{
	cJSON *record;

	while ((record = json_readrecord(in))) {
		fn(record);
		json_write(out, record);
		cJSON_Delete(record);
		if (out == stdout && fflush(out) != 0)
			err(EX_IOERR, "stdout");
	}
	json_end(in);
}

static void
eachfile(const char *file, FILE *out, void (*fn)(cJSON *record))
{
	struct jsonin in = {.fp = stdin, .name = "<stdin>"};

	if (strcmp(file, "-") != 0) {
		in.name = file;
		in.fp = fopen(file, "re");
		if (!in.fp)
			err(EX_UNAVAILABLE, "%s", file);
	}
	eachof(&in, out, fn);
	if (in.fp != stdin)
		fclose(in.fp);
}

static pid_t noting;
static char *notepath;

static void
note(int status, void *path)
{
	const char *batch = getenv("MKBENCH_BATCH");
	int waits = status == EX_TEMPFAIL && batch && strcmp(batch, "1") == 0;
	struct buf b = {0};

	if (getpid() != noting)
		return;
	buf_addf(&b, "%d%s\n", status, waits ? " batch" : "");
	if (status == 0)
		unlink(path);
	else
		(void)writefile(path, b.data, b.len, 0);
	buf_free(&b);
}

void
stage_note(const char *out)
{
	size_t n = out ? strlen(out) : 0;

	if (n < 5 || strcmp(out + n - 5, ".json") != 0 ||
	    !getenv("MKBENCH_NOTES"))
		return;
	noting = getpid();
	notepath = xasprintf("%.*s.failed", (int)n - 5, out);
	on_exit(note, notepath);
}

void
stage_end(void)
{
	note(EX_OK, notepath);
	_exit(EX_OK);
}

void
stage_each(const char *path, char *const *files, void (*fn)(cJSON *record))
{
	char *data = NULL;
	size_t len = 0;
	FILE *out = path ? open_memstream(&data, &len) : stdout;

	if (!out)
		err(EX_OSERR, "open_memstream");
	stage_note(path);
	if (!*files)
		eachfile("-", out, fn);
	for (; *files; files++)
		eachfile(*files, out, fn);
	if (!path) {
		closeout();
		return;
	}
	if (fclose(out) != 0)
		err(EX_OSERR, "memory stream");
	if (writefile(path, data, len, 0) < 0)
		err(EX_IOERR, "%s", path);
	free(data);
}

cJSON *
stage_config(const char *what, const char *dir, const char *name)
{
	size_t n = strlen(name);
	char *path, *names;
	cJSON *json;

	if (strchr(name, '/') || (n > 5 && strcmp(name + n - 5, ".json") == 0))
		path = xstrdup(name);
	else
		path = rootpath("%s/%s.json", dir, name);
	if (access(path, R_OK) < 0) {
		names = listnames(dir, ".json");
		errx(EX_UNAVAILABLE, "no %s '%s' (%s); there are: %s", what,
		    name, strerror(errno), names);
	}
	json = json_readfile(path);
	if (!cJSON_IsObject(json))
		errx(EX_DATAERR, "%s: not an object", path);
	free(path);
	return json;
}

void
stage_keep(cJSON *object, const char *const *keys)
{
	cJSON *c, *next;
	size_t i;

	for (c = object ? object->child : NULL; c; c = next) {
		next = c->next;
		for (i = 0; keys[i] && strcmp(keys[i], c->string) != 0; i++)
			;
		if (!keys[i])
			cJSON_Delete(cJSON_DetachItemViaPointer(object, c));
	}
}

void
stage_version(int version)
{
	printf("%s %d\n", program_invocation_short_name, version);
	closeout();
	exit(EX_OK);
}
