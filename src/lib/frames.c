#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frames.h"
#include "sandbox.h"

#define FRAMES 32

/* the offsets of log that lie in the file of this name, as words for
   addr2line; all but the innermost are where calls return to, one past them */
static size_t
offsets(const char *log, const char *name, char **words)
{
	size_t n = strlen(name), found = 0;
	const char *p;

	for (p = log; p && *p && found < FRAMES;
	     p = strchr(p, '\n'), p += p != NULL) {
		int inner = strncmp(p, "> ", 2) == 0;

		if (!inner && strncmp(p, "  ", 2) != 0)
			continue;
		if (strncmp(p + 2, name, n) != 0 ||
		    strncmp(p + 2 + n, "+0x", 3) != 0)
			continue;
		words[found++] =
		    xasprintf("0x%llx", strtoull(p + 5 + n, NULL, 16) - !inner);
	}
	return found;
}

static const char *
basename_(const char *path, size_t n)
{
	const char *slash = memrchr(path, '/', n);

	return slash ? slash + 1 : path;
}

/* one of the candidate's own files */
static int
known(const cJSON *files, const char *name, size_t n)
{
	json_each (f, files) {
		const char *s = json_stringor(f, "name", "");

		if (strlen(s) == n && memcmp(s, name, n) == 0)
			return 1;
	}
	return 0;
}

/* "FUNCTION" and "FILE:LINE" on two lines become a frame if FILE is known */
static void
addframe(cJSON *list, const cJSON *files, const char *function, size_t fn,
    const char *place, size_t pn)
{
	const char *colon = memrchr(place, ':', pn), *file;
	cJSON *o;

	if (!colon)
		return;
	file = basename_(place, (size_t)(colon - place));
	if (!known(files, file, (size_t)(colon - file)))
		return;
	o = cJSON_CreateObject();
	json_set(o, "function", json_text(function, fn));
	json_set(o, "file", json_text(file, (size_t)(colon - file)));
	json_set(o, "line", cJSON_CreateNumber(strtol(colon + 1, NULL, 10)));
	cJSON_AddItemToArray(list, o);
}

static void
parse(cJSON *list, const cJSON *files, const char *text)
{
	const char *function = text, *place;
	size_t fn, pn;

	while (*function) {
		fn = strcspn(function, "\n");
		place = function + fn + (function[fn] == '\n');
		pn = strcspn(place, "\n");
		addframe(list, files, function, fn, place, pn);
		function = place + pn + (place[pn] == '\n');
	}
}

cJSON *
frames(const char *log, const char *artifact, const char *addr2line,
    const cJSON *files)
{
	const char *argv[FRAMES + 8] = {
	    addr2line, "-C", "-f", "-i", "-e", artifact};
	const char *const ro[] = {artifact, NULL};
	struct sandbox s = {.argv = argv, .ro = ro, .wall = 20};
	const char *name = basename_(artifact, strlen(artifact));
	cJSON *list = cJSON_CreateArray();
	char *words[FRAMES];
	size_t n = offsets(log, name, words), i;
	struct sandboxed p;

	for (i = 0; i < n; i++)
		argv[6 + i] = words[i];
	if (n && access(addr2line, X_OK) == 0 && access(artifact, R_OK) == 0) {
		sandbox_run(&s, &p);
		if (p.end == SANDBOX_EXITED && p.status == 0 && p.out.data)
			parse(list, files, p.out.data);
		sandbox_free(&p);
	}
	for (i = 0; i < n; i++)
		free(words[i]);
	return list;
}
