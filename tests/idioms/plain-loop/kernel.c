/* the operator as one writes it first */
#include "kernel.h"

static void
compute(struct call *c)
{
	honest(c);
}
