/*
 * What a provider said, in the same words for all of them.  Zero-initialise,
 * release with answer_free; the answer owns everything in it.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "json.h"
#include "model.h"

enum outcome {
	OUT_NONE,      /* nothing yet that could be called an answer */
	OUT_OK,	       /* whole */
	OUT_TRUNCATED, /* cut by a limit of tokens */
	OUT_REFUSED,   /* the model declined */
	OUT_FILTERED,  /* the provider withheld it */
	OUT_REJECTED,  /* the request itself was not accepted */
	OUT_ABORTED,   /* broke off without its end */
};

/* tokens, normalised: input counts cached and cache_write, output counts
   reasoning; -1 is unknown */
struct usage {
	int64_t input, cached, cache_write, output, reasoning;
};

struct answer {
	enum outcome outcome;
	struct buf text;      /* the answer */
	struct buf reasoning; /* what was shown of the way to it */
	char *reason;	      /* why it is not ok, or NULL */
	char *category;	      /* of a refusal or a filter, or NULL */
	char *finish;	      /* the provider's own word, or NULL */
	char *model;	      /* the model that answered, or NULL */
	char *id;	      /* the provider's id of the answer, or NULL */
	struct usage usage;
	int hasusage;
	int terminal; /* the provider's end was seen */
};

const char *answer_outcomename(enum outcome o);
/* the outcome of a name, OUT_NONE if it is none */
enum outcome answer_outcome(const char *name);

void answer_free(struct answer *a);
/* replace a string of the answer by a copy of s (NULL leaves it) */
void answer_set(char **field, const char *s);

/* what the tokens cost in pico-dollars; 0 without usage or prices */
int64_t answer_cost(
    const struct model *m, const struct usage *u, double discount);
/* an amount as a decimal number of dollars, into s */
void money_print(int64_t pico, char s[32]);
/* dollars to pico-dollars; -1 if s is no amount */
int64_t money_parse(const char *s);

/* the answer as the keys of "response", added to object */
void answer_json(const struct answer *a, cJSON *object);

#endif
