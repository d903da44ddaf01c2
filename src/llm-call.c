/*
 * llm-call: asks a model, and is the one program that meets the network and
 * spends money.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "batch.h"
#include "secret.h"
#include "spend.h"
#include "stage.h"
#include "store.h"

#define FORMAT 1

enum {
	OPT_MODEL = 256,
	OPT_SAMPLE,
	OPT_ANSWERS,
	OPT_UNORDERED,
	OPT_BUDGET,
	OPT_LEDGER,
	OPT_STORE,
	OPT_DEFER,
	OPT_EXPORT,
	OPT_IMPORT,
	OPT_BATCH,
	OPT_COST,
	OPT_GC,
	OPT_VERSION,
};

static const struct option options[] = {
    {"model", required_argument, NULL, OPT_MODEL},
    {"sample", required_argument, NULL, OPT_SAMPLE},
    {"answers", required_argument, NULL, OPT_ANSWERS},
    {"unordered", no_argument, NULL, OPT_UNORDERED},
    {"budget", required_argument, NULL, OPT_BUDGET},
    {"ledger", required_argument, NULL, OPT_LEDGER},
    {"store", required_argument, NULL, OPT_STORE},
    {"defer", no_argument, NULL, OPT_DEFER},
    {"export", no_argument, NULL, OPT_EXPORT},
    {"import", no_argument, NULL, OPT_IMPORT},
    {"batch", required_argument, NULL, OPT_BATCH},
    {"cost", no_argument, NULL, OPT_COST},
    {"gc", no_argument, NULL, OPT_GC},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

/* a record on its way */
struct flight {
	struct flight *next;
	cJSON *record;
	long number;
	char *task;
	char *line; /* what is to be written, NULL: nothing */
	int landed;
};

static struct flight *first, **last = &first;
static size_t waiting; /* landed, but behind one that has not */
static int unordered;
static FILE *out;	    /* stdout, or the file beside that of -o */
static char *part;	    /* its name */
static char *const *inputs; /* files, or none: stdin */
static int inputfd;	    /* the one that is read now, -1: none */
static int worst;	    /* the status to end with */
static long sample = -1;
static long atonce = 8;

/* 77 says more than 69, and that more than 75 */
static void
remember(int status)
{
	static const int rank[] = {
	    EX_TEMPFAIL, EX_UNAVAILABLE, EX_IOERR, EX_NOPERM};
	int old = -1, new = -1;
	size_t i;

	for (i = 0; i < LEN(rank); i++) {
		if (rank[i] == worst)
			old = (int)i;
		if (rank[i] == status)
			new = (int)i;
	}
	if (new > old)
		worst = status;
}

static void
writeline(struct flight *f)
{
	if (f->line) {
		fputs(f->line, out);
		putc('\n', out);
		if (fflush(out) != 0)
			err(EX_IOERR, "%s", part ? part : "stdout");
	}
	free(f->line);
	f->line = NULL;
}

/* write and forget what may be written */
static void
unload(void)
{
	struct flight *f;

	while ((f = first) && f->landed) {
		writeline(f);
		first = f->next;
		if (!first)
			last = &first;
		waiting--;
		free(f->task);
		free(f);
	}
}

static void
landed(void *arg, struct outcome_of *o)
{
	static int told;
	struct flight *f = arg;
	const char *why;

	f->landed = 1;
	waiting++;
	if (o->status) {
		remember(o->status);
		if (!ask_stopped(&why) || !told)
			warnx("record %ld: task '%s': %s", f->number, f->task,
			    o->why);
		told |= ask_stopped(&why) != 0;
	} else {
		json_set(f->record, "response", o->response);
		f->line = json_print(f->record);
		if (unordered)
			writeline(f);
	}
	cJSON_Delete(f->record);
	f->record = NULL;
}

/* the next file of the command line: 0 at the end of the list */
static int
nextinput(struct jsonin *in)
{
	const char *path = *inputs;

	if (!path)
		return 0;
	inputs++;
	in->name = strcmp(path, "-") == 0 ? "<stdin>" : path;
	in->record = in->line = 0;
	inputfd = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY | O_CLOEXEC);
	if (inputfd < 0)
		err(EX_UNAVAILABLE, "%s", path);
	clearerr(in->fp);
	return 1;
}

/* the input as a stream whose waiting lets the questions go on */
static ssize_t
cookieread(void *cookie, char *p, size_t n)
{
	struct pollfd fd = {.fd = inputfd, .events = POLLIN};
	ssize_t got;

	(void)cookie;
	while (ask_count() && poll(&fd, 1, 0) == 0) {
		ask_turn(60000, inputfd);
		unload();
	}
	do
		got = read(inputfd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

static FILE *
openinput(void)
{
	FILE *fp =
	    fopencookie(NULL, "r", (cookie_io_functions_t){.read = cookieread});

	if (!fp)
		err(EX_OSERR, "fopencookie");
	return fp;
}

static void
launch(struct jsonin *in, cJSON *record)
{
	cJSON *request = json_object(record, "request");
	struct flight *f = xcalloc(1, sizeof(*f));

	if (sample >= 0)
		json_set(request, "sample", cJSON_CreateNumber((double)sample));
	f->number = in->record;
	f->task =
	    xstrdup(json_stringor(json_object(record, "task"), "name", "?"));
	f->record = cJSON_Duplicate(record, 1);
	cJSON_DeleteItemFromObjectCaseSensitive(
	    json_get(f->record, "request"), "messages");
	*last = f;
	last = &f->next;
	ask_start(record, landed, f);
	cJSON_Delete(record);
}

/* the next record of all inputs, or NULL */
static cJSON *
nextrecord(struct jsonin *in)
{
	cJSON *record;

	while (!(record = json_readrecord(in)))
		if (!nextinput(in))
			return NULL;
	return record;
}

static void
askall(void)
{
	struct jsonin in = {.fp = openinput(), .name = "<stdin>"};
	size_t most = (size_t)atonce;
	const char *why;
	cJSON *record;
	int more = nextinput(&in);

	while (more || ask_count()) {
		unload();
		more = more && !ask_stopped(&why);
		if (more && ask_count() < most && waiting < 16 * most) {
			record = nextrecord(&in);
			more = record != NULL;
			if (record)
				launch(&in, record);
			if (ask_count() < most)
				continue;
		}
		if (ask_count())
			ask_turn(60000, -1);
	}
	unload();
	if (ask_stopped(&why) && (record = nextrecord(&in)))
		warnx("%s: the records from %ld on were not asked", in.name,
		    in.record);
	fclose(in.fp);
	json_end(&in);
}

static struct ledger *
openledger(const struct model *m, const char *budget, const char *path)
{
	int64_t bound = -1;
	char *own = xasprintf("%s/ledger", store_dir());
	struct ledger *l;

	if (budget && *budget) {
		bound = money_parse(budget);
		if (bound < 0)
			errx(EX_USAGE, "budget '%s': not an amount of dollars",
			    budget);
		if (model_isremote(m) && !m->priced)
			errx(EX_DATAERR,
			    "model '%s' states no prices, so no budget can be "
			    "held",
			    m->name);
		if (m->priced && !m->maxoutput)
			errx(EX_DATAERR,
			    "model '%s' states no "
			    "parameters.max_output_tokens, so no budget can be "
			    "held",
			    m->name);
	}
	l = ledger_open(path && *path ? path : own, bound);
	free(own);
	return m->priced ? l : NULL;
}

static struct replay *
openreplay(const struct model *m, const char *answers)
{
	if (strcmp(m->provider, "replay") != 0)
		return NULL;
	if (!answers || !*answers)
		answers = m->answers;
	if (!answers)
		errx(EX_USAGE,
		    "model '%s': no answers to replay: give --answers PATH",
		    m->name);
	return replay_open(answers);
}

static FILE *
openpart(const char *path)
{
	FILE *fp;

	part = part_name(path);
	fp = fopen(part, "we");
	if (!fp)
		err(EX_IOERR, "%s", part);
	return fp;
}

/* the output under its name, if every record was answered */
static void
endpart(const char *path)
{
	int bad = ferror(out);

	if (fclose(out) != 0 || bad)
		err(EX_IOERR, "%s", part);
	if (part_end(part, path, !worst) < 0)
		err(EX_IOERR, "%s", path);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: llm-call -m model [-j n] [-o file] [--sample n] "
	    "[--unordered]\n"
	    "                [--answers path] [--store dir] [--budget usd] "
	    "[--ledger file]\n"
	    "                [--defer | --export | --import] [file ...]\n"
	    "       llm-call -m model --batch submit|poll|wait\n"
	    "       llm-call --cost [file ...]\n"
	    "       llm-call --gc\n"
	    "Asks a model what records request; the answers are kept.\n"
	    "  -m, --model NAME   a file of mk/models, or its path\n"
	    "  -j N               questions at once\n"
	    "  -o FILE            write there, by rename\n"
	    "      --sample N     which of several answers; else the record's\n"
	    "      --unordered    write answers as they come\n"
	    "      --answers PATH what replay answers with: a folder or JSONL\n"
	    "      --store DIR    where answers are kept\n"
	    "      --budget USD   ask nothing that may cost more in all\n"
	    "      --ledger FILE  what was spent so far\n"
	    "      --defer        leave questions to a batch\n"
	    "      --export       write the questions; --import: read answers\n"
	    "      --batch WHAT   submit what was deferred, poll or wait for "
	    "it\n"
	    "      --cost         what answers have cost\n"
	    "      --gc           remove what no answer needs\n"
	    "      --version      the stage and the version of its format\n"
	    "man llm-call tells more.\n");
	usageend(rc);
}

int
main(int argc, char **argv)
{
	const char *name = NULL, *answers = getenv("MKBENCH_ANSWERS");
	const char *budget = getenv("BUDGET"), *store = NULL, *batch = NULL;
	const char *path = NULL;
	const char *ledger = getenv("MKBENCH_LEDGER");
	const char *deferred = getenv("MKBENCH_BATCH");
	struct asker asker = {.defer = deferred && strcmp(deferred, "1") == 0};
	char *none[] = {(char[]){"-"}, NULL};
	int c, mode = 0;

	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
	mallopt(M_TRIM_THRESHOLD, 128 << 10);
	while ((c = getopt_long(argc, argv, "hj:m:o:", options, NULL)) != -1)
		switch (c) {
		case 'j': atonce = numarg("-j", optarg, 1, 1024); break;
		case 'o': path = optarg; break;
		case 'm':
		case OPT_MODEL: name = optarg; break;
		case OPT_SAMPLE:
			sample = numarg("--sample", optarg, 0, 1000000);
			break;
		case OPT_ANSWERS: answers = optarg; break;
		case OPT_UNORDERED: unordered = 1; break;
		case OPT_BUDGET: budget = optarg; break;
		case OPT_LEDGER: ledger = optarg; break;
		case OPT_STORE: store = optarg; break;
		case OPT_DEFER: asker.defer = 1; break;
		case OPT_BATCH: batch = optarg; /* fallthrough */
		case OPT_EXPORT:
		case OPT_IMPORT:
		case OPT_COST:
		case OPT_GC:
			if (mode)
				usage(EX_USAGE);
			mode = c;
			break;
		case OPT_VERSION: stage_version(FORMAT);
		case 'h': usage(EX_OK);
		default: usage(EX_USAGE);
		}
	stage_note(path);
	store_open(store);
	if (mode == OPT_COST)
		return spend_print(argv + optind, ledger);
	if ((!name && mode != OPT_GC) ||
	    (optind != argc && (mode == OPT_GC || mode == OPT_BATCH)))
		usage(EX_USAGE);
	if (mode == OPT_GC)
		return spend_gc();
	asker.m = model_read(name);
	asker.ledger = openledger(asker.m, budget, ledger);
	asker.replay = openreplay(asker.m, answers);
	inputs = optind < argc ? argv + optind : none;
	if (mode == OPT_EXPORT)
		return batch_export(asker.m, inputs, sample);
	if (mode == OPT_IMPORT)
		return batch_import(asker.m, inputs);
	if (asker.m->key_env && model_isremote(asker.m))
		secret_load(asker.m->key_env);
	ask_init(&asker);
	if (mode == OPT_BATCH)
		return batch_run(asker.m, asker.ledger, batch);
	out = path ? openpart(path) : stdout;
	askall();
	http_end();
	if (path)
		endpart(path);
	else
		closeout();
	return worst;
}
