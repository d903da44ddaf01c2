/*
 * How each provider is spoken to: what is sent, and what its answers mean.
 * Nothing here touches the network; everything that takes a provider's bytes
 * takes any bytes.
 */
#ifndef WIRE_H
#define WIRE_H

#include "answer.h"

enum fault {
	FAULT_NONE,
	FAULT_RETRY,	/* may pass: ask again */
	FAULT_REQUEST,	/* this request is not accepted: data */
	FAULT_FILTERED, /* refused by a policy: data */
	FAULT_ACCOUNT,	/* no request will be accepted: stop */
	FAULT_SETUP,	/* the model file or the network is wrong: stop */
};

/* what an error says */
struct error {
	enum fault fault;
	int ratelimit;	/* asked too fast: fewer at once */
	char code[96];	/* the provider's word for it, or the status */
	char text[400]; /* its message, one line, bounded */
	double hint;	/* seconds to wait, -1: not said */
};

struct wire {
	const char *name;   /* a model's provider */
	const char *auth;   /* how a key is sent unless the model says */
	const char *header; /* "NAME: VALUE" that it asks for, or NULL */
	/* parameters of mkbench that it knows, NULL-terminated */
	const char *const *parameters;
	/* the URL of a question, malloced */
	char *(*url)(const struct model *m, int stream);
	/* the parameters and messages, without what is about transport */
	cJSON *(*body)(const struct model *m, const cJSON *messages);
	/* add what asks for a stream */
	void (*streaming)(cJSON *body);
	/* a whole answer: 0, or -1 if it is none */
	int (*answer)(const cJSON *json, struct answer *a);
	/* an event of a stream: 0; 1 at the very end; -1 if it is an error, to
	   be read by wire_error */
	int (*event)(const char *event, const cJSON *data, struct answer *a);
};

extern const struct wire wire_chat, wire_responses, wire_anthropic, wire_gemini;

/* the provider of a model that is asked over HTTP; status 65 if it names a
   parameter that the provider does not have */
const struct wire *wire_of(const struct model *m);

/* the body of a question: messages, parameters, extra, drop; checks the
   messages (status 65).  Without the flags of streaming: a batch and a stream
   are the same question. */
cJSON *wire_body(
    const struct wire *w, const struct model *m, const cJSON *request);

/*
 * Parse a provider's JSON: lenient where json.h is strict.  \u0000, lone
 * surrogates and bytes that are no UTF-8 become U+FFFD; of duplicate keys the
 * first counts; large integers are rounded.  NULL if it is no JSON or has more
 * than 2^20 values.
 */
cJSON *wire_json(const char *p, size_t n);

/* a whole body: 0, or -1 if it is no answer (perhaps an error) */
int wire_answer(
    const struct wire *w, const char *body, size_t n, struct answer *a);

/*
 * The data of one event.  0 go on; 1 the end; -1 it is an error (its text is
 * kept for wire_error in *error); -2 it is no JSON.
 */
int wire_event(const struct wire *w, const char *event, const char *data,
    size_t n, struct answer *a, struct error *error);

/* the answer is whole: move thoughts out of its text, settle its outcome */
void wire_finish(struct answer *a);

/* what a status (0: none) and a body say */
void wire_error(int status, const char *body, size_t n, struct error *e);

/* an upper guess of a request's input tokens */
int64_t wire_inputguess(const cJSON *body);

/* helpers of the providers */
int64_t wire_count(const cJSON *object, const char *path);	/* -1: absent */
const char *wire_string(const cJSON *object, const char *path); /* or NULL */
void wire_append(struct buf *b, const cJSON *string);
const cJSON *wire_parameter(const struct model *m, const char *name);
/* copy a parameter into the body under another name */
void wire_copy(
    const struct model *m, const char *name, cJSON *body, const char *as);
void wire_finished(struct answer *a, enum outcome o, const char *finish);
void wire_refuse(struct answer *a, const char *category, const char *why);

#endif
