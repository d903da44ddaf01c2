/*
 * Engine of nothing: what the doorbell costs.
 */
#include "runner.h"

static int
nothing(struct job *job)
{
	(void)job;
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct engine engine = {
	    nothing, nothing, nothing, nothing, NULL};

	return zygote_main(argc, argv, &engine);
}
