/*
 * device: a device by hand: what it is, what it can do, a program on it.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "stage.h"

#define FORMAT 1
#define WORDS 64

static const char *name = "host";
static cJSON *file;

/* as make doctor has it: ok, -- (missing), !! (broken) */
static void
say(const char *mark, const char *what, const char *fmt, ...)
{
	va_list ap;

	printf("%-3s %-22s ", mark, what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* the first line that a script prints, "" if it fails; caller frees */
static char *
line(struct device *d, const char *script)
{
	struct buf out = {0};
	int rc = device_shell(d, script, &out);

	if (!out.data || rc != 0) {
		buf_free(&out);
		return xstrdup("");
	}
	out.data[strcspn(out.data, "\r\n")] = '\0';
	return out.data;
}

static void
aboutcores(struct device *d)
{
	char *s =
	    line(d, "for c in /sys/devices/system/cpu/cpu[0-9]*; do\n"
		    "cat $c/cpu_capacity 2>/dev/null || "
		    "cat $c/cpufreq/cpuinfo_max_freq 2>/dev/null\n"
		    "done | sort -n | uniq -c | tr '\\n' ';' | tr -s ' '");

	if (*s)
		say("ok", "cores", "how many of which strength:%s", s);
	else
		say("--", "cores",
		    "their strength is not told; the last ones are measured on "
		    "(or name them: run.cpus)");
	free(s);
	s = line(
	    d, "cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
	if (strcmp(s, "performance") == 0)
		say("ok", "governor", "performance");
	else if (*s)
		say("--", "governor",
		    "%s; times are steadier with performance (prepare)", s);
	else
		say("ok", "governor", "none to be set");
	free(s);
}

static void
aboutsandbox(struct device *d)
{
	char *s = line(d, "cat /proc/sys/kernel/seccomp/actions_avail");

	if (strstr(s, "user_notif"))
		say("ok", "seccomp", "runners are watched");
	else
		say("--", "seccomp",
		    "without notification; runners are locked up by a filter");
	free(s);
	s = line(d, "cat /sys/kernel/security/lsm");
	if (strstr(s, "landlock"))
		say("ok", "landlock", "runners see their own files only");
	else
		say("--", "landlock",
		    "not told of, or none; each result says which");
	free(s);
}

static void
aboutroom(struct device *d)
{
	const char *dir = device_root(d);
	char *script = xasprintf("df -k %s | tail -1 | tr -s ' ' | "
				 "cut -d' ' -f4",
		 dir),
	     *s = line(d, script);
	long mb = atol(s) / 1024;

	say(mb > 100 ? "ok" : "--", "directory", "%s, %ld MiB free%s", dir, mb,
	    mb > 100 ? "" : "; 100 are needed for ONNX Runtime");
	free(script);
	free(s);
}

static void
aboutarch(struct device *d, const cJSON *facts)
{
	const char *arch = device_machine(d), *is = json_string(facts, "arch");
	char *supervise = rootpath("build/arch/%s/supervise", arch);
	int same = strcmp(arch, is) == 0;

	say(same ? "ok" : "!!", "machine", "%s, Linux %s, %d processors%s%s%s",
	    is, json_string(facts, "kernel"), (int)json_number(facts, "cpus"),
	    same ? "" : "; but its file says ", same ? "" : arch,
	    json_boolor(device_file(d), "emulated", 0) ? ", emulated" : "");
	if (access(supervise, X_OK) == 0)
		say("ok", "programs", "build/arch/%s", arch);
	else
		say("--", "programs", "missing: make device-%s", arch);
	free(supervise);
}

static void
aboutstate(const cJSON *facts)
{
	char *text;

	json_each (p, json_get(facts, "prepared"))
		say(json_boolor(p, "ok", 0) ? "ok" : "--", "prepare", "%s%s",
		    json_string(p, "command"),
		    json_boolor(p, "ok", 0) ? "" : ": it will not");
	json_each (f, json_get(facts, "facts")) {
		text = cJSON_PrintUnformatted(f);
		say(cJSON_IsString(f) && !*f->valuestring ? "--" : "ok",
		    f->string, "%s", text);
		free(text);
	}
}

static void
doctor(void)
{
	struct device *d;
	uint64_t start;
	cJSON *facts;

	/* whoever asks does not want to wait */
	if (!json_get(file, "wait_s"))
		json_set(file, "wait_s", cJSON_CreateNumber(1));
	d = device_open(file, 1);
	start = nowns();
	if (device_alive(d) < 0)
		device_lost(d, "at once");
	say("ok", "reached", "%s, by %s, in %.0f ms",
	    json_string(device_file(d), "name"),
	    json_stringor(device_file(d), "transport", "local"),
	    (double)(nowns() - start) / 1e6);
	device_prepare(d);
	facts = device_facts(d);
	aboutarch(d, facts);
	if (device_remote(d)) {
		aboutroom(d);
		aboutsandbox(d);
	}
	aboutcores(d);
	aboutstate(facts);
	cJSON_Delete(facts);
	device_close(d);
}

static void
facts(void)
{
	struct device *d = device_open(file, 0);
	cJSON *o;

	device_prepare(d);
	o = device_facts(d);
	json_write(stdout, o);
	cJSON_Delete(o);
	device_close(d);
}

static int
carried(const char *const *argv)
{
	pid_t pid, parent = getpid();
	int st = 0;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		err(EX_OSERR, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(127);
		close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
		execvp(argv[0], (char *const *)argv);
		warn("%s", argv[0]);
		_exit(127);
	}
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	return st;
}

/* a program of ours on the device, alone */
static int
run(char **argv)
{
	struct device *d = device_open(file, 0);
	const char *words[WORDS];
	char *program, *path = realpath(argv[0], NULL);
	cJSON *via, *none = cJSON_CreateArray();
	size_t n = 0;
	int st;

	if (!path)
		err(EX_UNAVAILABLE, "%s", argv[0]);
	program = device_place(d, path, none, 0);
	via = device_via(d, program);
	json_each (w, via)
		words[n++] = w->valuestring;
	for (words[n++] = program, argv++; *argv; argv++) {
		if (n == LEN(words))
			errx(EX_USAGE, "too many words");
		words[n++] = *argv;
	}
	device_prepare(d);
	st = carried(device_command(d, words, n));
	if (device_carried(d, st) && device_alive(d) < 0)
		device_lost(d, "while the program ran");
	device_close(d);
	cJSON_Delete(via);
	cJSON_Delete(none);
	free(program);
	free(path);
	return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}

static int
shell(const char *script)
{
	struct device *d = device_open(file, 1);
	struct buf out = {0};
	int rc = device_shell(d, script, &out);

	fwrite(out.data ? out.data : "", 1, out.len, stdout);
	buf_free(&out);
	device_close(d);
	return rc;
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: device [-d device] doctor | facts | run program [arg ...] "
	    "|\n"
	    "              shell script\n"
	    "A device by hand.\n"
	    "  -d, --device NAME    a file of mk/devices (default: host)\n"
	    "  doctor               what it can do\n"
	    "  facts                what a record says of it\n"
	    "  run PROGRAM ARG...   a program of this machine, on the device\n"
	    "  shell SCRIPT         a script of its own shell\n"
	    "      --version        the version of the facts' format\n"
	    "man device tells more.\n");
	usageend(rc);
}

static int
act(char **argv)
{
	int words = 0;

	while (argv[words])
		words++;
	if (words == 1 && strcmp(argv[0], "doctor") == 0)
		doctor();
	else if (words == 1 && strcmp(argv[0], "facts") == 0)
		facts();
	else if (words > 1 && strcmp(argv[0], "run") == 0)
		return run(argv + 1);
	else if (words == 2 && strcmp(argv[0], "shell") == 0)
		return shell(argv[1]);
	else
		usage(EX_USAGE);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"device", 1, 0, 'd'},
	    {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'}, {0}};
	int c, rc;

	while ((c = getopt_long(argc, argv, "+d:h", options, NULL)) != -1) {
		switch (c) {
		case 'd': name = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	file = device_load(name);
	rc = act(argv + optind);
	closeout();
	return rc;
}
