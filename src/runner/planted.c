/*
 * The native kernel, slower by a known factor: is it what devrun reports?
 * The job's candidate is the factor, "1.25".
 */
#include <time.h>

#define PLANTED
#include "ort.c"

static double factor;

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int
plantedsetup(struct job *job)
{
	factor = job->candidate ? atof(job->candidate) : 1;
	job->candidate = NULL;
	if (setup(job) < 0)
		return -1;
	jail_mark();
	return 0;
}

static int
plantedrun(struct job *job)
{
	double start = seconds(), end;

	if (run(job) < 0)
		return -1;
	end = seconds();
	end += (end - start) * (factor - 1);
	while (seconds() < end)
		;
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct engine engine = {
	    plantedsetup, nothing, plantedrun, nothing, start};

	return zygote_main(argc, argv, &engine);
}
