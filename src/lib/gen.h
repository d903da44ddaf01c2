/*
 * Value generators: the numbers that inputs and constants are filled with.
 *
 * What a generator writes depends on nothing but its specification, the key,
 * the number of the call and the input's place, and is the same to the bit on
 * every machine: ChaCha in counter mode, 8 rounds, then integer arithmetic and
 * IEEE + - * in double precision (this file is compiled with
 * -ffp-contract=off).  Neither this header nor gen.c needs more than libc: the
 * supervisor on a device links them; parsing from JSON is in genjson.c.
 *
 * The key stream is used in groups of 16 blocks (1 KiB): word w of block b is
 * word 16 * w + b of its group.  A kind that needs k words an element takes k
 * groups for each 256 elements, one word of each group an element.
 */
#ifndef GEN_H
#define GEN_H

#include <stddef.h>
#include <stdint.h>

#define GEN_CENTERS 64 /* most centers of "clustered" */
#define GEN_MIX 16     /* most parts of "mix", and its deepest nesting is 4 */

enum genkind {
	GEN_UNIFORM,
	GEN_NORMAL,
	GEN_SPARSE,
	GEN_CLUSTERED,
	GEN_TIES,
	GEN_EDGES,
	GEN_LOGSCALE,
	GEN_INDICES,
	GEN_PERMUTATION,
	GEN_MASK,
	GEN_MIX_OF,
	GEN_LITERAL,
	GEN_KINDS
};

/* a generator: made by gen_parse or gen_scan, released with gen_free */
struct gen {
	int kind;
	int dtype;
	int n;		  /* centers, levels, exponents, parts of a mix */
	int flag;	  /* logscale: signed */
	double low, high; /* floats are in [low, high) */
	double mean, std, step;
	int64_t base;	  /* integers: base + [0, range) */
	uint64_t range;	  /* 0 stands for 2^64 */
	uint64_t density; /* of 2^32 */
	struct gen *of;	  /* the n parts of a mix */
	void *data;	  /* literal: elements of dtype, repeated */
	size_t bytes;
};

/*
 * Write count elements to dst.  The first elements do not depend on count.  A
 * "mix" draws its part by key, call and input.
 */
void gen_fill(const struct gen *gen, const uint8_t key[32], uint64_t call,
    uint32_t input, void *dst, size_t count);

/* bytes of the pattern that an output holds before a call, fresh for each call
   and repeated every KiB; bit 6 of each is set, so that no float in it is near
   zero and no byte a bool */
void gen_poison(const uint8_t key[32], uint64_t call, uint32_t output,
    void *dst, size_t bytes);
/* do n bytes at an offset of it still hold that pattern? */
int gen_poisoned(const uint8_t key[32], uint64_t call, uint32_t output,
    const void *data, size_t offset, size_t n);

/* as a line of words (no newline; caller frees; NULL if memory is out), and
   back: the generator, with *text set behind it, or NULL if it is none */
char *gen_text(const struct gen *gen);
struct gen *gen_scan(const char **text);
void gen_free(struct gen *gen);

/* one block of ChaCha as RFC 8439 has it: 16 words */
void gen_block(const uint8_t key[32], uint32_t counter, const uint32_t nonce[3],
    int rounds, uint32_t out[16]);
/* the group of 16 blocks from block 16 * group on, 8 rounds; nonce is the
   call's low and high half and the input */
void gen_group(const uint8_t key[32], uint32_t group, uint64_t call,
    uint32_t input, uint32_t out[256]);

#endif
