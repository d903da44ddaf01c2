#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "local.h"

static const struct option options[] = {
    {"model", required_argument, NULL, 'm'},
    {"sample", required_argument, NULL, 's'},
    {"answers", required_argument, NULL, 'a'},
    {"unordered", no_argument, NULL, 'u'},
    {NULL, 0, NULL, 0},
};

static struct model *model;
static struct replay *replay;
static const char *answers;
static long sample = -1;

static void
ask(const struct question *q, struct answer *a)
{
	if (strcmp(model->provider, "oracle") == 0) {
		oracle_answer(q, a);
	} else if (strcmp(model->provider, "replay") == 0) {
		if (!replay_answer(replay, q, a))
			errx(EX_UNAVAILABLE,
			    "%s: no recorded answer for task '%s', attempt "
			    "%ld, "
			    "sample %ld, role '%s'",
			    answers, json_string(q->task, "name"), q->attempt,
			    q->sample, q->role);
	} else {
		errx(EX_UNAVAILABLE, "provider '%s' is not built yet",
		    model->provider);
	}
}

static void
one(cJSON *record)
{
	cJSON *request = json_object(record, "request"), *response;
	struct question q = {.task = json_object(record, "task")};
	struct answer a = {0};
	uint64_t start = nowns();

	if (sample >= 0)
		json_set(request, "sample", cJSON_CreateNumber((double)sample));
	q.request = request;
	q.attempt = (long)json_intor(request, "attempt", 0, 1000000, 1);
	q.sample = (long)json_intor(request, "sample", 0, 1000000, 0);
	q.role = json_stringor(request, "role", "coder");
	q.key = "";
	ask(&q, &a);
	response = cJSON_CreateObject();
	json_set(response, "model", cJSON_CreateString(model->name));
	json_set(response, "provider", cJSON_CreateString(model->provider));
	answer_json(&a, response);
	json_set(response, "cost", cJSON_CreateString("0.000000"));
	json_set(response, "seconds",
	    cJSON_CreateNumber((double)((nowns() - start) / 1000) / 1e6));
	json_set(response, "attempts", cJSON_CreateArray());
	cJSON_DeleteItemFromObjectCaseSensitive(request, "messages");
	json_set(record, "response", response);
	json_write(stdout, record);
	answer_free(&a);
}

static void
usage(void)
{
	fprintf(stderr,
	    "usage: llm-call --model NAME [--sample N] [--answers PATH]\n");
	exit(EX_USAGE);
}

int
main(int argc, char **argv)
{
	struct jsonin in = {.fp = stdin, .name = "stdin"};
	const char *name = NULL;
	cJSON *record;
	int c;

	answers = getenv("MKBENCH_ANSWERS");
	while ((c = getopt_long(argc, argv, "j:", options, NULL)) != -1)
		switch (c) {
		case 'm': name = optarg; break;
		case 's':
			sample = numarg("--sample", optarg, 0, 1000000);
			break;
		case 'a': answers = optarg; break;
		case 'j': numarg("-j", optarg, 1, 1024); break;
		case 'u': break;
		default: usage();
		}
	if (optind != argc || !name)
		usage();
	model = model_read(name);
	if (strcmp(model->provider, "replay") == 0) {
		if (!answers)
			answers = model->answers;
		if (!answers)
			errx(EX_USAGE,
			    "model '%s': no answers to replay: "
			    "give --answers PATH",
			    name);
		replay = replay_open(answers);
	}
	while ((record = json_readrecord(&in))) {
		one(record);
		cJSON_Delete(record);
	}
	json_end(&in);
	closeout();
	return 0;
}
