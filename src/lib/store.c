#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store.h"

static char *root;

void
store_open(const char *dir)
{
	if (!dir || !*dir)
		dir = getenv("MKBENCH_STORE");
	root = dir && *dir ? xstrdup(dir) : rootpath("results/store");
}

const char *
store_dir(void)
{
	return root;
}

static int
bykey(const void *a, const void *b)
{
	return strcmp(
	    (*(cJSON *const *)a)->string, (*(cJSON *const *)b)->string);
}

static void
print(struct buf *b, const cJSON *node)
{
	size_t n = (size_t)cJSON_GetArraySize(node), i = 0;
	const cJSON **list;
	cJSON *name;
	char *s;

	if (!cJSON_IsObject(node) && !cJSON_IsArray(node)) {
		s = json_print(node);
		buf_adds(b, s);
		free(s);
		return;
	}
	list = xreallocarray(NULL, n + 1, sizeof(*list));
	json_each (c, node)
		list[i++] = c;
	if (cJSON_IsObject(node))
		qsort(list, n, sizeof(*list), bykey);
	buf_adds(b, cJSON_IsObject(node) ? "{" : "[");
	for (i = 0; i < n; i++) {
		if (i)
			buf_adds(b, ",");
		if (cJSON_IsObject(node)) {
			name = cJSON_CreateString(list[i]->string);
			print(b, name);
			buf_adds(b, ":");
			cJSON_Delete(name);
		}
		print(b, list[i]);
	}
	buf_adds(b, cJSON_IsObject(node) ? "}" : "]");
	free(list);
}

char *
store_canonical(const cJSON *json)
{
	struct buf b = {0};

	print(&b, json);
	return b.data;
}

void
store_key(const cJSON *request, char key[65])
{
	char *text = store_canonical(request);

	sha256hex(text, strlen(text), key);
	free(text);
}

char *
store_path(const char *key, const char *suffix)
{
	return xasprintf("%s/%.2s/%s%s", root, key, key, suffix);
}

cJSON *
store_get(const char *key)
{
	char *path = store_path(key, ".json");
	struct buf b = {0};
	const char *why;
	cJSON *json = NULL;

	if (buf_readfile(&b, path, (size_t)256 << 20) == 0 && b.len)
		json = json_parse(b.data, b.len, &why);
	if (json && !cJSON_IsObject(json)) {
		cJSON_Delete(json);
		json = NULL;
	}
	buf_free(&b);
	free(path);
	return json;
}

int
store_putfile(const char *key, const char *suffix, const void *data, size_t n)
{
	char *path = store_path(key, suffix);
	int rc = writefile(path, data, n, 0);

	free(path);
	return rc < 0 ? -1 : 0;
}

int
store_put(const char *key, const cJSON *entry)
{
	char *text = json_print(entry);
	int rc;

	rc = store_putfile(key, ".json", text, strlen(text));
	free(text);
	return rc;
}

int
store_lock(const char *key)
{
	char *path = store_path(key, ".lock"), *slash;
	struct stat st;
	int fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 && errno == ENOENT) {
		slash = strrchr(path, '/');
		*slash = '\0';
		if (mkdirs(path) < 0)
			err(EX_IOERR, "%s", path);
		*slash = '/';
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	}
	if (fd < 0)
		err(EX_IOERR, "%s", path);
	free(path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 &&
	    st.st_nlink > 0)
		return fd;
	close(fd);
	return -1;
}

void
store_unlock(const char *key, int fd)
{
	char *path = store_path(key, ".lock");

	unlink(path);
	close(fd);
	free(path);
}

static int
ishex(const char *s, size_t n)
{
	return strspn(s, "0123456789abcdef") >= n;
}

/* every file of the store: dir is "ab" */
static int
walk(int (*fn)(const char *dir, const char *name, void *arg), void *arg)
{
	DIR *top = opendir(root), *sub;
	struct dirent *e, *f;
	int rc = 0;

	while (top && rc == 0 && (e = readdir(top))) {
		char *path;

		if (strlen(e->d_name) != 2 || !ishex(e->d_name, 2))
			continue;
		path = xasprintf("%s/%s", root, e->d_name);
		sub = opendir(path);
		while (sub && rc == 0 && (f = readdir(sub)))
			if (ishex(f->d_name, 64))
				rc = fn(path, f->d_name, arg);
		if (sub)
			closedir(sub);
		free(path);
	}
	if (top)
		closedir(top);
	return rc;
}

struct each {
	int (*fn)(const char *key, void *arg);
	void *arg;
};

static int
eachentry(const char *dir, const char *name, void *arg)
{
	struct each *e = arg;
	char key[65];

	(void)dir;
	if (strcmp(name + 64, ".json") != 0)
		return 0;
	memcpy(key, name, 64);
	key[64] = '\0';
	return e->fn(key, e->arg);
}

int
store_each(int (*fn)(const char *key, void *arg), void *arg)
{
	struct each e = {fn, arg};

	return walk(eachentry, &e);
}

struct debris {
	long files;
	long long bytes;
};

static int
heldbyother(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), held;

	if (fd < 0)
		return 1;
	held = flock(fd, LOCK_EX | LOCK_NB) < 0;
	if (!held)
		unlink(path);
	close(fd);
	return held;
}

static int
sweep(const char *dir, const char *name, void *arg)
{
	struct debris *d = arg;
	const char *tail = name + 64;
	char *path = xasprintf("%s/%s", dir, name);
	struct stat st;
	int gone = 0;

	if (stat(path, &st) < 0) {
		free(path);
		return 0;
	}
	if (strcmp(tail, ".lock") == 0)
		gone = !heldbyother(path);
	else if (strcmp(tail, ".json") != 0 && strcmp(tail, ".body") != 0 &&
		 (strcmp(tail, ".failed") == 0 ||
		     st.st_mtime + 86400 < time(NULL)))
		gone = unlink(path) == 0;
	if (gone) {
		d->files++;
		d->bytes += st.st_size;
	}
	free(path);
	return 0;
}

long
store_gc(long long *bytes)
{
	struct debris d = {0};

	walk(sweep, &d);
	*bytes += d.bytes;
	return d.files;
}
