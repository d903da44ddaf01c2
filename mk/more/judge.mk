# The judge: generators, the supervisor and the runners on a device, devrun.

# what generators write must not depend on the machine or the compiler
$O/lib/gen.o: private CFLAGS := $(CFLAGS) -O3 -ffp-contract=off \
	-fno-trapping-math

# programs of a device: build/arch/ARCH/, for this machine and for crossing
HOSTARCH := $(shell uname -m)
A := build/arch
DEVLIB := dtype gen jail fdpass
RUNNER := zygote.o runner.o spawn.o lib/jail.o lib/fdpass.o
DEVCC_$(HOSTARCH) = $(CC)
DEVCC_aarch64 ?= aarch64-linux-gnu-gcc
DEVFLAGS := -O2 -g -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Isrc/lib \
	-Isrc/runner -isystem build/ort/include $(WARN) -MMD -MP \
	-ffp-contract=off -fno-trapping-math

# devprograms ARCH: rules for that architecture
define devprograms
$A/$1/obj/%.o: src/runner/%.c | $(SETUP)/base.stamp
	@mkdir -p $$(@D)
	@echo "  CC      $$@"
	@$$(DEVCC_$1) $$(DEVFLAGS) -c -o $$@ $$<
$A/$1/obj/lib/%.o: src/lib/%.c | $(SETUP)/base.stamp
	@mkdir -p $$(@D)
	@echo "  CC      $$@"
	@$$(DEVCC_$1) $$(DEVFLAGS) -O3 -c -o $$@ $$<
$A/$1/supervise: $(addprefix $A/$1/obj/,supervise.o spawn.o $(DEVLIB:%=lib/%.o))
	@echo "  LD      $$@"
	@$$(DEVCC_$1) -static -o $$@ $$^
$A/$1/runner-ort: $(addprefix $A/$1/obj/,ort.o $(RUNNER))
	@echo "  LD      $$@"
	@$$(DEVCC_$1) -rdynamic -o $$@ $$^ build/ort/lib/$1/libonnxruntime.so.1 \
		-Wl,--allow-shlib-undefined \
		'-Wl,-rpath,$$$$ORIGIN:$$$$ORIGIN/../../ort/lib/$1'
$A/$1/runner-planted: $(addprefix $A/$1/obj/,planted.o $(RUNNER))
	@echo "  LD      $$@"
	@$$(DEVCC_$1) -rdynamic -o $$@ $$^ build/ort/lib/$1/libonnxruntime.so.1 \
		-Wl,--allow-shlib-undefined \
		'-Wl,-rpath,$$$$ORIGIN:$$$$ORIGIN/../../ort/lib/$1'
$A/$1/roofline: src/runner/roofline.c | $(SETUP)/base.stamp
	@mkdir -p $$(@D)
	@echo "  CC      $$@"
	@$$(DEVCC_$1) -O3 -g -std=gnu11 -D_GNU_SOURCE $(WARN) -ffp-contract=fast \
		-static -pthread -o $$@ $$<
$A/$1/runner-null: $(addprefix $A/$1/obj/,null.o $(RUNNER))
	@echo "  LD      $$@"
	@$$(DEVCC_$1) -rdynamic -o $$@ $$^
.PHONY: device-$1
device-$1: $(addprefix $A/$1/,supervise runner-ort runner-null \
	runner-planted roofline)
-include $$(wildcard $A/$1/obj/*.d $A/$1/obj/lib/*.d)
endef
$(foreach a,$(sort $(HOSTARCH) aarch64),$(eval $(call devprograms,$a)))
programs: device-$(HOSTARCH)
ifneq ($(HOSTARCH),aarch64)
device-aarch64: | $(SETUP)/cross.stamp
endif

$(BIN)/devrun $(BIN)/inspect: LDLIBS += -lprotobuf-c -ldl

AATASKS = $(if $(TASKS),$(foreach t,$(TASKS),$(wildcard tasks/*/$t.json)),$(wildcard tasks/*/*.json))
## aa             native against native: how far the judge is off (TASKS=, TIME=)
## planted        native against itself slowed by known factors (TASKS=, TIME=, FACTORS=)
.PHONY: aa planted
aa planted: programs
	@mk/aa.sh $@ results/$@ $(AATASKS)

## bench-verdict  seconds of a verdict on a kernel of 1 ms, and the share of measuring
.PHONY: bench-verdict
bench-verdict: programs
	@mk/bench-verdict.sh

DEVICE ?= host
## calibrate      the device's roofline: peak multiply-adds and bandwidths
.PHONY: calibrate
calibrate: programs
	@mk/calibrate.sh $(DEVICE)
