#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "proc.h"
#include "vectors.h"

#define MAXMACROS (1 << 20)
#define MAXWORDS 4096
#define MAXCPUINFO (16 << 20)

/* later ones imply what stands in hides */
static const struct {
	const char *macro, *word, *hides;
} known[] = {{"__x86_64__", "x86-64", NULL}, {"__i386__", "x86", NULL},
    {"__aarch64__", "AArch64", NULL}, {"__arm__", "ARM", NULL},
    {"__riscv", "RISC-V", NULL}, {"__SSE2__", "SSE2", NULL},
    {"__SSE4_2__", "SSE4.2", "SSE2"}, {"__AVX__", "AVX", NULL},
    {"__AVX2__", "AVX2", "AVX"}, {"__FMA__", "FMA", NULL},
    {"__F16C__", "F16C", NULL}, {"__AVXVNNI__", "AVX-VNNI", NULL},
    {"__AVX512F__", "AVX-512 F", NULL}, {"__AVX512BW__", "BW", NULL},
    {"__AVX512DQ__", "DQ", NULL}, {"__AVX512VL__", "VL", NULL},
    {"__AVX512VNNI__", "VNNI", NULL}, {"__AVX512BF16__", "BF16", NULL},
    {"__AVX512FP16__", "FP16", NULL}, {"__ARM_NEON", "NEON", NULL},
    {"__ARM_FEATURE_FP16_VECTOR_ARITHMETIC", "half-precision arithmetic", NULL},
    {"__ARM_FEATURE_DOTPROD", "dot products", NULL},
    {"__ARM_FEATURE_MATMUL_INT8", "I8MM", NULL},
    {"__ARM_FEATURE_BF16", "BF16", NULL}, {"__ARM_FEATURE_SVE", "SVE", NULL},
    {"__ARM_FEATURE_SVE2", "SVE2", "SVE"}, {"__riscv_vector", "RVV", NULL}};

static int
defined(const char *macros, const char *name)
{
	size_t n = strlen(name);
	const char *p = macros;

	while ((p = strstr(p, name))) {
		if (p - macros >= 8 && memcmp(p - 8, "#define ", 8) == 0 &&
		    p[n] == ' ')
			return 1;
		p += n;
	}
	return 0;
}

static int
hidden(const char *macros, size_t which)
{
	for (size_t i = 0; i < LEN(known); i++)
		if (known[i].hides &&
		    strcmp(known[i].hides, known[which].word) == 0 &&
		    defined(macros, known[i].macro))
			return 1;
	return 0;
}

static char *
words(const char *macros)
{
	struct buf b = {0};
	size_t i, n = 0;

	for (i = 0; i < LEN(known); i++)
		if (defined(macros, known[i].macro) && !hidden(macros, i))
			buf_addf(&b, "%s%s",
			    n++ == 0 ? ""
			    : n == 2 ? " with "
				     : ", ",
			    known[i].word);
	return n ? b.data : xstrdup("an unknown processor");
}

/* what the compiler defines, or NULL */
static char *
macrosof(const cJSON *device)
{
	const cJSON *flags = json_array(device, "flags");
	size_t n = 0;
	const char **argv =
	    xcalloc((size_t)cJSON_GetArraySize(flags) + 8, sizeof(*argv));
	struct proc p = {.argv = argv, .maxoutput = MAXMACROS, .seconds = 10};
	struct procresult r;
	int rc;

	argv[n++] = json_string(json_object(device, "compilers"), "c++");
	json_each (f, flags)
		argv[n++] = cJSON_GetStringValue(f);
	argv[n++] = "-dM";
	argv[n++] = "-E";
	argv[n++] = "-xc++";
	argv[n++] = "/dev/null";
	rc = proc_run(&p, &r);
	free(argv);
	if (rc < 0)
		return NULL;
	if (r.status == 0 && r.out.data)
		return r.out.data;
	buf_free(&r.out);
	return NULL;
}

/* the compiler as a file, where it is found */
static void
addcompiler(struct buf *b, const char *name)
{
	const char *path = getenv("PATH"), *end;
	struct stat st;
	char *file;
	int found;

	for (; path && *path; path = *end ? end + 1 : end) {
		end = path + strcspn(path, ":");
		file = *name == '/' ? xstrdup(name)
				    : xasprintf("%.*s/%s", (int)(end - path),
					  path, name);
		found = stat(file, &st) == 0;
		free(file);
		if (found) {
			buf_addf(b, "%lld %lld\n", (long long)st.st_mtime,
			    (long long)st.st_size);
			return;
		}
	}
}

/* the file that keeps the words: named after all that they hang on */
static char *
keptin(const cJSON *device)
{
	const char *compiler =
	    json_string(json_object(device, "compilers"), "c++");
	struct buf b = {0}, cpu = {0};
	const char *features;
	char hex[65];

	buf_addf(&b, "1 %s\n", compiler);
	addcompiler(&b, compiler);
	json_each (f, json_array(device, "flags"))
		buf_addf(&b, "%s\n", cJSON_GetStringValue(f));
	buf_readfile(&cpu, "/proc/cpuinfo", MAXCPUINFO);
	features = cpu.data ? strstr(cpu.data, "\nflags") : NULL;
	if (!features && cpu.data)
		features = strstr(cpu.data, "\nFeatures");
	if (features)
		buf_add(&b, features + 1, strcspn(features + 1, "\n"));
	sha256hex(b.data, b.len, hex);
	buf_free(&b);
	buf_free(&cpu);
	return rootpath("build/vectors/%.16s", hex);
}

char *
vectors_words(const cJSON *device)
{
	char *path = keptin(device), *macros, *s;
	struct buf b = {0};

	if (buf_readfile(&b, path, MAXWORDS) == 0 && b.len) {
		free(path);
		return b.data;
	}
	buf_free(&b);
	macros = macrosof(device);
	s = words(macros ? macros : "");
	if (macros)
		(void)writefile(path, s, strlen(s), 1);
	free(macros);
	free(path);
	return s;
}
