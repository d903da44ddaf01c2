#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "elfsym.h"
#include "mnn.h"
#include "proc.h"
#include "sandbox.h"

#define FORMAT 2
#define PREPARE 900	/* seconds */
#define CONVERT 60	/* seconds */
#define REGISTRATIONS 4 /* as many as the runner has names for */

/* what the runner is made of, with the script that makes it */
static const char *const sources[] = {"mk/engines/mnn.sh", "src/runner/mnn.cpp",
    "src/runner/mnn-module.cpp", "src/runner/mnn.h",
    "src/runner/mnn-convert.cpp", "src/runner/mnn-types.cpp",
    "src/runner/gcc-pch.cpp", "src/runner/pages.c", "src/runner/runner.c",
    "src/runner/runner.h", "src/runner/control.h", "src/lib/jail.c",
    "src/lib/jail.h", "src/lib/fdpass.c", "src/lib/fdpass.h"};

static const char *
setting(const char *name, const char *what)
{
	const char *value = getenv(name);
	struct stat st;

	if (!value || !*value)
		errx(EX_UNAVAILABLE, "%s is not set; engine mnn needs %s", name,
		    what);
	if (stat(value, &st) < 0 || !S_ISDIR(st.st_mode))
		errx(EX_UNAVAILABLE, "%s: '%s' is not a directory; it is %s",
		    name, value, what);
	return value;
}

static char *
file(const char *name, const char *dir, const char *file, const char *what)
{
	char *path = xasprintf("%s/%s", dir, file);

	if (access(path, R_OK) < 0)
		errx(EX_UNAVAILABLE, "%s: '%s' is not there; it is %s", name,
		    path, what);
	return path;
}

static const char *
root(void)
{
	const char *dir = setting("MNN_ROOT", "an MNN source tree");

	free(file("MNN_ROOT", dir, "include/MNN/MNNDefine.h",
	    "where MNN's version stands"));
	return dir;
}

static const char *
builddir(const char *arch)
{
	struct utsname u;
	char name[64];

	if (uname(&u) == 0 &&
	    (strcmp(arch, "native") == 0 || strcmp(arch, u.machine) == 0))
		return setting(
		    "MNN_BUILD", "a build directory of MNN for this machine");
	snprintf(name, sizeof(name), "MNN_BUILD_%s", arch);
	return setting(name, "a build directory of MNN for that architecture");
}

/* a file by its name, size and time: large ones are not read */
static void
addstat(struct buf *b, char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		buf_addf(b, "%s %lld %lld.%09ld\n", path, (long long)st.st_size,
		    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	free(path);
}

static void
addsource(struct buf *b, const char *name)
{
	char *path = rootpath("%s", name), hex[65];
	struct buf text = {0};

	if (buf_readfile(&text, path, 1 << 20) == 0) {
		sha256hex(text.data, text.len, hex);
		buf_addf(b, "%s %s\n", name, hex);
	}
	buf_free(&text);
	free(path);
}

static char *
makekey(const char *src, const char *build)
{
	char hex[65], real[PATH_MAX];
	struct buf b = {0};
	size_t i;

	buf_addf(&b, "mnn %d\n%s\n", FORMAT, realpath(src, real) ? real : src);
	addstat(&b, file("MNN_BUILD", build, "libMNN.a",
			"the static library (MNN_BUILD_SHARED_LIBS=OFF)"));
	addstat(
	    &b, file("MNN_BUILD", build, "compile_commands.json",
		    "the compile commands (CMAKE_EXPORT_COMPILE_COMMANDS=ON)"));
	addstat(&b, xasprintf("%s/MNNConvert", build));
	for (i = 0; i < LEN(sources); i++)
		addsource(&b, sources[i]);
	sha256hex(b.data, b.len, hex);
	buf_free(&b);
	return xstrndup(hex, 16);
}

/* the last line of what a script said on its way out */
static char *
lastline(struct buf *b)
{
	char *nl;

	while (b->len && b->data[b->len - 1] == '\n')
		b->data[--b->len] = '\0';
	if (!b->len)
		return xstrdup("no reason given");
	nl = strrchr(b->data, '\n');
	return xstrdup(nl ? nl + 1 : b->data);
}

static void
script(const char *const *argv)
{
	struct proc p = {
	    .argv = argv, .maxoutput = 16 << 10, .seconds = PREPARE};
	struct procresult r;

	if (proc_run(&p, &r) < 0)
		err(EX_UNAVAILABLE, "%s", argv[0]);
	if (WIFSIGNALED(r.status))
		errx(EX_UNAVAILABLE, "%s was killed by signal %d", argv[0],
		    WTERMSIG(r.status));
	if (WEXITSTATUS(r.status))
		errx(EX_UNAVAILABLE, "%s", lastline(&r.out));
	buf_free(&r.out);
}

/* take the lock that one preparation holds; released with the descriptor */
static int
lock(const char *path)
{
	char *name = xasprintf("%s.lock", path);
	int fd;

	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		err(EX_IOERR, "%s", name);
	free(name);
	return fd;
}

static void
prepare(const struct mnn *m, const char *src, const char *build)
{
	char *sh = rootpath("mk/engines/mnn.sh");
	char *done = xasprintf("%s/engine.json", m->dir);
	const char *argv[] = {sh, "prepare", m->dir, src, build, NULL};
	int fd;

	if (access(done, R_OK) < 0) {
		fd = lock(m->dir);
		if (access(done, R_OK) < 0) {
			warnx("mnn: preparing the runner for '%s'", build);
			script(argv);
		}
		close(fd);
	}
	free(done);
	free(sh);
}

/* where a runner lies, without links: engine.json tells its files by that */
static char *
runnerdir(const char *key)
{
	char *parent = rootpath("build/mnn"), *real, *dir;

	if (mkdirs(parent) < 0 || !(real = realpath(parent, NULL)))
		err(EX_IOERR, "%s", parent);
	dir = xasprintf("%s/%s", real, key);
	free(parent);
	free(real);
	return dir;
}

const struct mnn *
mnn_open(const char *arch)
{
	static struct opened {
		struct opened *next;
		char *arch;
		struct mnn m;
	} * all;
	struct json_place place = json_saveplace();
	struct opened *o;
	const char *src, *build;
	char *path;

	for (o = all; o; o = o->next)
		if (strcmp(o->arch, arch) == 0)
			return &o->m;
	o = xcalloc(1, sizeof(*o));
	src = root();
	build = builddir(arch);
	o->arch = xstrdup(arch);
	o->m.key = makekey(src, build);
	o->m.dir = runnerdir(o->m.key);
	prepare(&o->m, src, build);
	path = xasprintf("%s/engine.json", o->m.dir);
	o->m.json = json_readfile(path);
	free(path);
	json_restoreplace(place);
	o->next = all;
	all = o;
	return &o->m;
}

cJSON *
mnn_facts(const struct mnn *m)
{
	static const char *const keys[] = {"version", "commit", "compiler"};
	cJSON *facts = cJSON_CreateObject();
	const cJSON *v;
	size_t i;

	for (i = 0; i < LEN(keys); i++) {
		v = json_get(m->json, keys[i]);
		if (v)
			json_set(facts, keys[i], cJSON_Duplicate(v, 1));
	}
	return facts;
}

const cJSON *
mnn_kind(const struct mnn *m, const char *kind)
{
	const cJSON *k = json_get(json_object(m->json, "kinds"), kind);

	if (!k)
		errx(EX_UNAVAILABLE,
		    "'%s' has no converter (MNN_BUILD_CONVERTER=ON), which "
		    "%s kernels are linked into",
		    json_string(m->json, "build"), kind);
	return k;
}

/* "Convolution,ConvolutionDepthwise" */
static char *
typelist(const cJSON *entry)
{
	struct buf b = {0};

	json_each (t, json_array(entry, "types"))
		buf_addf(&b, "%s%s", b.len ? "," : "", t->valuestring);
	return b.data ? b.data : xstrdup("");
}

/* the object that makes traps of an operator's native code and names its types
   to the runner; entry is the operator map's; absolute path */
static char *
gateof(const struct mnn *m, const char *kind, const cJSON *entry)
{
	const cJSON *native = json_get(entry, "native");
	char *types = typelist(entry);
	char *path = xasprintf("%s/gate/%s-%s.o", m->dir, kind, types);
	char *sh = rootpath("mk/engines/mnn.sh");
	const char **argv;
	size_t n = 0;

	if (access(path, R_OK) < 0) {
		argv = xcalloc(
		    (size_t)cJSON_GetArraySize(native) + 7, sizeof(*argv));
		argv[n++] = sh;
		argv[n++] = "gate";
		argv[n++] = m->dir;
		argv[n++] = kind;
		argv[n++] = types;
		json_each (f, native)
			argv[n++] = f->valuestring;
		if (!cJSON_GetArraySize(native))
			argv[n++] = json_stringor(entry, "file", NULL);
		script(argv);
		free(argv);
	}
	free(sh);
	free(types);
	return path;
}

/* the line of the candidate where a word stands first, or 1 */
static int
lineof(const char *dir, const char *word)
{
	char *path = xasprintf("%s/kernel.cpp", dir), *hit, *p;
	struct buf b = {0};
	int line = 1;

	if (buf_readfile(&b, path, 64 << 20) == 0 && b.data &&
	    (hit = strstr(b.data, word)))
		for (p = b.data; p < hit; p++)
			line += *p == '\n';
	buf_free(&b);
	free(path);
	return line;
}

static void
complain(struct buf *log, const char *dir, const char *word, const char *fmt,
    const char *a, const char *b)
{
	buf_addf(log, "kernel.cpp:%d:1: error: ", lineof(dir, word));
	buf_addf(log, fmt, a, b);
	buf_adds(log, "\n");
}

/* "___NAME__OpType_TYPE__" or "___FILE__FUNCTION__" within a symbol: where its
   name starts, and whether it is in namespace MNN */
static const char *
registration(const char *symbol, int *inmnn)
{
	const char *s = symbol + 2, *at;
	size_t len;

	if (strncmp(symbol, "_Z", 2) != 0)
		return NULL;
	*inmnn = strncmp(s, "N3MNN", 5) == 0;
	at = strstr(s, "___");
	if (!at || at == s || !strchr("0123456789", at[-1]))
		return NULL;
	len = strlen(at);
	if (len < 6 || strcmp(at + len - 1, "v") != 0 || !strstr(at + 3, "__"))
		return NULL;
	/* of a function without parameters, not of what lies within it */
	return symbol[2] == 'Z' ? NULL : at;
}

/* does the registration speak of one of the operator's types? */
static int
isfor(const char *at, const cJSON *entry)
{
	int yes = 0;
	char *want;

	json_each (t, json_array(entry, "types")) {
		want = xasprintf("__OpType_%s__", t->valuestring);
		yes |= strstr(at, want) != NULL;
		free(want);
	}
	return yes;
}

struct found {
	struct buf names; /* functions of namespace MNN that it defines */
	int bound;	  /* registrations given to the runner */
	int elsewhere;	  /* outside namespace MNN */
	char other[200];  /* a registration for another type */
	int calls;	  /* the engine's register function is named */
};

/* a function that the candidate defines */
static void
defined(struct found *f, const char *name)
{
	if (strncmp(name, "_ZN3MNN", 7) == 0 ||
	    strncmp(name, "_ZNK3MNN", 8) == 0)
		buf_addf(&f->names, "%s\n", name);
}

static void
registers(struct found *f, const char *kind, const cJSON *entry,
    const char *name, cJSON *link)
{
	const char *at;
	int inmnn;
	char *arg;

	if (!(at = registration(name, &inmnn)))
		return;
	if (!inmnn) {
		f->elsewhere = 1;
		return;
	}
	if (strcmp(kind, "atomic") == 0 && !isfor(at, entry)) {
		snprintf(f->other, sizeof(f->other), "%s", at);
		return;
	}
	if (f->bound == REGISTRATIONS)
		return;
	arg = xasprintf("-Wl,--defsym,mkbench_register%d=%s", f->bound++, name);
	cJSON_AddItemToArray(link, cJSON_CreateString(arg));
	free(arg);
}

static void
symbols(struct found *f, const struct elfsym *e, const char *kind,
    const cJSON *entry, cJSON *link)
{
	char **s;

	for (s = e->undefined; s && *s; s++)
		f->calls |= strstr(*s, "CPUBackend10addCreator") ||
			    strstr(*s, "OnnxExtraManager6insert") ||
			    strstr(*s, "registerGeometryComputer");
	for (s = e->functions; s && *s; s++) {
		defined(f, *s);
		registers(f, kind, entry, *s, link);
	}
	for (s = e->weak; s && *s; s++)
		defined(f, *s);
}

static int
judge(const struct found *f, const char *kind, const char *type,
    const char *dir, struct buf *log)
{
	int atomic = strcmp(kind, "atomic") == 0;
	const char *macro =
	    atomic ? "REGISTER_CPU_OP_CREATOR" : "REGISTER_GEOMETRY";

	if (strcmp(kind, "composite") == 0) {
		if (f->calls)
			return 0;
		complain(log, dir, "Transform",
		    "no transform is inserted into OnnxExtraManager", "", "");
		return -1;
	}
	if (f->bound)
		return 0;
	if (f->elsewhere)
		complain(log, dir, macro,
		    "%s stands outside namespace MNN: the engine looks for "
		    "its function there",
		    macro, "");
	else if (f->other[0])
		complain(log, dir, macro,
		    "what is registered is '%s', not OpType_%s", f->other,
		    type);
	else if (f->calls && atomic)
		return 0;
	else
		complain(log, dir, macro,
		    atomic ? "nothing is registered: %s(..., OpType_%s) is "
			     "missing"
			   : "nothing is registered: %s(...) is missing",
		    macro, type);
	return -1;
}

/* the gate for this candidate: what it defines itself is no trap */
static void
owngate(const struct mnn *m, const char *kind, const cJSON *entry,
    const char *dir, const struct buf *names, cJSON *link)
{
	char *gate = gateof(m, kind, entry);
	char *list = xasprintf("%s/gate.names", dir);
	const char *argv[] = {json_string(m->json, "objcopy"),
	    "--localize-symbols=gate.names", gate, "gate.o", NULL};
	struct proc p = {
	    .argv = argv, .dir = dir, .maxoutput = 4 << 10, .seconds = 60};
	struct procresult r;

	if (writefile(list, names->data ? names->data : "", names->len, 0) < 0)
		err(EX_IOERR, "%s", list);
	if (proc_run(&p, &r) < 0)
		err(EX_UNAVAILABLE, "%s", argv[0]);
	if (r.status)
		errx(EX_SOFTWARE, "%s: %s", argv[0], lastline(&r.out));
	buf_free(&r.out);
	unlink(list);
	cJSON_InsertItemInArray(link, 0, cJSON_CreateString("gate.o"));
	free(list);
	free(gate);
}

int
mnn_registrations(const struct mnn *m, const char *kind, const cJSON *entry,
    const char *dir, cJSON *link, struct buf *log)
{
	const char *type = json_array(entry, "types")->child->valuestring;
	char *object = xasprintf("%s/kernel.o", dir);
	struct found f = {0};
	struct elfsym e;
	const char *why;
	int rc;

	why = elfsym_read(object, &e);
	free(object);
	if (why)
		complain(log, dir, "", "the object: %s", why, "");
	symbols(&f, &e, kind, entry, link);
	elfsym_free(&e);
	if (why)
		return -1;
	if ((rc = judge(&f, kind, type, dir, log)) == 0)
		owngate(m, kind, entry, dir, &f.names, link);
	buf_free(&f.names);
	return rc;
}

/* did the candidate's converter say that its transform was asked? */
static int
asked(const struct conversion *c, struct buf *log)
{
	char *want;
	const char *hit;
	int yes;

	if (!c->transform)
		return 1;
	want = xasprintf("mkbench: transform %s called ", c->transform);
	hit = log->data ? strstr(log->data, want) : NULL;
	yes = hit && hit[strlen(want)] != '0';
	if (!yes)
		buf_addf(log,
		    "mkbench: the candidate's transform of %s was not asked\n",
		    c->transform);
	free(want);
	return yes;
}

static int
ended(const struct sandboxed *p, struct buf *log)
{
	if (p->end == SANDBOX_SIGNAL)
		buf_addf(log,
		    "mkbench: the converter was killed by signal %d\n",
		    p->status);
	else if (p->end == SANDBOX_TIMEOUT)
		buf_adds(log, "mkbench: the converter took too long\n");
	else if (p->end == SANDBOX_EXITED && p->status)
		buf_addf(log, "mkbench: the converter ended with status %d\n",
		    p->status);
	return p->end == SANDBOX_EXITED && p->status == 0;
}

/* run the converter in a directory of its own; 0 if it left a model */
static int
runconverter(const struct conversion *c, const char *converter, const char *dir,
    struct buf *log)
{
	const char *argv[32] = {converter, "-f", "ONNX", "--modelFile",
	    "model.onnx", "--MNNModel", "model.mnn", "--bizCode", "mkbench"};
	const char *ro[] = {converter, NULL};
	struct sandbox s = {.argv = argv, .ro = ro, .rw = dir, .wall = CONVERT};
	char *model = xasprintf("%s/model.mnn", dir);
	struct sandboxed p;
	struct stat st;
	size_t n = 9;
	int heard, rc = -1;

	json_each (o, c->options)
		if (n < LEN(argv) - 1)
			argv[n++] = o->valuestring;
	sandbox_run(&s, &p);
	buf_add(log, p.out.data, p.out.len);
	buf_add(log, p.err.data, p.err.len);
	heard = asked(c, log);
	if (ended(&p, log) && heard && stat(model, &st) == 0 && st.st_size > 0)
		rc = 0;
	sandbox_free(&p);
	free(model);
	return rc;
}

static char *
modelpath(const struct conversion *c, const char *converter, const void *onnx,
    size_t n)
{
	char hex[65], one[65];
	struct buf b = {0};

	sha256hex(onnx, n, one);
	buf_addf(&b, "mnn_convert %d\n%s\n%s\n", FORMAT, one,
	    c->transform ? c->transform : "");
	json_each (o, c->options)
		buf_addf(&b, "%s\n", o->valuestring);
	addstat(&b, xstrdup(converter));
	sha256hex(b.data, b.len, hex);
	buf_free(&b);
	return rootpath("build/models/%.2s/%s.mnn", hex, hex);
}

static void
cleanup(const char *dir)
{
	static const char *const names[] = {"model.onnx", "model.mnn"};
	const char *argv[] = {"rm", "-rf", dir, NULL};
	struct proc p = {.argv = argv, .maxoutput = 1 << 10};
	struct procresult r;
	char *path;
	size_t i;

	for (i = 0; i < LEN(names); i++) {
		path = xasprintf("%s/%s", dir, names[i]);
		unlink(path);
		free(path);
	}
	if (rmdir(dir) == 0)
		return;
	if (proc_run(&p, &r) == 0)
		buf_free(&r.out);
}

/* the MNN whose converter runs here: a build for another machine may have none
 */
static const struct mnn *
converting(const struct mnn *m)
{
	return json_stringor(m->json, "convert", NULL) ? m : mnn_open("native");
}

int
mnn_holds(const struct mnn *m, const char *model, const cJSON *types)
{
	char *program = xasprintf("%s/types", converting(m)->dir);
	const char *argv[] = {program, model, NULL};
	struct proc p = {.argv = argv, .maxoutput = 1 << 20, .seconds = 60};
	struct procresult r;
	char *line, *save = NULL;
	int yes = access(program, X_OK) < 0;

	if (!yes && proc_run(&p, &r) < 0)
		err(EX_UNAVAILABLE, "%s", program);
	if (!yes) {
		line = r.out.data ? strtok_r(r.out.data, "\n", &save) : NULL;
		for (; line && !yes; line = strtok_r(NULL, "\n", &save))
			json_each (t, types)
				yes |= strcmp(t->valuestring, line) == 0;
		buf_free(&r.out);
	}
	free(program);
	return yes;
}

static const char *
converterof(const struct conversion *c)
{
	const struct mnn *here = converting(c->mnn);
	const char *path = c->converter
			       ? c->converter
			       : json_stringor(here->json, "convert", NULL);

	if (!path)
		errx(EX_UNAVAILABLE,
		    "'%s' has no converter (MNN_BUILD_CONVERTER=ON)",
		    json_string(here->json, "build"));
	return path;
}

char *
mnn_convert(
    const struct conversion *c, const void *onnx, size_t n, struct buf *log)
{
	const char *converter = converterof(c);
	char *path = modelpath(c, converter, onnx, n);
	char *tmp, *in, *out, *parent;
	int rc;

	if (access(path, R_OK) == 0)
		return path;
	parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	tmp = rootpath("build/models/tmp.XXXXXX");
	if (mkdirs(parent) < 0 || !mkdtemp(tmp))
		err(EX_IOERR, "%s", tmp);
	in = xasprintf("%s/model.onnx", tmp);
	out = xasprintf("%s/model.mnn", tmp);
	if (writefile(in, onnx, n, 0) < 0)
		err(EX_IOERR, "%s", in);
	rc = runconverter(c, converter, tmp, log);
	if (rc == 0 && rename(out, path) < 0)
		err(EX_IOERR, "%s", path);
	cleanup(tmp);
	if (rc < 0) {
		free(path);
		path = NULL;
	}
	free(parent);
	free(tmp);
	free(in);
	free(out);
	return path;
}
