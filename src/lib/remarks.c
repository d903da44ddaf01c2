#include <stdlib.h>
#include <string.h>

#include "cpp.h"
#include "remarks.h"

#define LOOPS 12
#define REASON 160 /* bytes of a reason */

/* the lines of a file that a loop takes */
struct loop {
	const char *name;
	unsigned first, last;
};

/* the next line of a compiler's output, NULL at its end */
static const char *
nextline(const char **text, size_t *n)
{
	const char *line = *text;

	if (!*line)
		return NULL;
	*n = strcspn(line, "\n");
	*text = line + *n + (line[*n] == '\n');
	return line;
}

/* the line number of "NAME:LINE:...", 0 if it speaks of something else */
static unsigned
lineof(const char *line, const char *name)
{
	size_t n = strlen(name);

	if (strncmp(line, name, n) != 0 || line[n] != ':')
		return 0;
	return (unsigned)strtoul(line + n + 1, NULL, 10);
}

static int
says(const char *line, size_t n, const char *words)
{
	return memmem(line, n, words, strlen(words)) != NULL;
}

static int
within(const struct loop *l, const char *line)
{
	unsigned at = lineof(line, l->name);

	return at >= l->first && at <= l->last;
}

static int
vectorised(const char *log, const struct loop *l)
{
	const char *line;
	size_t n;

	while ((line = nextline(&log, &n)))
		if ((says(line, n, "loop vectorized") ||
			says(line, n, "vectorized loop")) &&
		    within(l, line))
			return 1;
	return 0;
}

/* the reason on a line of the compiler's: gcc's "not vectorized: REASON",
   clang's "loop not vectorized: REASON" */
static cJSON *
reason(const char *line, size_t n)
{
	static const char words[] = "not vectorized: ";
	const char *p = memmem(line, n, words, sizeof(words) - 1);
	size_t k;

	if (!p)
		return NULL;
	p += sizeof(words) - 1;
	k = n - (size_t)(p - line);
	return json_text(p, k < REASON ? k : REASON);
}

/* gcc says where the loop is, then why; clang both at once */
static cJSON *
why(const char *missed, const struct loop *l)
{
	const char *line;
	cJSON *found;
	int here = 0;
	size_t n;

	while ((line = nextline(&missed, &n))) {
		if (says(line, n, "couldn't vectorize loop"))
			here = within(l, line);
		else if ((here || within(l, line)) && (found = reason(line, n)))
			return found;
	}
	return NULL;
}

/* the innermost loops below a node */
static int
innermost(TSNode n, TSNode *loops, int count)
{
	uint32_t i, k = ts_node_named_child_count(n);
	int before = count;

	for (i = 0; i < k; i++)
		count = innermost(ts_node_named_child(n, i), loops, count);
	if (count == before && count < LOOPS &&
	    (cpp_is(n, "for_statement") || cpp_is(n, "while_statement") ||
		cpp_is(n, "for_range_loop") || cpp_is(n, "do_statement")))
		loops[count++] = n;
	return count;
}

static cJSON *
describe(const struct loop *l, const char *log, const char *missed)
{
	cJSON *o = cJSON_CreateObject(), *reasons;
	int vector = vectorised(log, l);

	json_set(o, "file", cJSON_CreateString(l->name));
	json_set(o, "line", cJSON_CreateNumber(l->first));
	json_set(o, "vectorised", cJSON_CreateBool(vector));
	reasons = vector ? NULL : why(missed, l);
	if (reasons)
		json_set(o, "why", reasons);
	return o;
}

cJSON *
remarks_loops(const cJSON *files, const char *log, const char *missed)
{
	cJSON *list = cJSON_CreateArray();
	TSNode loops[LOOPS];
	struct loop l;
	struct cpp c;
	int n, i;

	json_each (f, files) {
		const char *text = json_stringor(f, "text", "");

		l.name = json_stringor(f, "name", "kernel");
		cpp_parse(&c, text, strlen(text));
		n = innermost(c.root, loops, 0);
		for (i = 0; i < n && cJSON_GetArraySize(list) < LOOPS; i++) {
			l.first = ts_node_start_point(loops[i]).row + 1;
			l.last = ts_node_end_point(loops[i]).row + 1;
			cJSON_AddItemToArray(list, describe(&l, log, missed));
		}
		cpp_free(&c);
	}
	return list;
}
