/*
 * Is a tensor what it must be?
 *
 * Floats: |got - want| <= absolute + relative * |want|, in double precision;
 * where want is NaN got must be NaN, where it is infinite got must be the same
 * infinity.  Integers and booleans must be equal; the tolerance is not looked
 * at.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "tensor.h"

struct tolerance {
	double absolute, relative;
};

struct comparison {
	size_t count, failed;
	double maxabs, maxrel; /* over elements where both are finite; maxrel
				  where want is not 0 */
	uint64_t maxulp;       /* steps between got and want, floats only */
};

/* of a task: 1e-4 both if it says nothing */
struct tolerance tolerance_of(const cJSON *task);

/* got and want have the same dtype and count */
struct comparison compare(const struct tensor *got, const struct tensor *want,
    struct tolerance tolerance);

/*
 * What is wrong, for people and models, or NULL if nothing is:
 *
 *	{"output": name, "count": n, "failed": n, "max_abs": x, "max_rel": x,
 *	 "max_ulp": "n", "nan": n, "infinite": n, "unwritten": n,
 *	 "first": {"index": [..], "got": x, "want": x}, "worst": {..},
 *	 "examples": [{..}, ..],
 *	 "axes": [{"axis": 1, "size": 64, "wrong": [3], "whole": true}, ..],
 *	 "pattern": ["only the last of axis 3 (size 56) is wrong", ..]}
 *
 * nan and infinite count what got has and want has not.  unwritten counts
 * failed elements that still hold their byte pattern of poison (NULL: none).
 * An axis is listed if its wrong elements lie at some of its positions only;
 * whole says that every element there is wrong.
 */
cJSON *compare_report(const struct tensor *got, const struct tensor *want,
    struct tolerance tolerance, const void *poison);

#endif
