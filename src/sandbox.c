#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox.h"

#define MAXPATHS 32

static struct sandbox box;
static const char *ro[MAXPATHS];
static int nro, probe;

static _Noreturn void
usage(int rc)
{
	fputs("usage: sandbox [--runner] [--read path]... [--write dir]"
	      " [--wall s] [--cpu s]\n"
	      "\t[--memory bytes] [--file bytes] [--procs n] [--output bytes]"
	      " [--mode mode]\n"
	      "\tcommand [argument ...]\n"
	      "       sandbox --probe [--mode mode]\n"
	      "Runs a command that is not trusted, as compilers and kernels "
	      "run.\n"
	      "  --runner        show it what a kernel's runner sees\n"
	      "  --read PATH     show it a file or directory, read-only\n"
	      "  --write DIR     the one directory it may write to\n"
	      "  --wall, --cpu S --memory, --file, --output BYTES --procs N: "
	      "limits\n"
	      "  --mode NAME     bubblewrap, jail or none (default: the best "
	      "there is)\n"
	      "  --probe         say what this machine permits\n"
	      "man sandbox tells more.\n",
	    rc ? stderr : stdout);
	usageend(rc);
}

static void
addread(const char *path)
{
	if (nro == MAXPATHS - 1)
		errx(EX_USAGE, "more than %d --read", MAXPATHS - 1);
	ro[nro++] = path;
}

static void
options(int argc, char **argv)
{
	static const struct option longs[] = {
	    {"runner", no_argument, NULL, 'R'},
	    {"read", required_argument, NULL, 'r'},
	    {"write", required_argument, NULL, 'w'},
	    {"wall", required_argument, NULL, 't'},
	    {"cpu", required_argument, NULL, 'c'},
	    {"memory", required_argument, NULL, 'm'},
	    {"file", required_argument, NULL, 'f'},
	    {"procs", required_argument, NULL, 'n'},
	    {"output", required_argument, NULL, 'o'},
	    {"mode", required_argument, NULL, 'M'},
	    {"probe", no_argument, NULL, 'p'}, {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "+", longs, NULL)) != -1)
		switch (c) {
		case 'R': box.runner = 1; break;
		case 'r': addread(optarg); break;
		case 'w': box.rw = optarg; break;
		case 't':
			box.wall = (double)numarg("--wall", optarg, 1, 86400);
			break;
		case 'c': box.cpu = numarg("--cpu", optarg, 1, 86400); break;
		case 'm':
			box.memory = (uint64_t)numarg(
			    "--memory", optarg, 1 << 20, 1LL << 46);
			break;
		case 'f':
			box.fsize =
			    (uint64_t)numarg("--file", optarg, -1, 1LL << 46);
			break;
		case 'n':
			box.procs = numarg("--procs", optarg, 1, 65536);
			break;
		case 'o':
			box.output =
			    (size_t)numarg("--output", optarg, 1, 1 << 30);
			break;
		case 'M': box.mode = sandbox_mode(optarg); break;
		case 'p': probe = 1; break;
		case 'h': usage(EX_OK);
		default: usage(EX_USAGE);
		}
}

static int
report(enum sandbox_mode want)
{
	static const enum sandbox_mode order[] = {SANDBOX_BWRAP, SANDBOX_JAIL};
	const char *why = "";

	for (size_t i = 0; i < LEN(order); i++) {
		if (want != SANDBOX_AUTO && want != order[i])
			continue;
		if (sandbox_probe(order[i], &why)) {
			cJSON *o = sandbox_json(order[i]);
			char *text = cJSON_PrintUnformatted(o);

			puts(text);
			free(text);
			cJSON_Delete(o);
			return 0;
		}
		warnx("%s: %s", sandbox_name(order[i]), why);
	}
	return EX_UNAVAILABLE;
}

static int
leave(const struct sandboxed *p)
{
	switch (p->end) {
	case SANDBOX_TIMEOUT: warnx("time is up, killed"); return 124;
	case SANDBOX_SIGNAL:
		warnx("killed by signal %d", p->status);
		return 128 + p->status;
	case SANDBOX_FAILED:
		warnx("the sandbox could not be made");
		return EX_UNAVAILABLE;
	default: return p->status;
	}
}

int
main(int argc, char **argv)
{
	struct sandboxed p;

	options(argc, argv);
	if (probe) {
		int status = report(box.mode);

		closeout();
		return status;
	}
	if (optind == argc)
		usage(EX_USAGE);
	box.argv = (const char *const *)(argv + optind);
	box.ro = ro;
	sandbox_run(&box, &p);
	fwrite(p.out.data, 1, p.out.len, stdout);
	fwrite(p.err.data, 1, p.err.len, stderr);
	if (p.lost)
		warnx(
		    "%llu bytes of output dropped", (unsigned long long)p.lost);
	closeout();
	return leave(&p);
}
