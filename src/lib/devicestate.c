#include <ctype.h>
#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "deviceimpl.h"

/* the scripts of a list or object, one after the other, each followed by a line
   of ours with its status */
char *
device_each(const cJSON *list)
{
	struct buf b = {0};

	json_each (e, list)
		buf_addf(&b,
		    "(\n%s\n) 2>&1\n"
		    "printf '\\nmkbench-next %%d\\n' $?\n",
		    cJSON_IsObject(e) ? json_string(e, "command")
				      : cJSON_GetStringValue(e));
	return b.data ? b.data : xstrdup("true");
}

/* what the script number n of those printed, trimmed; caller frees */
static char *
answer(const char *text, int n)
{
	static const char mark[] = "mkbench-next ";
	const char *end, *start = text ? text : "";

	while (n--) {
		start = strstr(start, mark);
		start = start ? strchr(start, '\n') : NULL;
		if (!start)
			return xstrdup("");
	}
	end = strstr(start, mark);
	end = end ? end : start + strlen(start);
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (start < end && isspace((unsigned char)end[-1]))
		end--;
	return xstrndup(
	    start, end - start > FACT ? FACT : (size_t)(end - start));
}

/* a number where it is one, times the scale that its command has */
static cJSON *
fact(const cJSON *command, const char *text)
{
	double scale =
	    cJSON_IsObject(command) ? json_numberor(command, "scale", 1) : 1;
	char *end;
	double v = strtod(text, &end);

	if (end > text && !*end && v > -1e15 && v < 1e15)
		return cJSON_CreateNumber(round(v * scale * 1e6) / 1e6);
	return json_text(text, strlen(text));
}

static cJSON *
asked(struct device *d, const cJSON *commands)
{
	cJSON *o = cJSON_CreateObject();
	struct buf out = {0};
	char *script, *text;
	int n = 0;

	if (!commands)
		return o;
	script = device_each(commands);
	device_shell(d, script, &out);
	free(script);
	json_each (c, commands) {
		text = answer(out.data, n++);
		json_set(o, c->string, fact(c, text));
		free(text);
	}
	buf_free(&out);
	return o;
}

cJSON *
device_facts(struct device *d)
{
	cJSON *o = cJSON_CreateObject();
	struct utsname u;

	uname(&u);
	json_set(o, "arch",
	    cJSON_CreateString(
		d->how ? json_stringor(d->about, "arch", "") : u.machine));
	json_set(o, "kernel",
	    cJSON_CreateString(
		d->how ? json_stringor(d->about, "kernel", "") : u.release));
	json_set(o, "cpus",
	    cJSON_CreateNumber(d->how
				   ? atoi(json_stringor(d->about, "cpus", "0"))
				   : (double)sysconf(_SC_NPROCESSORS_ONLN)));
	if (d->file != d->pool)
		json_set(o, "member", cJSON_CreateString(device_name(d)));
	if (cJSON_GetArraySize(d->prepared))
		json_set(o, "prepared", cJSON_Duplicate(d->prepared, 1));
	if (json_get(d->file, "facts"))
		json_set(o, "facts", asked(d, json_get(d->file, "facts")));
	return o;
}

static void
cool(struct device *d)
{
	const cJSON *gate = json_get(d->file, "thermal");
	double most, t, wait;
	uint64_t start = nowns();
	struct buf out;
	char *text;
	cJSON *v;

	if (!gate)
		return;
	most = json_number(gate, "below");
	wait = json_numberor(gate, "wait_s", 300);
	for (;;) {
		out = (struct buf){0};
		device_shell(d, json_string(gate, "command"), &out);
		text = answer(out.data, 0);
		v = fact(gate, text);
		if (!cJSON_IsNumber(v))
			errx(EX_UNAVAILABLE,
			    "device '%s': its temperature is no number: "
			    "'%.60s'",
			    device_name(d), text);
		t = v->valuedouble;
		cJSON_Delete(v);
		free(text);
		buf_free(&out);
		if (t < most)
			return;
		if ((double)(nowns() - start) / 1e9 >= wait)
			errx(EX_TEMPFAIL,
			    "device '%s' is too hot: %g, it must be below %g",
			    device_name(d), t, most);
		usleep((unsigned)(1e6 * json_numberor(gate, "poll_s", 5)));
	}
}

void
device_prepare(struct device *d)
{
	const cJSON *list = json_get(d->file, "prepare");
	struct buf out = {0};
	char *script, *p;
	cJSON *o;

	cool(d);
	if (!list)
		return;
	script = device_each(list);
	device_shell(d, script, &out);
	free(script);
	p = out.data;
	json_each (c, list) {
		p = p ? strstr(p, "mkbench-next ") : NULL;
		p = p ? p + strlen("mkbench-next ") : NULL;
		o = cJSON_CreateObject();
		json_set(o, "command", cJSON_Duplicate(c, 1));
		json_set(o, "ok", cJSON_CreateBool(p && atoi(p) == 0));
		cJSON_AddItemToArray(d->prepared, o);
	}
	buf_free(&out);
}
