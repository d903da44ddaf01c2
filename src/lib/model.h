/*
 * A model is a file of mk/models/: who answers, where, with which parameters,
 * at what price and how fast it may be asked.  mkbench-models(5) states every
 * key; a key that is not stated there is an error, so that a misspelt limit
 * does not go unnoticed.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdint.h>

#include "json.h"

/* money is counted in pico-dollars: a price of 1 USD per million tokens is
   10^6 of them per token, so every usual price is a whole number */
#define PICO 1000000000000LL

enum { PRICE_INPUT, PRICE_CACHED, PRICE_WRITE, PRICE_OUTPUT, PRICES };

struct model {
	cJSON *json;		 /* the file; the pointers below lie in it */
	char *name;		 /* NAME of mk/models/NAME.json */
	const char *provider;	 /* one of model_providers */
	const char *base_url;	 /* NULL for providers without a network */
	const char *path;	 /* of the URL; NULL: the provider's own */
	const char *model;	 /* as the provider calls it */
	const char *key_env;	 /* name of the key's variable, or NULL */
	const char *auth;	 /* how the key is sent; NULL: provider's own */
	const char *ca_file;	 /* certificates to trust, NULL: the system's */
	const char *answers;	 /* replay: file or directory, or NULL */
	const char *output;	 /* exec: "text" or "json" */
	const cJSON *command;	 /* exec: argument vector */
	const cJSON *headers;	 /* further headers, or NULL */
	const cJSON *parameters; /* by mkbench's names, or NULL */
	const cJSON *extra;	 /* merged into the body as is, or NULL */
	const cJSON *drop;	 /* body keys to leave out, or NULL */
	const char *max_output_key; /* body key of max_output_tokens, or NULL */
	int stream;		    /* 1, 0, or -1: where it matters */
	long maxoutput;		    /* parameters.max_output_tokens or 0 */
	int priced;		    /* prices are stated */
	int64_t price[PRICES];	    /* pico-dollars per token */
	double batch;		    /* what a batch costs, as a share: 0.5 */
	long rpm, tpm;		    /* limits per minute, 0: none */
	long concurrency;	    /* at once, over all processes */
	double connect;		    /* time-outs in seconds */
	double idle;		    /* no byte for so long ends a transfer */
	double total;		    /* of one attempt */
	int tries;		    /* attempts at most */
	double trytime;		    /* seconds for all of them */
	double trybase; /* the first wait is at most so long, seconds */
	double hintcap; /* longest wait that a server may ask for */
};

/* names of the providers, NULL-terminated */
extern const char *const model_providers[];

/*
 * Read mk/models/NAME.json, or the file NAME if it has a slash or ends in
 * .json.  Ends the program with 69 if there is none (the message lists those
 * there are) and with 65 if the file is not what it must be.  Never freed.
 */
struct model *model_read(const char *name);

/* true for the providers that are asked over HTTP */
int model_isremote(const struct model *m);

#endif
