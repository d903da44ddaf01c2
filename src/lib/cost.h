/* What a task costs, from its shapes. */
#ifndef COST_H
#define COST_H

#include <stdint.h>

#include "json.h"

/* numbers of a task; -1 where shapes or operator do not tell, or do not fit */
struct cost {
	int64_t macs;  /* multiply-adds; one per element of an elementwise
			  operator, none of one that only moves data */
	int64_t bytes; /* inputs read and outputs written, once each */
};

/* the cost of a task {"op":..,"attributes":..,"inputs":..,"outputs":..} */
struct cost cost_of(const cJSON *task);

/* set "macs" and "bytes" of a task; left out where they are not known */
void cost_set(cJSON *task);

#endif
