/*
 * roofline: what a device can do at most, one JSON object on stdout.
 *
 * Multiply-adds of 32-bit floats a second from registers, and bytes a second
 * read, and read and written, from buffers of growing size, for each number of
 * threads up to the processors there are.  Best of several tries: a roof.
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define TRIES 5
#define SECONDS 0.02
#define CHAINS 10
#define MOSTTHREADS 64

#if defined(__x86_64__) && !defined(__clang__)
#define CLONES                                                                 \
	__attribute__((                                                        \
	    target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#if defined(__x86_64__)
#define LANES 16
#else
#define LANES 4
#endif
typedef float lanes __attribute__((vector_size(LANES * 4)));

static const size_t sizes[] = {16 << 10, 256 << 10, 4 << 20, 64 << 20};
#define NSIZES (sizeof(sizes) / sizeof(*sizes))

/* what one thread does: returns how much of it */
struct work {
	double (*run)(struct work *);
	size_t bytes;
	char *from, *to;
	pthread_barrier_t *barrier;
	double rate;
};

static volatile float sink;

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

CLONES static double
multiplyadd(struct work *w)
{
	lanes a[CHAINS], b, c, sum = {0};
	int i, j;

	(void)w;
	for (j = 0; j < LANES; j++) {
		b[j] = 1 - 1e-6f * (float)j;
		c[j] = 1e-6f;
	}
	for (i = 0; i < CHAINS; i++)
		a[i] = b * (float)i;
	for (i = 0; i < 100000; i++) {
		a[0] = a[0] * b + c, a[1] = a[1] * b + c;
		a[2] = a[2] * b + c, a[3] = a[3] * b + c;
		a[4] = a[4] * b + c, a[5] = a[5] * b + c;
		a[6] = a[6] * b + c, a[7] = a[7] * b + c;
		a[8] = a[8] * b + c, a[9] = a[9] * b + c;
	}
	for (i = 0; i < CHAINS; i++)
		sum += a[i];
	sink = sum[0] + sum[LANES - 1];
	return 100000.0 * CHAINS * LANES;
}

CLONES static double
readall(struct work *w)
{
	lanes s[4] = {{0}}, sum;
	const lanes *p = (const lanes *)w->from;
	size_t i, n = w->bytes / sizeof(*p), round;
	size_t rounds = 1 + (4u << 20) / w->bytes;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i + 4 <= n; i += 4) {
			s[0] += p[i];
			s[1] += p[i + 1];
			s[2] += p[i + 2];
			s[3] += p[i + 3];
		}
		__asm__ volatile("" ::: "memory");
	}
	sum = s[0] + s[1] + s[2] + s[3];
	sink = sum[0];
	return (double)w->bytes * (double)rounds;
}

static double
copyall(struct work *w)
{
	size_t round, rounds = 1 + (4u << 20) / w->bytes;

	for (round = 0; round < rounds; round++) {
		memcpy(w->to, w->from, w->bytes / 2);
		__asm__ volatile("" ::: "memory");
	}
	return (double)w->bytes * (double)rounds;
}

static void *
thread(void *arg)
{
	struct work *w = arg;
	double start, done, now;
	int i;

	for (i = 0; i < TRIES; i++) {
		pthread_barrier_wait(w->barrier);
		start = seconds();
		done = 0;
		do {
			done += w->run(w);
			now = seconds();
		} while (now - start < SECONDS);
		if (done / (now - start) > w->rate)
			w->rate = done / (now - start);
	}
	return NULL;
}

/* of all threads together, by the second */
static double
rate(double (*run)(struct work *), size_t bytes, int nthreads)
{
	static struct work w[MOSTTHREADS];
	pthread_t id[MOSTTHREADS];
	pthread_barrier_t barrier;
	double sum = 0;
	int i;

	pthread_barrier_init(&barrier, NULL, (unsigned)nthreads);
	for (i = 0; i < nthreads; i++) {
		w[i] = (struct work){
		    .run = run, .bytes = bytes, .barrier = &barrier};
		w[i].from = aligned_alloc(64, bytes + 64);
		w[i].to = aligned_alloc(64, bytes + 64);
		if (!w[i].from || !w[i].to)
			errx(EX_OSERR, "no memory");
		memset(w[i].from, 0, bytes);
		memset(w[i].to, 1, bytes);
		if (pthread_create(&id[i], NULL, thread, &w[i]) != 0)
			errx(EX_OSERR, "no thread");
	}
	for (i = 0; i < nthreads; i++) {
		pthread_join(id[i], NULL);
		sum += w[i].rate;
		free(w[i].from);
		free(w[i].to);
	}
	pthread_barrier_destroy(&barrier);
	return sum;
}

int
main(void)
{
	int n, most = (int)sysconf(_SC_NPROCESSORS_ONLN);
	size_t i;

	most = most > MOSTTHREADS ? MOSTTHREADS : most;
	printf("{\"roofline\":1,\"threads\":[");
	for (n = 1; n <= most; n++) {
		printf("%s{\"threads\":%d,\"macs\":%.0f,\"levels\":[",
		    n > 1 ? "," : "", n, rate(multiplyadd, 64, n));
		for (i = 0; i < NSIZES; i++)
			printf("%s{\"bytes\":%zu,\"read\":%.0f,\"copy\":%.0f}",
			    i ? "," : "", sizes[i], rate(readall, sizes[i], n),
			    rate(copyall, sizes[i], n));
		printf("]}");
	}
	printf("]}\n");
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
