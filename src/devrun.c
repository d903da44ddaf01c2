/*
 * devrun: the judge's part of a measurement.
 *
 * Native and candidate run in turn, each round in processes of its own, until
 * the interval of their ratio is narrow enough; calls chosen in secret are
 * verified against ONNX Runtime.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arms.h"
#include "device.h"
#include "engine.h"
#include "genjson.h"
#include "jail.h"
#include "onnxbuild.h"
#include "proc.h"
#include "roofline.h"
#include "sandbox.h"
#include "stage.h"
#include "stats.h"
#include "verify.h"

#define FORMAT 2
#define PILOT 4		/* calls of the first round of each arm */
#define PILOTBYTES 64e6 /* of outputs kept of a first round */
#define TURNNS 10e6	/* of a turn of both arms, about */
#define FIRSTCALLS 2	/* of a turn, where nothing is known yet */
#define ROUNDS 7	/* of pairs that the time is made for */
#define SHARE 2		/* of a pair, what is timed to what goes before */
#define LEASTTURNS 4
#define MOSTTURNS 100
#define MOSTPAIRS 60
#define LONGER 1.15 /* times the time, where the interval is wide */
#define COLDCALLS 5
#define SETUPS 4      /* times the native set-up, and... */
#define SETUPNS 200e6 /* ...so much more is looked at */
#define TICK 20e6     /* ns that CPU time may be off */
#define DRIFT 1.05    /* of the probe, and the round is thrown away */
#define LEAST 3e-3    /* what two arms of one kernel differ by beside noise */
#define SLACK 0.9     /* of the roofline's floor */
#define SMALL 20      /* times the bell: shorter calls are marked */
#define WARMMS 10
#define TRIES 3		/* to measure on a device that gets lost */
#define KILLED 3	/* more tries where a runner is killed from outside */
#define LEASTASTRAY 3	/* looks that find a runner at work after its answer, */
#define ASTRAY 100	/* of which one in so many does: it does not wait */
#define FIRST 3000000	/* of secrets of a first round */
#define HELDOUT 1000000 /* number of the held-out round */
#define COLD 2000000	/* and of the rounds with cold caches */

static const char *devicename = "host", *enginename;
static enum sandbox_mode sandboxmode = SANDBOX_AUTO;
static uint8_t master[32];
static int seeded, same, quick, untimed, noheldout;
static double seconds = 2, margin = 0.01;
static long fixedcalls;
static int threads = 1, leastpairs = 5;

/* one measurement under way */
static struct {
	const cJSON *asked; /* the device's file, perhaps a pool's */
	struct device *device;
	const cJSON *file; /* the device's own */
	const cJSON *engine;
	struct armset arms;
	struct arm there[ARMS]; /* those as the device sees them */
	struct verifier verifier;
	struct session *session;
	enum sandbox_mode sandbox; /* what the supervisor runs in */
	struct samples samples;
	cJSON *run;
	cJSON *rounds[ARMS]; /* results, in the order of the pairs */
	double callns[ARMS]; /* wall time of a call, its inputs among it */
	double overhead;     /* ns of a round beside its timed calls */
	double *ratios;	     /* logarithms, one a pair */
	double *fine;	     /* and one a turn */
	size_t pairs, turns, condemned;
	double probe; /* least ns of the probe so far */
	double bell;  /* and of the native rounds' doorbells */
	uint64_t start;
	char *dir;
} now;

/* a session between two measurements of one task: with its engine started */
static struct {
	struct session *session; /* NULL: there is none */
	char *name;		 /* device, engine and task */
	enum sandbox_mode sandbox;
} rested;

static void
roundkey(long number, uint8_t key[32])
{
	char text[64 + 32], hex[65];

	gen_keyhex(master, hex);
	snprintf(text, sizeof(text), "%s round %ld", hex, number);
	sha256hex(text, strlen(text), hex);
	gen_key(hex, key);
}

/* a number below n that nobody can guess without the seed */
static long
secret(long number, long n)
{
	uint32_t out[16], nonce[3] = {0, 0, 7};

	gen_block(master, (uint32_t)number, nonce, 20, out);
	return (long)(((uint64_t)out[0] << 32 | out[1]) % (uint64_t)n);
}

static double
medianof(const cJSON *list)
{
	size_t n = (size_t)cJSON_GetArraySize(list), i = 0;
	double *v = xcalloc(n, sizeof(*v)), m;

	json_each (e, list)
		v[i++] = e->valuedouble;
	m = stats_median(v, n);
	free(v);
	return m;
}

/* was the runner found at work too long after its answer, or did it not answer
   and not even say where it is? */
static int
late(const cJSON *result)
{
	const char *status = json_string(result, "status");

	return strcmp(status, "late") == 0 ||
	       (strcmp(status, "hung") == 0 &&
		   !strstr(
		       json_stringor(result, "log", ""), "no answer in time"));
}

/* A round.  On a busy machine a runner can seem late that is not: it is one if
   it is so twice, in processes of their own. */
static void
fairround(const struct round *r, cJSON **results)
{
	size_t had = now.samples.n;
	int i, again = 0;

	session_round(now.session, r, &now.samples, results);
	for (i = 0; i < r->narms; i++)
		again |= late(results[i]);
	if (!again)
		return;
	for (i = 0; i < r->narms; i++)
		cJSON_Delete(results[i]);
	samples_keep(&now.samples, had);
	session_round(now.session, r, &now.samples, results);
}

/* a round of one arm, or (arm ARMS) of both in turn; results with "median_ns"
   in them */
static void
doround(long number, int arm, long turns, long calls, const long *samples,
    long nsamples, cJSON **results)
{
	long warm = quick || untimed ? WARMMS / 2 : WARMMS;
	struct round r = {.number = number,
	    .arms = {arm == ARMS ? NATIVE : arm, CANDIDATE},
	    .narms = arm == ARMS ? ARMS : 1,
	    .turns = turns,
	    .calls = calls,
	    .samples = (long *)samples,
	    .nsamples = nsamples,
	    .warmms = warm,
	    .maxwarmms = 2 * warm,
	    .cold = number == COLD};
	int i;

	roundkey(number, r.key);
	fairround(&r, results);
	for (i = 0; i < r.narms; i++) {
		if (json_intor(results[i], "signal", 0, 1000, 0) == SIGKILL)
			json_set(now.run, "killed", cJSON_CreateTrue());
		json_set(results[i], "median_ns",
		    cJSON_CreateNumber(medianof(json_array(results[i], "ns"))));
	}
}

static int
well(const cJSON *result)
{
	return strcmp(json_string(result, "status"), "ok") == 0;
}

/* what ended a round becomes what the run is */
static void
ended(cJSON *run, const cJSON *result)
{
	static const struct {
		const char *said, *status;
	} words[] = {{"wrote-outside", "wrong"}, {"unwritten", "wrong"},
	    {"deferred", "hack"}, {"late", "hack"}};
	const char *status = json_string(result, "status");
	struct buf b = {0};
	size_t i;

	for (i = 0; i < LEN(words); i++)
		if (strcmp(status, words[i].said) == 0)
			status = words[i].status;
	json_set(run, "status", cJSON_CreateString(status));
	buf_addf(&b, "%s", json_string(result, "reason"));
	if (json_get(result, "signal"))
		buf_addf(&b, " by signal %lld (%s)",
		    json_int(result, "signal", 0, 1000),
		    strsignal((int)json_int(result, "signal", 0, 1000)));
	if (json_get(result, "exit"))
		buf_addf(
		    &b, " with status %lld", json_int(result, "exit", 0, 255));
	buf_addf(&b, " in %s", json_string(result, "phase"));
	json_set(run, "reason", cJSON_CreateString(b.data));
	buf_free(&b);
}

/* where candidates are built */
static const char *
candidates(void)
{
	static char *dir;

	if (!dir)
		dir = rootpath("build/candidates/");
	return dir;
}

/* may the next candidate be measured where this one was?  Where the engine is
   started before a candidate is known, here, from where all are built, and
   where each runner is shown its own candidate only. */
static int
restful(void)
{
	const cJSON *opts = json_get(now.file, "run");
	const struct arm *arm = now.arms.arm;

	return quick && noheldout && !same && !device_remote(now.device) &&
	       !json_get(opts, "via") && !json_get(opts, "launch") &&
	       arm[CANDIDATE].candidate &&
	       strncmp(arm[CANDIDATE].candidate, candidates(),
		   strlen(candidates())) == 0 &&
	       strcmp(arm[NATIVE].runner, arm[CANDIDATE].runner) == 0 &&
	       jail_landlockversion() > 0;
}

/* what the supervisor and its runners see of this machine beside /usr */
static void
visible(const cJSON *via, const char *supervise, const char **list, size_t most)
{
	static glob_t found;
	char *pattern = rootpath("build/ort/lib/*/*");
	size_t n = 0, i;

	list[n++] = supervise;
	for (i = 0; i < ARMS; i++) {
		list[n++] = now.arms.arm[i].runner;
		list[n++] = now.arms.arm[i].model;
		if (now.arms.arm[i].candidate)
			list[n++] = restful() ? candidates()
					      : now.arms.arm[i].candidate;
	}
	json_each (w, via)
		if (*w->valuestring == '/' && n < most - 8)
			list[n++] = w->valuestring;
	globfree(&found);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (i = 0; i < found.gl_pathc && n < most - 1; i++)
			list[n++] = found.gl_pathv[i];
	list[n] = NULL;
	free(pattern);
}

/* the words before the supervisor: what carries it to the device, or the
   sandbox of this machine */
static size_t
before(const char **argv, const char *supervise, size_t most)
{
	const cJSON *opts = json_get(now.file, "run");
	const char *paths[48], **words, *why = "";
	size_t n = 0;

	json_each (a, json_get(opts, "launch"))
		if (n < most)
			argv[n++] = cJSON_GetStringValue(a);
	now.sandbox = SANDBOX_JAIL;
	if (n || sandboxmode == SANDBOX_NONE || device_remote(now.device))
		return n;
	visible(json_get(opts, "via"), supervise, paths, LEN(paths));
	words = sandboxmode == SANDBOX_JAIL
		    ? NULL
		    : sandbox_words(paths, !json_get(opts, "via"), &why);
	now.sandbox = words ? SANDBOX_BWRAP : SANDBOX_JAIL;
	if (!words && sandboxmode == SANDBOX_BWRAP)
		errx(EX_UNAVAILABLE, "no bubblewrap: %s", why);
	for (; words && words[n]; n++) {
		if (n == most)
			errx(EX_SOFTWARE, "too many words before supervise");
		argv[n] = words[n];
	}
	free(words);
	return n;
}

/* without bubblewrap the supervisor is the jail, if the kernel lets it be */
static void
locked_up(void)
{
	const cJSON *about = session_about(now.session);
	const char *why = "";

	if (now.sandbox != SANDBOX_JAIL || device_remote(now.device) ||
	    json_get(json_get(now.file, "run"), "via") ||
	    json_intor(about, "landlock", 0, 1000, 0) ||
	    sandbox_probe(SANDBOX_JAIL, &why))
		return;
	errx(EX_UNAVAILABLE,
	    "no sandbox: bubblewrap is not permitted and %s; install "
	    "bubblewrap and permit user namespaces, or pass --no-sandbox",
	    why);
}

static char *
placed(const char *file, const cJSON *libraries, int once)
{
	return file ? device_place(now.device, file, libraries, once) : NULL;
}

/* have the arms lie on the device; what is the candidate's alone nobody asks
   for again */
static void
deploy(void)
{
	const cJSON *libraries = json_get(now.engine, "libraries");
	const struct arm *a;
	int i;

	for (i = 0; i < ARMS; i++) {
		a = &now.arms.arm[i];
		now.there[i] = (struct arm){.name = a->name,
		    .runner = placed(a->runner, libraries,
			i == CANDIDATE && !a->candidate && !same),
		    .model = placed(a->model, NULL, i == CANDIDATE),
		    .candidate = placed(a->candidate, NULL, 1)};
	}
}

static void
undeploy(void)
{
	int i;

	for (i = 0; i < ARMS; i++) {
		free(now.there[i].runner);
		free(now.there[i].model);
		free(now.there[i].candidate);
	}
}

static char *
supervisor(void)
{
	const char *machine = device_machine(now.device);
	char *path = rootpath("build/arch/%s/supervise", machine), *there;

	if (access(path, X_OK) < 0)
		err(EX_UNAVAILABLE, "%s (make device-%s)", path, machine);
	there = device_place(now.device, path, NULL, 0);
	free(path);
	return there;
}

static char *
sessionname(const cJSON *task)
{
	char *text = json_print(task);
	char *name = xasprintf("%s %s %s", json_string(now.file, "name"),
	    json_string(now.engine, "name"), text);

	free(text);
	return name;
}

/* go on with the session that rests, or make an end of it */
static int
resumed(const cJSON *task)
{
	char *name;
	int fits;

	if (!rested.session)
		return 0;
	name = sessionname(task);
	fits = restful() && strcmp(name, rested.name) == 0;
	if (fits) {
		now.session = rested.session;
		now.sandbox = rested.sandbox;
		session_candidate(now.session, now.device, now.there);
	} else {
		session_close(rested.session);
	}
	rested.session = NULL;
	free(rested.name);
	free(name);
	return fits;
}

static void
opensession(const cJSON *task)
{
	const cJSON *opts = json_get(now.file, "run");
	const char *argv[256];
	struct sessionjob job = {.device = now.device,
	    .task = task,
	    .arms = now.there,
	    .narms = ARMS,
	    .threads = threads,
	    .direct = now.arms.direct,
	    .beside = untimed,
	    .emulated = json_boolor(now.file, "emulated", 0),
	    .cpus = json_stringor(opts, "cpus", NULL),
	    .hangms = (long)json_intor(opts, "hang_ms", 1, 1 << 30, 10000),
	    .memorymb = (long)json_intor(opts, "memory_mb", 0, 1 << 24, 8192)};
	cJSON *via;
	char *path;
	size_t n;

	deploy();
	if (resumed(task))
		return;
	path = supervisor();
	job.via = via = device_via(now.device, now.there[NATIVE].runner);
	n = before(argv, path, LEN(argv) - 2);
	argv[n++] = path;
	job.argv = device_command(now.device, argv, n);
	now.session = session_open(&job);
	locked_up();
	free(path);
	cJSON_Delete(via);
}

static void
closesession(const cJSON *task)
{
	if (restful()) {
		rested.session = now.session;
		rested.name = sessionname(task);
		rested.sandbox = now.sandbox;
		session_rest(now.session);
	} else {
		session_close(now.session);
	}
	undeploy();
}

/* ns of a round beside its timed turns */
static double
overheadof(const cJSON *j)
{
	return json_number(j, "spawn_ns") + json_number(j, "setup_ns") +
	       json_number(j, "warm_ns");
}

/* ns of a call with all that belongs to it */
static double
callns(const cJSON *j)
{
	return json_number(j, "warm_ns") / fmax(json_number(j, "warm"), 1);
}

/* the calls of a first round that are verified: fewer where they are large, and
   in secret where there are more */
static long
pilotsamples(long all, long samples[PILOT])
{
	struct tensor t;
	double bytes = 1;
	long n, i;

	json_each (out, json_array(now.verifier.task, "outputs")) {
		tensor_of(&t, out, NULL);
		bytes += (double)tensor_size(&t);
	}
	n = (long)fmin(all, fmax(1, fmin(PILOT, PILOTBYTES / bytes)));
	for (i = 0; i < n; i++)
		samples[i] = all / n * i + secret(FIRST + i, all / n);
	return n;
}

static void
assisted(const cJSON *j)
{
	if (json_boolor(j, "assisted", 0))
		json_set(now.run, "assisted", cJSON_CreateTrue());
}

/* the first round of an arm: is it well, and how long does a call take */
static cJSON *
pilot(int arm)
{
	long samples[PILOT], n = pilotsamples(PILOT, samples);
	cJSON *j;

	doround(0, arm, 1, PILOT, samples, n, &j);
	assisted(j);
	if (well(j)) {
		now.callns[arm] = callns(j);
		now.overhead += overheadof(j);
	}
	return j;
}

/* did the machine stand still during the round? */
static int
condemned(const cJSON *j)
{
	double least = INFINITY, most = 0;

	json_each (e, json_array(j, "probe_ns")) {
		least = fmin(least, e->valuedouble);
		most = fmax(most, e->valuedouble);
	}
	now.probe = now.probe ? fmin(now.probe, least) : least;
	return most > DRIFT * now.probe;
}

/* ns of a call of each; an arm without a pilot is taken to be as fast */
static double
bothns(void)
{
	return now.callns[CANDIDATE] + (now.callns[NATIVE] > 0
					       ? now.callns[NATIVE]
					       : now.callns[CANDIDATE]);
}

/* timed calls in a turn */
static long
turncalls(void)
{
	double ns = bothns(), turn = quick ? TURNNS / 2 : TURNNS;

	if (fixedcalls)
		return fixedcalls;
	if (ns <= 0)
		return FIRSTCALLS;
	return ns > 2 * turn ? 1 : ns < turn / 8 ? 8 : (long)(turn / ns) + 1;
}

/* turns of each arm in a round: what the time allows, less the rounds' own, and
   longer than that: half of all the time is for measuring */
static long
turnsof(long calls)
{
	double ns = fmax(seconds * 1e9 / ROUNDS - now.overhead,
	    quick ? 0 : SHARE * now.overhead);
	double n = ns / (bothns() * ((double)calls + 1));

	return n < LEASTTURNS || now.callns[NATIVE] <= 0 ? LEASTTURNS
	       : n > MOSTTURNS				 ? MOSTTURNS
							 : (long)n;
}

static double
elapsed(void)
{
	return (double)(nowns() - now.start) / 1e9;
}

/* the first processes are slow to start: later ones tell better; both of a pair
   start at once */
static void
learn(cJSON *const j[ARMS])
{
	double overhead = overheadof(j[NATIVE]) + overheadof(j[CANDIDATE]) -
			  fmin(json_number(j[NATIVE], "spawn_ns"),
			      json_number(j[CANDIDATE], "spawn_ns"));
	int first = now.callns[NATIVE] <= 0;

	now.overhead = first ? overhead : fmin(now.overhead, overhead);
	for (int i = 0; i < ARMS; i++)
		now.callns[i] =
		    first ? callns(j[i]) : fmin(now.callns[i], callns(j[i]));
}

/* the times of an arm's calls as numbers; a call during which somebody else had
   the processor is infinite */
static double *
times(const cJSON *j, size_t *n)
{
	const cJSON *d = json_array(j, "disturbed")->child;
	const cJSON *ns = json_array(j, "ns");
	double *v;

	*n = (size_t)cJSON_GetArraySize(ns);
	v = xcalloc(*n, sizeof(*v));
	*n = 0;
	json_each (e, ns) {
		v[(*n)++] = d && d->valueint ? INFINITY : e->valuedouble;
		d = d ? d->next : NULL;
	}
	return v;
}

/* the median of the calls that nobody disturbed; infinite if most were */
static double
quiet(double *v, size_t n)
{
	size_t good = 0;

	stats_median(v, n); /* puts them in order */
	while (good < n && isfinite(v[good]))
		good++;
	return good * 2 >= n && good ? stats_median(v, good) : INFINITY;
}

/* the logarithm of the ratio of a round: the median of those of its turns,
   which lie beside each other in time; NaN if all turns were disturbed */
static double
ratioof(cJSON *const j[ARMS])
{
	double bell = now.bell, *x, *y, *ratios, r;
	size_t calls = (size_t)json_int(j[NATIVE], "calls", 1, 1 << 30);
	size_t n, m, i, turns = 0;

	x = times(j[NATIVE], &n);
	y = times(j[CANDIDATE], &m);
	ratios = xcalloc(n + 1, sizeof(*ratios));
	for (i = 0; i + calls <= n && i + calls <= m; i += calls) {
		r = fmax(quiet(x + i, calls) - bell, 1) /
		    fmax(quiet(y + i, calls) - bell, 1);
		if (isfinite(r) && r > 0)
			ratios[turns++] = log(r);
	}
	r = turns ? stats_median(ratios, turns) : NAN;
	now.fine =
	    xreallocarray(now.fine, now.turns + turns + 1, sizeof(*now.fine));
	memcpy(now.fine + now.turns, ratios, turns * sizeof(*ratios));
	now.turns += turns;
	free(ratios);
	free(x);
	free(y);
	return r;
}

/* there is nothing to compare with, and why */
static void
baseline(const cJSON *native)
{
	json_set(now.run, "baseline",
	    cJSON_CreateString(
		now.arms.why ? now.arms.why : json_string(native, "reason")));
}

/* the calls of a pair that are verified: of the first, which no pilot went
   before, as many as of a pilot; of others one that nobody can guess */
static long
pairsamples(long number, long all, long samples[PILOT])
{
	if (!number)
		return pilotsamples(all, samples);
	samples[0] = secret(number, all);
	return 1;
}

/* one pair of processes; NULL, or the candidate's result that ended it all */
static cJSON *
pair(long number)
{
	long calls = turncalls(), turns = turnsof(calls);
	long samples[PILOT], n = pairsamples(number, calls * turns, samples);
	cJSON *j[ARMS];
	double r;

	doround(number, ARMS, turns, calls, samples, n, j);
	assisted(j[CANDIDATE]);
	if (!well(j[CANDIDATE]) &&
	    strcmp(json_string(j[CANDIDATE], "status"), "stopped") != 0) {
		cJSON_Delete(j[NATIVE]);
		return j[CANDIDATE];
	}
	if (!well(j[NATIVE])) {
		if (now.callns[NATIVE] > 0)
			errx(EX_SOFTWARE, "the native runner: %s",
			    json_string(j[NATIVE], "reason"));
		baseline(j[NATIVE]);
		cJSON_Delete(j[NATIVE]);
		cJSON_Delete(j[CANDIDATE]);
		return NULL;
	}
	learn(j);
	now.bell = fmin(
	    now.bell ? now.bell : INFINITY, json_number(j[NATIVE], "bell_ns"));
	if (condemned(j[NATIVE]) || isnan(r = ratioof(j))) {
		now.condemned++;
		cJSON_Delete(j[NATIVE]);
		cJSON_Delete(j[CANDIDATE]);
		return NULL;
	}
	now.ratios =
	    xreallocarray(now.ratios, now.pairs + 1, sizeof(*now.ratios));
	now.ratios[now.pairs++] = r;
	cJSON_AddItemToArray(now.rounds[NATIVE], j[NATIVE]);
	cJSON_AddItemToArray(now.rounds[CANDIDATE], j[CANDIDATE]);
	return NULL;
}

/* of the logarithm of the ratio: over all turns, which are many, and as wide as
   over the pairs of processes too, which are few but know how those differ;
   and a bit for what none of them shows */
static struct interval
ratio(void)
{
	struct interval r = stats_trimmed(now.fine, now.turns, 0.3), p;

	if (now.pairs >= 3) {
		p = stats_trimmed(now.ratios, now.pairs, 0.2);
		r.low = fmin(r.low, p.low);
		r.high = fmax(r.high, p.high);
	}
	r.low -= LEAST;
	r.high += LEAST;
	return r;
}

/* is the interval narrower than so many margins to each side? */
static int
narrow(double margins)
{
	struct interval r;

	if (now.pairs < (size_t)leastpairs)
		return 0;
	r = ratio();
	return (r.high - r.low) / 2 < margins * margin;
}

/* how often in all the candidate's runner was looked at after an answer, or was
   not where it waits */
static long long
looks(const char *key)
{
	long long n = 0;

	json_each (r, now.rounds[CANDIDATE]) {
		n += json_intor(r, key, 0, INT_MAX, 0);
	}
	return n;
}

/* it was found at work after an answer, and too seldom to tell */
static int
suspected(void)
{
	long long astray = looks("astray");

	return astray && astray < LEASTASTRAY &&
	       astray * ASTRAY > looks("looks");
}

/* pairs are made until it is narrow or the time is up, and a bit longer where
   it is still wide */
static int
enough(void)
{
	if (suspected())
		return 0;
	if (now.pairs < (quick ? 2 : 3) || elapsed() < seconds)
		return narrow(1);
	return elapsed() > LONGER * seconds || narrow(2);
}

/* pairs until it is enough; NULL or how the candidate ended */
static cJSON *
pairs(void)
{
	cJSON *end;
	long number;

	for (number = 1; number <= MOSTPAIRS; number++) {
		if (enough())
			break;
		end = pair(number);
		if (end || json_get(now.run, "baseline"))
			return end;
		if (elapsed() > 4 * seconds && now.pairs)
			break;
	}
	return NULL;
}

/* keep of a round what a record holds */
static void
shorten(cJSON *round)
{
	static const char *const keep[] = {"ns", "disturbed", "median_ns",
	    "setup_ns", "spawn_ns", "wall_ns", "cpu_ns", "run_cpu_ns",
	    "load_ns", "fetch_ns", "warm", "warm_ns", "threads", "switches",
	    "cpu", "freq_khz", "probe_ns", "bell_ns", "back_ns", "looks",
	    "astray", "memory_kb", "calls", "counters", "fp_modes", "moved",
	    NULL};

	stage_keep(round, keep);
}

static double
fieldmedian(const cJSON *rounds, const char *path)
{
	size_t n = (size_t)cJSON_GetArraySize(rounds), i = 0;
	double *v = xcalloc(n, sizeof(*v)), m;

	json_each (r, rounds)
		v[i++] = cJSON_GetNumberValue(json_at(r, path));
	m = stats_median(v, n);
	free(v);
	return m;
}

static double
quantileofall(const cJSON *rounds, double q)
{
	size_t n = 0, i = 0;
	double *v, r;

	json_each (a, rounds)
		n += (size_t)cJSON_GetArraySize(json_array(a, "ns"));
	v = xcalloc(n, sizeof(*v));
	json_each (b, rounds)
		json_each (e, json_array(b, "ns"))
			v[i++] = e->valuedouble;
	r = stats_quantile(v, n, q);
	free(v);
	return r;
}

static void
number(cJSON *o, const char *key, double v)
{
	json_set(o, key, cJSON_CreateNumber(round(v)));
}

/* what the processor counted in a call; a text says why there is nothing */
static void
counters(cJSON *o, const cJSON *rounds)
{
	const cJSON *first = json_get(rounds->child, "counters");
	cJSON *all;

	if (!cJSON_IsObject(first)) {
		if (first)
			json_set(o, "counters", cJSON_Duplicate(first, 1));
		return;
	}
	all = cJSON_CreateObject();
	json_each (c, first) {
		char *path = xasprintf("counters.%s", c->string);

		number(all, c->string, fieldmedian(rounds, path));
		free(path);
	}
	json_set(o, "counters", all);
}

static void
summarize(int arm)
{
	cJSON *o = json_object(now.run, now.arms.arm[arm].name);
	cJSON *rounds = now.rounds[arm];

	if (!now.pairs)
		return;
	number(o, "median_ns", quantileofall(rounds, 0.5));
	number(o, "p90_ns", quantileofall(rounds, 0.9));
	number(o, "setup_ns", fieldmedian(rounds, "setup_ns"));
	number(o, "memory_kb", fieldmedian(rounds, "memory_kb"));
	counters(o, rounds);
}

static void
speedup(void)
{
	struct interval r;
	cJSON *o;
	double native;

	if (!now.pairs)
		return;
	o = cJSON_CreateObject();
	r = ratio();
	json_set(o, "ratio", cJSON_CreateNumber(exp(r.mid)));
	json_set(o, "low", cJSON_CreateNumber(exp(r.low)));
	json_set(o, "high", cJSON_CreateNumber(exp(r.high)));
	number(o, "pairs", (double)now.pairs);
	json_set(now.run, "speedup", o);
	number(now.run, "condemned", (double)now.condemned);
	native = fieldmedian(now.rounds[NATIVE], "median_ns");
	number(now.run, "bell_ns", now.bell);
	if (native < SMALL * now.bell)
		json_set(now.run, "small", cJSON_CreateTrue());
}

static double
sum(int arm, const char *key)
{
	double v = 0;

	json_each (r, now.rounds[arm])
		v += json_number(r, key);
	return v;
}

/* of the arm's best round, of whose noise there is least */
static double
leastof(int arm, const char *key, const char *other)
{
	double v = INFINITY;

	json_each (r, now.rounds[arm])
		v = fmin(v, json_number(r, key) + json_numberor(r, other, 0));
	return v;
}

static double
outside(int arm)
{
	return leastof(arm, "load_ns", "fetch_ns");
}

static double
setup(int arm)
{
	return leastof(arm, "setup_ns", "");
}

/* did a candidate leave its processor otherwise than it found it? */
static const char *
tampered(void)
{
	const cJSON *modes;

	json_each (r, now.rounds[CANDIDATE]) {
		modes = json_get(r, "fp_modes");
		if (modes && cJSON_GetArrayItem(modes, 0)->valuedouble !=
				 cJSON_GetArrayItem(modes, 1)->valuedouble)
			return "floating-point modes left changed";
		if (json_boolor(r, "moved", 0))
			return "other processors than it was given";
	}
	return NULL;
}

/* evidence that something was done elsewhere than in the timed call */
static const char *
elsewhere(void)
{
	double more = outside(CANDIDATE) - outside(NATIVE);
	double run = fieldmedian(now.rounds[CANDIDATE], "median_ns");

	if (sum(CANDIDATE, "cpu_ns") >
	    1.1 * threads * sum(CANDIDATE, "wall_ns") + TICK)
		return "more CPU time than its threads have";
	if (now.pairs >= 3 && more > 5000 &&
	    more > 0.2 * run + 0.25 * outside(NATIVE))
		return "work outside the timed call";
	if (setup(CANDIDATE) > SETUPS * setup(NATIVE) + SETUPNS)
		return "a set-up far longer than native's";
	return NULL;
}

static void
suspect(void)
{
	const char *flag = tampered();

	if (!flag)
		flag = elsewhere();
	if (flag)
		json_set(now.run, "flag", cJSON_CreateString(flag));
}

/* how far both arms are from what the device can do; a candidate beyond that is
   not believed, unless the native kernel is there too */
static void
distance(const cJSON *task)
{
	cJSON *o = roofline_floor(
	    roofline_load(json_string(now.file, "name")), task, threads);
	double least, native, candidate;

	if (!o)
		return;
	least = fmax(json_number(o, "floor_ns"), 1);
	native = fieldmedian(now.rounds[NATIVE], "median_ns");
	candidate = fieldmedian(now.rounds[CANDIDATE], "median_ns");
	json_set(o, "native", cJSON_CreateNumber(native / least));
	json_set(o, "candidate", cJSON_CreateNumber(candidate / least));
	json_set(now.run, "roofline", o);
	if (candidate < SLACK * least && native >= least)
		json_set(now.run, "below_floor", cJSON_CreateTrue());
}

static void
cold(void)
{
	cJSON *o = cJSON_CreateObject(), *j[ARMS];
	int i;

	doround(COLD, ARMS, 1, COLDCALLS, NULL, 0, j);
	for (i = 0; i < ARMS; i++) {
		if (well(j[i]))
			number(o, i == NATIVE ? "native_ns" : "candidate_ns",
			    json_number(j[i], "median_ns"));
		cJSON_Delete(j[i]);
	}
	json_set(now.run, "cold", o);
}

static void
wrong(cJSON *run, cJSON *verdict)
{
	const cJSON *m = json_get(verdict, "mismatch");

	json_set(run, "status", cJSON_CreateString("wrong"));
	json_set(run, "reason",
	    cJSON_CreateString(
		m ? "outputs differ from ONNX Runtime's" : "wrong"));
}

/* judge what was sampled, of the first so many calls; 0 if the candidate is
   right */
static int
verified(cJSON *run, long calls)
{
	cJSON *v;
	int failed;

	verify(&now.verifier, &now.samples, calls, roundkey);
	failed = now.verifier.arms[CANDIDATE].failed != 0;
	v = verdict_json(&now.verifier.arms[CANDIDATE]);
	if (failed)
		wrong(run, v);
	json_set(run, "verify", v);
	json_set(
	    run, "native_verify", verdict_json(&now.verifier.arms[NATIVE]));
	return failed ? -1 : 0;
}

static cJSON *
evidence(cJSON *result)
{
	static const char *const keep[] = {"status", "reason", "phase", "call",
	    "signal", "exit", "setup_ns", "memory_kb", "log", "guarded",
	    "refused", NULL};

	stage_keep(result, keep);
	return result;
}

/* the candidate makes no model of the task */
static int
refused(cJSON *run)
{
	cJSON *o = cJSON_CreateObject();

	json_set(run, "status", cJSON_CreateString("wrong"));
	json_set(run, "reason", cJSON_CreateString(now.arms.refused));
	json_set(o, "log", json_text(now.arms.log, strlen(now.arms.log)));
	json_set(run, "candidate", o);
	return -1;
}

/* the candidate on the task's other shapes */
static void
heldout(const cJSON *record, const char *arch)
{
	cJSON *task, *o = cJSON_CreateObject(), *j;
	long samples[] = {0, 1};

	if (!json_get(json_object(record, "task"), "heldout"))
		return;
	task = cJSON_Duplicate(json_object(record, "task"), 1);
	onnxbuild_heldout(task);
	arms_open(&now.arms, task, now.engine,
	    same ? NULL : json_object(record, "build"), arch, now.dir);
	if (verifier_open(&now.verifier, task) < 0)
		errx(EX_DATAERR, "task '%s', held-out shapes: ONNX Runtime: %s",
		    json_string(task, "name"), ort_why());
	opensession(task);
	doround(HELDOUT, CANDIDATE, 1, 2, samples, 2, &j);
	closesession(task);
	json_set(o, "status", cJSON_CreateString("ok"));
	if (now.arms.refused)
		refused(o);
	else if (well(j))
		verified(o, LONG_MAX);
	else
		ended(o, j);
	cJSON_DeleteItemFromObjectCaseSensitive(o, "native_verify");
	json_set(now.run, "heldout", o);
	cJSON_Delete(j);
	samples_free(&now.samples);
	verifier_close(&now.verifier);
	arms_close(&now.arms);
	cJSON_Delete(task);
}

/* the candidate came to a bad end */
static int
fell(cJSON *result)
{
	ended(now.run, result);
	json_set(now.run, "candidate", evidence(result));
	return -1;
}

/* pilots of what is asked for; 0 if the candidate is right */
static int
pilots(void)
{
	cJSON *native = untimed || quick ? NULL : pilot(NATIVE);
	cJSON *candidate = pilot(CANDIDATE);

	if (native && !well(native))
		baseline(native);
	cJSON_Delete(native);
	if (!well(candidate))
		return fell(candidate);
	cJSON_Delete(candidate);
	return verified(now.run, LONG_MAX);
}

/* a pair that is the pilot, too, of which one call is verified before the next:
   the others when the device is free again; where native has nothing to show,
   the candidate is looked at alone, and where elements stay unwritten, so that
   the report tells which */
static int
firstpair(void)
{
	cJSON *end = pair(0);

	if (end && strcmp(json_string(end, "status"), "unwritten") == 0 &&
	    pilots() < 0) {
		cJSON_Delete(end);
		return -1;
	}
	if (end)
		return fell(end);
	return json_get(now.run, "baseline") ? pilots() : verified(now.run, 1);
}

/* who waits is found where it waits but for the moment after its answer */
static int
strayed(void)
{
	long long all = looks("looks"), astray = looks("astray");
	struct buf b = {0};

	if (astray < LEASTASTRAY || astray * ASTRAY <= all)
		return 0;
	buf_addf(&b,
	    "the runner was at work after it had answered in %lld of %lld "
	    "looks",
	    astray, all);
	json_set(now.run, "status", cJSON_CreateString("hack"));
	json_set(now.run, "reason", cJSON_CreateString(b.data));
	buf_free(&b);
	return -1;
}

/* the measurement proper; 0 if the candidate is right and timed */
static int
measure(void)
{
	cJSON *end;
	int rc;

	if (now.arms.refused)
		return refused(now.run);
	rc = quick && !untimed ? firstpair() : pilots();
	if (rc < 0 || untimed || json_get(now.run, "baseline"))
		return rc;
	end = pairs();
	if (end)
		return fell(end);
	if (strayed() < 0)
		return -1;
	if (now.pairs && !quick)
		cold();
	return rc;
}

static void
attach(void)
{
	int i;

	for (i = 0; i < ARMS; i++) {
		cJSON *o = json_get(now.run, now.arms.arm[i].name);

		json_each (r, now.rounds[i])
			shorten(r);
		if (!o) {
			o = cJSON_CreateObject();
			json_set(now.run, now.arms.arm[i].name, o);
		}
		json_set(o, "rounds", now.rounds[i]);
		summarize(i);
	}
	speedup();
	if (now.pairs) {
		suspect();
		distance(now.verifier.task);
	}
}

/* of a device that is not this machine only its supervisor can tell */
static cJSON *
sandbox(void)
{
	const cJSON *about = session_about(now.session);
	cJSON *o, *missing;

	if (!device_remote(now.device))
		return sandbox_json(now.sandbox);
	o = cJSON_CreateObject();
	missing = cJSON_CreateArray();
	json_set(o, "kind", cJSON_CreateString("jail"));
	json_set(
	    o, "landlock", cJSON_Duplicate(json_get(about, "landlock"), 1));
	if (!json_intor(about, "landlock", 0, 1000, 0))
		cJSON_AddItemToArray(missing, cJSON_CreateString("landlock"));
	json_set(o, "missing", missing);
	return o;
}

static cJSON *
machine(void)
{
	cJSON *o = device_facts(now.device);

	json_set(
	    o, "supervise", cJSON_Duplicate(session_about(now.session), 1));
	json_set(o, "sandbox", sandbox());
	return o;
}

static void reached(void);

static void
judge(const cJSON *record)
{
	const cJSON *task = json_object(record, "task");
	const char *arch = json_string(now.asked, "arch");
	uint64_t alone = 0;
	int i, rc;
	char hex[65];

	if (!seeded)
		gen_newkey(master);
	arms_open(&now.arms, task, now.engine,
	    same ? NULL : json_object(record, "build"), arch, now.dir);
	if (verifier_open(&now.verifier, task) < 0)
		errx(EX_DATAERR, "task '%s': ONNX Runtime: %s",
		    json_string(task, "name"), ort_why());
	for (i = 0; i < ARMS; i++)
		now.rounds[i] = cJSON_CreateArray();
	/* what is not timed may share this machine */
	now.device = device_open(now.asked, 1);
	now.file = device_file(now.device);
	reached();
	opensession(task);
	if (quick && !untimed && verifier_warm(&now.verifier) < 0)
		errx(EX_DATAERR, "task '%s': ONNX Runtime: %s",
		    json_string(task, "name"), ort_why());
	if (!untimed) {
		device_take(now.device);
		alone = nowns();
		device_prepare(now.device);
	}
	now.start = nowns();
	json_set(now.run, "status", cJSON_CreateString("ok"));
	json_set(now.run, "machine", machine());
	rc = measure();
	closesession(task);
	device_share(now.device); /* what follows times nothing */
	if (!untimed)
		json_set(now.run, "alone_seconds",
		    cJSON_CreateNumber((double)(nowns() - alone) / 1e9));
	attach();
	if (rc == 0)
		rc = verified(now.run, LONG_MAX);
	samples_free(&now.samples);
	verifier_close(&now.verifier);
	json_set(now.run, "engine_facts", now.arms.facts);
	now.arms.facts = NULL;
	arms_close(&now.arms);
	if (rc == 0 && !noheldout)
		heldout(record, arch);
	json_set(now.run, "seconds", cJSON_CreateNumber(elapsed()));
	gen_keyhex(master, hex);
	json_set(now.run, "seed", cJSON_CreateString(hex));
	device_close(now.device);
	free(now.ratios);
	free(now.fine);
}

/* somebody apart measures, and tells of it here; -1 if it is this process */
static int tell = -1;

/* the device is there: from now on a lost connection is worth another try */
static void
reached(void)
{
	if (tell >= 0 && write(tell, "\n", 1) != 1)
		err(EX_IOERR, "pipe");
}

static void
workdir(void)
{
	now.dir = rootpath("build/run/XXXXXX");
	*strrchr(now.dir, '/') = '\0';
	if (mkdirs(now.dir) < 0)
		err(EX_IOERR, "%s", now.dir);
	now.dir[strlen(now.dir)] = '/';
	if (!mkdtemp(now.dir))
		err(EX_IOERR, "%s", now.dir);
}

/* what a measurement that came to nothing leaves */
static void
cleardir(void)
{
	char *pattern = xasprintf("%s/*", now.dir);
	glob_t found;
	size_t i;

	if (glob(pattern, 0, NULL, &found) == 0)
		for (i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
	rmdir(now.dir);
	free(pattern);
}

/* in a process of its own, whose words are kept until they are final */
_Noreturn static void
apart(const cJSON *record, int out, int words)
{
	char *text;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(words, 2);
	tell = out;
	judge(record);
	text = json_print(now.run);
	if (writeall(out, text, strlen(text)) < 0)
		err(EX_IOERR, "pipe");
	_exit(EX_OK);
}

/* one try: its status, and what it told and said */
static int
once(const cJSON *record, struct buf *told, int words)
{
	int fd[2], st = 0;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) < 0 || ftruncate(words, 0) < 0)
		err(EX_OSERR, "pipe");
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		err(EX_OSERR, "fork");
	if (pid == 0)
		apart(record, fd[1], words);
	close(fd[1]);
	buf_free(told);
	if (buf_readfd(told, fd[0], SIZE_MAX) < 0)
		err(EX_IOERR, "pipe");
	close(fd[0]);
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(st))
		dprintf(
		    words, "devrun: the measurement was %s\n", proc_status(st));
	return WIFEXITED(st) ? WEXITSTATUS(st) : EX_SOFTWARE;
}

/* a device that can be lost: what it has not finished is measured again */
static void
judgeagain(const cJSON *record)
{
	long tries = (long)json_intor(now.asked, "tries", 1, 100, TRIES);
	int words = memfd_create("words", MFD_CLOEXEC), status;
	struct buf told = {0}, said = {0};
	const char *why;

	if (words < 0 || fcntl(words, F_SETFL, O_APPEND) < 0)
		err(EX_OSERR, "memfd");
	do
		status = once(record, &told, words);
	while (status == EX_TEMPFAIL && told.len && --tries > 0);
	lseek(words, 0, SEEK_SET);
	if (buf_readfd(&said, words, SIZE_MAX) < 0)
		err(EX_IOERR, "memfd");
	writeall(2, said.data ? said.data : "", said.len);
	close(words);
	buf_free(&said);
	if (status != EX_OK) {
		cleardir();
		exit(status);
	}
	cJSON_Delete(now.run);
	now.run = json_parse(told.data, told.len, &why);
	if (!now.run)
		errx(EX_SOFTWARE, "a measurement apart: %s", why);
	buf_free(&told);
}

static const char *
engineof(const cJSON *record)
{
	const cJSON *b = json_get(record, "build");

	if (enginename)
		return enginename;
	return same ? "ort" : json_string(b, "engine");
}

/* drop what no later stage reads */
static void
trim(cJSON *record)
{
	static const char *const keep[] = {"status", "reason", "sha256", NULL};

	if (json_get(record, "candidate"))
		stage_keep(json_object(record, "candidate"), keep);
	if (json_get(record, "build"))
		cJSON_DeleteItemFromObjectCaseSensitive(
		    json_object(record, "build"), "log");
}

static void
measureonce(const cJSON *record, const char *status)
{
	struct json_place place = json_saveplace();
	const cJSON *asked = now.asked;

	memset(&now, 0, sizeof(now));
	now.asked = asked;
	now.run = cJSON_CreateObject();
	now.engine = engine_load(engineof(record));
	json_restoreplace(place);
	json_set(now.run, "status", cJSON_CreateString("build-failed"));
	json_set(now.run, "engine", cJSON_CreateString(engineof(record)));
	json_set(
	    now.run, "device", cJSON_CreateString(json_string(asked, "name")));
	json_set(now.run, "emulated",
	    cJSON_CreateBool(json_boolor(asked, "emulated", 0)));
	number(now.run, "threads", threads);
	if (strcmp(status, "ok") == 0) {
		workdir();
		if (device_canbelost(asked))
			judgeagain(record);
		else
			judge(record);
		rmdir(now.dir);
		free(now.dir);
	}
}

static void
devrun(cJSON *record)
{
	const cJSON *build = same ? NULL : json_object(record, "build");
	const char *status = same ? "ok" : json_string(build, "status");

	int tries = 0;

	measureonce(record, status);
	/* SIGKILL comes from outside, of which a candidate must not suffer;
	   time and again it is the candidate's: what it does makes the system
	   kill it
	 */
	while (json_boolor(now.run, "killed", 0) && tries++ < KILLED) {
		cJSON_Delete(now.run);
		measureonce(record, status);
	}
	trim(record);
	json_set(record, "run", now.run);
}

static _Noreturn void
usage(int rc)
{
	fprintf(rc ? stderr : stdout,
	    "usage: devrun [-qA] [-d device] [-t seconds] [-n calls] "
	    "[-j threads]\n"
	    "              [-s seed] [-o file] [record ...]\n"
	    "Runs native and candidate kernels in turn, verifies and times "
	    "them.\n"
	    "  -d, --device NAME    a file of mk/devices (default: host)\n"
	    "  -t, --time SECONDS   to measure, about (default: 2)\n"
	    "  -n, --calls N        timed calls a round (default: by time)\n"
	    "  -j, --threads N      the engine's threads (default: 1)\n"
	    "  -s, --seed HEX       64 hex digits: the inputs of another run\n"
	    "      --untimed        verify the candidate only, beside others\n"
	    "  -q, --quick          less time, wider interval: for rewards\n"
	    "  -A, --aa             native against native\n"
	    "  -P, --planted F      native against itself, F times slower\n"
	    "      --no-heldout     not on the task's other shapes\n"
	    "      --no-sandbox     without bubblewrap or a jail\n"
	    "      --sandbox MODE   auto, bubblewrap or jail\n"
	    "  -o, --output FILE    write there, by rename\n"
	    "      --version        the stage and the version of its format\n"
	    "man devrun tells more.\n");
	usageend(rc);
}

static double
secondsarg(const char *s)
{
	char *end;
	double d = strtod(s, &end);

	if (end == s || *end || !(d > 0 && d < 1e6))
		errx(EX_USAGE, "time '%s' is not seconds", s);
	return d;
}

static void
seedarg(const char *hex)
{
	if (gen_key(hex, master) < 0)
		errx(EX_USAGE, "seed '%s' is not 64 hex digits", hex);
	seeded = 1;
}

static void
plant(const char *factor)
{
	char *end;
	double f = strtod(factor, &end);

	if (end == factor || *end || !(f >= 1 && f <= 1000))
		errx(EX_USAGE, "factor '%s' is not from 1 to 1000", factor);
	arms_planted = factor;
	same = 1;
}

static void
quickly(void)
{
	quick = 1;
	seconds = 0.2;
	margin = 0.02;
	leastpairs = 2;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"device", 1, 0, 'd'},
	    {"time", 1, 0, 't'}, {"calls", 1, 0, 'n'}, {"threads", 1, 0, 'j'},
	    {"seed", 1, 0, 's'}, {"quick", 0, 0, 'q'}, {"planted", 1, 0, 'P'},
	    {"no-sandbox", 0, 0, 'N'}, {"sandbox", 1, 0, 'M'},
	    {"aa", 0, 0, 'A'}, {"untimed", 0, 0, 'U'},
	    {"no-heldout", 0, 0, 'H'}, {"engine", 1, 0, 'e'},
	    {"output", 1, 0, 'o'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'},
	    {0}};
	const char *out = NULL;
	int c;

	while ((c = getopt_long(
		    argc, argv, "d:t:n:j:s:qAP:e:o:h", options, NULL)) != -1) {
		switch (c) {
		case 'd': devicename = optarg; break;
		case 't': seconds = secondsarg(optarg); break;
		case 'n':
			fixedcalls = numarg("calls", optarg, 1, 1 << 20);
			break;
		case 'j':
			threads = (int)numarg("threads", optarg, 1, 1024);
			break;
		case 's': seedarg(optarg); break;
		case 'q': quickly(); break;
		case 'A': same = 1; break;
		case 'U': untimed = 1; break;
		case 'H': noheldout = 1; break;
		case 'N': sandboxmode = SANDBOX_NONE; break;
		case 'M': sandboxmode = sandbox_mode(optarg); break;
		case 'P': plant(optarg); break;
		case 'e': enginename = optarg; break;
		case 'o': out = optarg; break;
		case 'h': usage(EX_OK);
		case 'V': stage_version(FORMAT);
		default: usage(EX_USAGE);
		}
	}
	largeheap();
	now.asked = device_load(devicename);
	stage_each(out, argv + optind, devrun);
	if (rested.session)
		session_close(rested.session);
	stage_end();
}
