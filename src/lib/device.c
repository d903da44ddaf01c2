#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "deviceimpl.h"
#include "slot.h"
#include "stage.h"

#define KEEP 65536   /* bytes of what a command prints */
#define NODIR 99     /* status of a script that has no directory */
#define PAUSE 500000 /* us between two tries */
#define SHUNNED 3    /* seconds that a pool passes a lost member over */
#define LOST 255     /* how ssh and adb end when the line is cut */
#define STOREMB 2048 /* MiB of files kept on a device */

static void
known(const cJSON *object, const char *what, const char *const *keys)
{
	size_t i;

	json_each (e, object) {
		for (i = 0; keys[i] && strcmp(keys[i], e->string) != 0; i++)
			;
		if (!keys[i] && *e->string != '_')
			json_bad(e, "no such key of %s", what);
	}
}

static void
check(const cJSON *file)
{
	static const char *const top[] = {"name", "title", "note", "arch",
	    "machine", "transport", "emulated", "compilers", "flags", "run",
	    "ssh", "adb", "dir", "wait_s", "tries", "store_mb", "facts",
	    "prepare", "restore", "thermal", "members", NULL};
	static const char *const ssh[] = {"program", "host", "options", NULL};
	static const char *const adb[] = {
	    "program", "serial", "connect", "options", NULL};
	static const char *const run[] = {
	    "launch", "via", "memory_mb", "hang_ms", "libraries", "cpus", NULL};
	static const char *const thermal[] = {
	    "command", "scale", "below", "poll_s", "wait_s", NULL};
	const char *p;

	known(file, "a device", top);
	known(json_get(file, "ssh"), "ssh", ssh);
	known(json_get(file, "adb"), "adb", adb);
	known(json_get(file, "run"), "run", run);
	known(json_get(file, "thermal"), "thermal", thermal);
	for (p = json_string(file, "name"); *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
			json_bad(json_get(file, "name"),
			    "a name of letters, digits and ._- is needed");
	/* it goes into scripts as it is */
	for (p = json_stringor(file, "dir", ""); *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("/._-+@", *p) &&
		    !(*p == '~' && p[1] == '/'))
			json_bad(json_get(file, "dir"),
			    "a path of letters, digits and ._-+@ is needed");
}

static const struct transport *
transportof(const cJSON *file)
{
	const char *name = json_stringor(file, "transport", "local");

	if (strcmp(name, "local") == 0)
		return NULL;
	if (strcmp(name, "ssh") == 0)
		return &transport_ssh;
	if (strcmp(name, "adb") == 0)
		return &transport_adb;
	json_bad(json_get(file, "transport"),
	    "transport '%s' is none of local, ssh, adb", name);
}

cJSON *
device_load(const char *name)
{
	cJSON *file = stage_config("device", "mk/devices", name);

	check(file);
	return file;
}

const char *
device_name(const struct device *d)
{
	return json_string(d->file, "name");
}

/* the lock, which belongs to the machine, not to this tree, of which there may
   be several; -1 if somebody else has it and we do not wait */
static int
locked(const cJSON *file, int wait)
{
	char *name = xasprintf("device-%s", json_string(file, "name"));
	int fd = slot_lock(name, wait);

	free(name);
	return fd;
}

static void
unlock(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* scripts */

/* 0 and its status, or -1 with the reason if the device was not reached */
static int
once(const struct device *d, const char *script, double seconds,
    struct buf *out, int *status, struct buf *why)
{
	static const char begin[] = "mkbench-begin\n", end[] = "mkbench-end ";
	struct words w = {0};
	struct buf text = {0}, input = {0};
	char *from, *to = NULL, *p;

	buf_addf(&input,
	    "echo mkbench-begin\n(\n%s\n) </dev/null 2>&1\n"
	    "echo \"mkbench-end $?\"\n",
	    script);
	d->how->words(&d->link, &w);
	words_add(&w, "exec sh");
	words_run(&w, input.data, input.len, seconds, &text);
	buf_free(&input);
	from = text.data ? strstr(text.data, begin) : NULL;
	for (p = from; p && (p = strstr(p, end)); p++)
		to = p;
	if (to) {
		from += sizeof(begin) - 1;
		buf_add(out, from, (size_t)(to - from));
		*status = atoi(to + sizeof(end) - 1);
	} else {
		lastline(why, &text);
		if (!why->len)
			buf_adds(why, "the connection was lost");
	}
	buf_free(&text);
	return to ? 0 : -1;
}

/* the reason is final, or there is still time */
void
device_again(
    const struct device *d, struct patience *p, int final, struct buf *why)
{
	if (!p->began) {
		p->began = 1;
		p->until = nowns() + (uint64_t)(d->wait * 1e9);
	}
	if (final)
		errx(EX_UNAVAILABLE, "device '%s': %s", device_name(d),
		    why->data);
	if (nowns() >= p->until)
		errx(EX_TEMPFAIL, "device '%s': gave up after %g s: %s",
		    device_name(d), d->wait, why->data);
	buf_free(why);
	usleep(PAUSE);
}

void
device_rejoin(struct device *d, struct patience *p)
{
	struct buf why = {0};
	int rc;

	while ((rc = d->how->join(&d->link, &why)) < 0)
		device_again(d, p, rc == -2, &why);
	buf_free(&why);
}

static int
here(const char *script, struct buf *out)
{
	struct words w = {0};

	words_add(&w, "sh");
	words_add(&w, "-s");
	return words_run(&w, script, strlen(script), SHELLTIME, out);
}

int
device_shell(struct device *d, const char *script, struct buf *out)
{
	struct patience p = {0};
	struct buf why = {0}, text = {0};
	int status = 0;

	if (!d->how)
		return here(script, out);
	while (once(d, script, SHELLTIME, &text, &status, &why) < 0) {
		device_again(d, &p, 0, &why);
		device_rejoin(d, &p);
		buf_free(&text);
	}
	buf_add(out, text.data ? text.data : "", text.len);
	buf_free(&text);
	return status;
}

int
device_alive(struct device *d)
{
	struct buf out = {0}, why = {0};
	int status, rc;

	if (!d->how)
		return 0;
	rc = once(d, "true", d->how->patience, &out, &status, &why);
	buf_free(&out);
	buf_free(&why);
	return rc;
}

/* opening */

/* who we are to others that use the device */
static char *
owner(void)
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	return xasprintf("%s-%u-%ld", host, (unsigned)getuid(), (long)getpid());
}

/* was that one of ours, which is no more? */
static int
dead(const char *who)
{
	char *me = owner(), *end = strrchr(me, '-') + 1;
	int ours = strncmp(who, me, (size_t)(end - me)) == 0;
	long pid = ours ? atol(who + (end - me)) : 0;

	free(me);
	return ours &&
	       (pid == getpid() || (kill((pid_t)pid, 0) < 0 && errno == ESRCH));
}

/*
 * The device's directory: what the owner named has left there is ended and
 * removed.  One line a fact: root, arch, kernel, cpus, busy OWNER,
 * held NAME.
 */
static char *
opening(const struct device *d, const char *ended)
{
	const char *dir = json_stringor(d->file, "dir",
	    d->how == &transport_adb ? "/data/local/tmp/mkbench"
				     : "~/.cache/mkbench");

	return xasprintf(
	    "umask 077\n"
	    "d=%s%s\n"
	    "mkdir -p \"$d/store\" && cd \"$d\" || exit %d\n"
	    "d=$(pwd -P)\n"
	    "echo \"root $d\"\n"
	    "echo \"arch $(uname -m)\"\n"
	    "echo \"kernel $(uname -r)\"\n"
	    "echo \"cpus $(nproc 2>/dev/null)\"\n"
	    "if [ -e pid ]; then\n"
	    "  read p o <pid\n"
	    "  case $(readlink /proc/$p/exe) in \"$d\"/*)\n"
	    "    if [ \"$o\" = %s ]; then kill -9 $p; else echo \"busy $o\"; "
	    "exit 0; fi;;\n"
	    "  esac\n"
	    "  rm -f pid\n"
	    "fi\n"
	    "rm -rf new.*\n"
	    "for f in store/*; do [ -e \"$f\" ] && echo \"held ${f#store/}\"; "
	    "done\n"
	    "true",
	    dir[0] == '~' ? "$HOME" : "", dir[0] == '~' ? dir + 1 : dir, NODIR,
	    ended);
}

static void
told(struct device *d, const char *key, const char *value)
{
	if (strcmp(key, "root") == 0 && *value == '/') {
		free(d->root);
		d->root = xstrdup(value);
	} else if (strcmp(key, "held") == 0) {
		json_set(d->held, value, cJSON_CreateTrue());
	} else {
		json_set(d->about, key, json_text(value, strlen(value)));
	}
}

static void
listen(struct device *d, char *text)
{
	char *line, *value, *rest = text;

	cJSON_Delete(d->about);
	cJSON_Delete(d->held);
	d->about = cJSON_CreateObject();
	d->held = cJSON_CreateObject();
	while (rest && (line = strsep(&rest, "\n"))) {
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		value[strcspn(value, "\r")] = '\0';
		told(d, line, value);
	}
}

static int
look(struct device *d, const char *ended, struct buf *why)
{
	char *script = opening(d, ended);
	struct buf text = {0};
	int status, rc = once(d, script, SHELLTIME, &text, &status, why);

	free(script);
	if (rc == 0 && status == NODIR) {
		lastline(why, &text);
		rc = -1;
	} else if (rc == 0) {
		listen(d, text.data);
	}
	buf_free(&text);
	return rc;
}

/* one try: 0; -1, or -2 if no other helps, with the reason */
static int
enter(struct device *d, struct buf *why)
{
	int rc = d->how->join(&d->link, why);
	const char *busy;
	char *who;

	if (rc == 0)
		rc = look(d, "nobody", why);
	if (rc < 0)
		return rc;
	busy = json_stringor(d->about, "busy", NULL);
	if (busy && dead(busy)) {
		who = xstrdup(busy);
		rc = look(d, who, why);
		free(who);
		busy = rc < 0 ? NULL : json_stringor(d->about, "busy", NULL);
	}
	if (busy) {
		buf_addf(why, "%s is at work there", busy);
		rc = -1;
	} else if (rc == 0 && !d->root) {
		buf_adds(why, "its shell says nothing that is understood");
		rc = -2;
	}
	return rc;
}

/* a directory of this user's alone, for the connection */
static char *
linkdir(const cJSON *file)
{
	char *dir = xasprintf("/tmp/mkbench-device-%s.%u",
	    json_string(file, "name"), (unsigned)getuid());
	struct stat st;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		err(EX_IOERR, "%s", dir);
	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode) ||
	    st.st_uid != getuid() || (st.st_mode & 077))
		errx(EX_NOPERM, "%s is not a directory of ours alone", dir);
	return dir;
}

static struct device *
made(const cJSON *file, int lock)
{
	struct device *d = xcalloc(1, sizeof(*d));

	d->pool = d->file = file;
	d->lock = lock;
	d->measures = -1;
	d->how = transportof(file);
	d->wait = json_numberor(file, "wait_s", 60);
	d->used = cJSON_CreateObject();
	d->drops = cJSON_CreateObject();
	d->prepared = cJSON_CreateArray();
	if (!d->how)
		return d;
	d->link.name = device_name(d);
	d->link.file = json_object(file, d->how->name);
	d->link.dir = linkdir(file);
	return d;
}

static void
release(struct device *d)
{
	if (d->how)
		d->how->leave(&d->link);
	unlock(&d->lock);
	unlock(&d->measures);
	cJSON_Delete(d->about);
	cJSON_Delete(d->held);
	cJSON_Delete(d->used);
	cJSON_Delete(d->drops);
	cJSON_Delete(d->prepared);
	cJSON_Delete(d->owned);
	free(d->link.dir);
	free(d->root);
	free(d->word);
	free(d);
}

/* pools */

/* a file that says when a member was last found to be away */
static char *
awayfile(const cJSON *file)
{
	return xasprintf("/tmp/mkbench-device-%s.%u/away",
	    json_string(file, "name"), (unsigned)getuid());
}

/* was it away a moment ago?  Then that is the reason. */
static int
shunned(const cJSON *file, struct buf *why)
{
	char *path = awayfile(file);
	struct stat st;
	int yes = stat(path, &st) == 0 && time(NULL) - st.st_mtime < SHUNNED &&
		  buf_readfile(why, path, KEEP) == 0 && why->len;

	free(path);
	return yes;
}

static void
shun(const cJSON *file, const struct buf *why)
{
	char *path = awayfile(file);

	if (!why)
		unlink(path);
	else if (writefile(path, why->data, why->len, 0) < 0)
		warn("%s", path);
	free(path);
}

/* the member if it is free and there; else NULL, with the reason if it is not
   there, and *final if it will never be */
static struct device *
member(const cJSON *pool, const char *name, struct buf *why, int *final)
{
	struct json_place place = json_saveplace();
	cJSON *file = device_load(name);
	struct device *d;
	int lock, rc = 0;

	if (json_get(file, "members"))
		json_bad(json_get(file, "members"), "a pool in a pool");
	if (strcmp(json_string(file, "arch"), json_string(pool, "arch")) != 0)
		json_bad(json_get(file, "arch"), "'%s' is not its pool's",
		    json_string(file, "arch"));
	lock = shunned(file, why) ? -1 : locked(file, 0);
	d = lock < 0 ? NULL : made(file, lock);
	json_restoreplace(place);
	if (!d) {
		*final = 0;
		cJSON_Delete(file);
		return NULL;
	}
	d->owned = file;
	d->pool = pool;
	if (d->how && (rc = enter(d, why)) < 0) {
		shun(file, why);
		*final = *final && rc == -2;
		release(d);
		return NULL;
	}
	if (d->how)
		shun(file, NULL);
	return d;
}

static struct device *
lease(const cJSON *pool)
{
	uint64_t lastseen = nowns();
	double wait = json_numberor(pool, "wait_s", 60);
	struct device *d;
	struct buf why = {0}, one = {0};
	int final, busy;

	for (;;) {
		final = 1;
		busy = 0;
		json_each (m, json_array(pool, "members")) {
			if (!cJSON_IsString(m))
				json_bad(m, "not a device's name");
			d = member(pool, m->valuestring, &one, &final);
			if (d) {
				buf_free(&why);
				return d;
			}
			busy |= !one.len;
			if (one.len) {
				buf_free(&why);
				buf_adds(&why, one.data);
			}
			buf_free(&one);
		}
		if (busy)
			lastseen = nowns();
		if (final || (double)(nowns() - lastseen) / 1e9 >= wait)
			errx(final ? EX_UNAVAILABLE : EX_TEMPFAIL,
			    "no member of '%s' is there: %s",
			    json_string(pool, "name"),
			    why.data ? why.data : "it has none");
		usleep(PAUSE / 2);
	}
}

struct device *
device_open(const cJSON *file, int shared)
{
	struct patience p = {0};
	struct buf why = {0};
	struct device *d;
	int rc;

	if (json_get(file, "members"))
		return lease(file);
	d = made(file, shared && !transportof(file) ? -1 : locked(file, 1));
	while (d->how && (rc = enter(d, &why)) < 0)
		device_again(d, &p, rc == -2, &why);
	buf_free(&why);
	return d;
}

/* commands */

/* as one word for a shell */
static void
quoted(struct buf *b, const char *s)
{
	buf_adds(b, "'");
	for (; *s; s++)
		if (*s == '\'')
			buf_adds(b, "'\\''");
		else
			buf_add(b, s, 1);
	buf_adds(b, "'");
}

const char *const *
device_command(struct device *d, const char *const *argv, size_t n)
{
	struct buf inner = {0}, b = {0};
	char *me;
	size_t i;

	d->command = (struct words){0};
	if (!d->how) {
		for (i = 0; i < n; i++)
			words_add(&d->command, argv[i]);
		return d->command.v;
	}
	me = owner();
	buf_addf(&inner, "echo $$ %s >'%s/pid'; exec", me, d->root);
	for (i = 0; i < n; i++) {
		buf_adds(&inner, " ");
		quoted(&inner, argv[i]);
	}
	/* the shell of the account may be of any kind */
	buf_adds(&b, "exec sh -c ");
	quoted(&b, inner.data);
	buf_free(&inner);
	free(me);
	free(d->word);
	d->word = b.data;
	d->how->words(&d->link, &d->command);
	words_add(&d->command, d->word);
	return d->command.v;
}

int
device_carried(const struct device *d, int status)
{
	return d->how && (!WIFEXITED(status) || WEXITSTATUS(status) == LOST ||
			     WEXITSTATUS(status) < EX__BASE ||
			     WEXITSTATUS(status) > EX__MAX);
}

void
device_lost(struct device *d, const char *when)
{
	errx(EX_TEMPFAIL, "device '%s': the connection was lost %s",
	    device_name(d), when);
}

static const char *
thismachine(void)
{
	static struct utsname u;

	uname(&u);
	return u.machine;
}

const char *
device_arch(const struct device *d)
{
	const char *arch = json_string(d->file, "arch");

	return strcmp(arch, "native") == 0 ? thismachine() : arch;
}

const char *
device_machine(const struct device *d)
{
	if (!d->how)
		return thismachine();
	return json_stringor(d->file, "machine", device_arch(d));
}

const cJSON *
device_file(const struct device *d)
{
	return d->file;
}

const char *
device_root(const struct device *d)
{
	return d->root;
}

int
device_canbelost(const cJSON *file)
{
	return json_get(file, "members") || transportof(file);
}

int
device_remote(const struct device *d)
{
	return d->how != NULL;
}

/* leave nothing at work there, and no more files than are worth it */
static char *
closing(const struct device *d)
{
	struct buf b = {0};
	char *rest = device_each(json_get(d->file, "restore"));

	buf_addf(
	    &b, "%s\ncd '%s/store' || exit 1\nrm -f ../pid\n", rest, d->root);
	free(rest);
	json_each (u, d->drops)
		buf_addf(&b, "rm -rf %s\n", u->string);
	json_each (u, d->used)
		if (!json_get(d->drops, u->string))
			buf_addf(&b, "touch %s\n", u->string);
	buf_addf(&b,
	    "for f in $(ls -tr); do\n"
	    "  [ \"$(du -sk . | cut -f1)\" -gt %.0f ] || break\n"
	    "  rm -rf \"$f\"\n"
	    "done",
	    1024 * json_numberor(d->file, "store_mb", STOREMB));
	return b.data;
}

void
device_take(struct device *d)
{
	if (d->how)
		return;
	d->measures = slot_measure();
	if (d->lock < 0)
		d->lock = locked(d->file, 1);
	slot_settle();
}

void
device_share(struct device *d)
{
	if (d->how)
		return;
	unlock(&d->lock);
	unlock(&d->measures);
}

void
device_close(struct device *d)
{
	struct buf out = {0}, why = {0};
	char *script;
	int status;

	if (d->how) {
		/* what was measured counts, whether it hears this or not */
		script = closing(d);
		once(d, script, SHELLTIME, &out, &status, &why);
		free(script);
	} else if (json_get(d->file, "restore")) {
		script = device_each(json_get(d->file, "restore"));
		device_shell(d, script, &out);
		free(script);
	}
	buf_free(&out);
	buf_free(&why);
	release(d);
}
