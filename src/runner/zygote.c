/*
 * A runner's main that can be a zygote: its engine is started once, and each
 * runner is forked from there.  For engines to which the candidate comes as a
 * file; one that is linked into the program has begun before main.
 */
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "spawn.h"

int
zygote_main(int argc, char **argv, const struct engine *engine)
{
	if (argc != 2 || strcmp(argv[1], "zygote") != 0)
		return runner_main(argc, argv, engine);
	if (engine->start && engine->start() < 0)
		_exit(1);
	zygote_serve(CONTROL_FD);
	return runner_run(engine, 1);
}
