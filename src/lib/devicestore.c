#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deviceimpl.h"

#define LARGE 1000000 /* bytes from which on a sum is worth keeping */
#define MOSTFILES 32  /* in one directory of the store */

static void
sumof(const char *path, char hex[65])
{
	if (sha256file(path, hex) < 0)
		err(EX_DATAERR, "%s", path);
}

/* the SHA-256 of a file; a large one's is kept in build/sums as long as the
   file stays what it was */
static void
filesum(const char *path, char hex[65])
{
	struct buf kept = {0};
	struct stat st;
	char *memo, *state;
	size_t n;

	if (stat(path, &st) < 0)
		err(EX_DATAERR, "%s", path);
	if (st.st_size < LARGE) {
		sumof(path, hex);
		return;
	}
	sha256hex(path, strlen(path), hex);
	memo = rootpath("build/sums/%s", hex);
	state = xasprintf("%ju %jd %jd.%09ld ", (uintmax_t)st.st_ino,
	    (intmax_t)st.st_size, (intmax_t)st.st_ctim.tv_sec,
	    st.st_ctim.tv_nsec);
	n = strlen(state);
	if (buf_readfile(&kept, memo, n + 64) == 0 && kept.len == n + 64 &&
	    memcmp(kept.data, state, n) == 0) {
		memcpy(hex, kept.data + n, 65);
	} else {
		sumof(path, hex);
		buf_free(&kept);
		buf_addf(&kept, "%s%s", state, hex);
		if (writefile(memo, kept.data, kept.len, 0) < 0)
			warn("%s", memo);
	}
	buf_free(&kept);
	free(state);
	free(memo);
}

/* a name for what these files hold, and for their names */
static void
contentkey(const char *const *files, char key[65])
{
	struct buf all = {0};
	char hex[65];

	for (; *files; files++) {
		filesum(*files, hex);
		buf_addf(&all, "%s %s\n", hex, strrchr(*files, '/') + 1);
	}
	sha256hex(all.data, all.len, key);
	key[32] = '\0';
	buf_free(&all);
}

/* they are all there, whole: give them their place */
static char *
settling(const struct device *d, const char *const *files, const char *key)
{
	struct buf b = {0};
	char sum[65];

	buf_addf(&b, "cd '%s/new.%s' || exit 1\n", d->root, key);
	for (; *files; files++) {
		filesum(*files, sum);
		buf_addf(&b,
		    "[ \"$(sha256sum '%s' | cut -c1-64)\" = %s ] || exit 1\n",
		    strrchr(*files, '/') + 1, sum);
	}
	buf_addf(&b,
	    "chmod 700 * && cd .. && { [ -e store/%s ] || mv new.%s store/%s; "
	    "} && rm -rf new.%s",
	    key, key, key, key);
	return b.data;
}

/* room for what comes: away with what this measurement does not use */
static void
makeroom(struct device *d)
{
	struct buf b = {0}, out = {0};

	buf_addf(&b, "cd '%s/store' || exit 1\nfor f in *; do case $f in x",
	    d->root);
	json_each (u, d->used)
		buf_addf(&b, "|%s", u->string);
	buf_adds(&b, ") ;; *) rm -rf \"$f\";; esac; done\nrm -rf ../new.*");
	device_shell(d, b.data, &out);
	buf_free(&out);
	buf_free(&b);
	json_each (h, d->held)
		if (!json_get(d->used, h->string))
			h->type = cJSON_NULL;
}

static int
pushed(struct device *d, const char *const *files, const char *key,
    struct buf *why)
{
	char *to, *script = xasprintf("mkdir -p '%s/new.%s'", d->root, key);
	struct buf out = {0};
	int rc = device_shell(d, script, &out);
	const char *const *f;

	free(script);
	for (f = files; rc == 0 && *f; f++) {
		to = xasprintf(
		    "%s/new.%s/%s", d->root, key, strrchr(*f, '/') + 1);
		buf_free(&out);
		rc = d->how->copy(&d->link, *f, to, &out);
		free(to);
	}
	if (rc == 0) {
		script = settling(d, files, key);
		buf_free(&out);
		rc = device_shell(d, script, &out);
		free(script);
	}
	if (rc != 0) {
		lastline(why, &out);
		if (!why->len)
			buf_adds(why, "a file did not arrive whole");
	}
	buf_free(&out);
	return rc ? -1 : 0;
}

static int
isfull(const struct buf *why)
{
	return strstr(why->data, "No space left") ||
	       strstr(why->data, "couldn't write") ||
	       strstr(why->data, "Disk quota");
}

/* the directory there that holds these files, under their own last names */
static char *
put(struct device *d, const char *const *files, int drop)
{
	struct patience p = {0};
	struct buf why = {0};
	char key[65];
	int room = 0;

	contentkey(files, key);
	json_set(d->used, key, cJSON_CreateTrue());
	if (drop)
		json_set(d->drops, key, cJSON_CreateTrue());
	while (!json_get(d->held, key) && pushed(d, files, key, &why) < 0) {
		if (isfull(&why) && room++)
			errx(EX_TEMPFAIL, "device '%s': %s: %s", device_name(d),
			    d->root, why.data);
		if (isfull(&why))
			makeroom(d);
		device_again(d, &p, 0, &why);
		device_rejoin(d, &p);
	}
	buf_free(&why);
	json_set(d->held, key, cJSON_CreateTrue());
	return xasprintf("%s/store/%s", d->root, key);
}

/* text with each {name} in it replaced; caller frees */
static char *
replaced(const char *text, const char *name, const char *value)
{
	struct buf b = {0};
	const char *p;

	for (; (p = strstr(text, name)); text = p + strlen(name)) {
		buf_add(&b, text, (size_t)(p - text));
		buf_adds(&b, value);
	}
	buf_adds(&b, text);
	return b.data;
}

/* the absolute paths of a list of files, added to those in files */
static size_t
libraries(const struct device *d, const cJSON *list, char **files, size_t n)
{
	char *name;

	json_each (e, list) {
		if (!cJSON_IsString(e))
			json_bad(e, "not a file's name");
		if (n == MOSTFILES)
			json_bad(e, "more than %d files", MOSTFILES);
		name = replaced(e->valuestring, "{arch}", device_arch(d));
		files[n++] =
		    *name == '/' ? xstrdup(name) : rootpath("%s", name);
		free(name);
	}
	return n;
}

char *
device_place(struct device *d, const char *file, const cJSON *with, int once)
{
	char *files[MOSTFILES + 1] = {xstrdup(file)}, *dir, *path;
	size_t n = 1, i;

	if (!d->how)
		return files[0];
	if (with) {
		n = libraries(d, with, files, n);
		n = libraries(d, json_at(d->file, "run.libraries"), files, n);
	}
	dir = put(d, (const char *const *)files, once);
	path = xasprintf("%s/%s", dir, strrchr(file, '/') + 1);
	for (i = 0; i < n; i++)
		free(files[i]);
	free(dir);
	return path;
}

cJSON *
device_via(const struct device *d, const char *runner)
{
	const cJSON *via = json_at(d->file, "run.via");
	cJSON *list = via ? cJSON_CreateArray() : NULL;
	char *word, *dir;

	dir = xstrndup(runner, (size_t)(strrchr(runner, '/') - runner));
	json_each (w, via) {
		if (!cJSON_IsString(w))
			json_bad(w, "not a word");
		word = replaced(w->valuestring, "{dir}", dir);
		cJSON_AddItemToArray(list, cJSON_CreateString(word));
		free(word);
	}
	free(dir);
	return list;
}
