# The judge: generators, the supervisor and the runners on a device, devrun.

# what generators write must not depend on the machine or the compiler
$O/lib/gen.o: private CFLAGS := $(CFLAGS) -O3 -ffp-contract=off
