# Runs elsewhere and again: what they were made with, many machines, kill -9.

$(BIN)/plan $(BIN)/versus $(BIN)/report: LDLIBS += -lprotobuf-c -ldl

## torture        kill -9 at KILLS= random moments of a sweep (100), make again;
##                here, with a device behind adb, with hosts, or on four devices at
##                once, replayed on a second tree (WHERE=here adb hosts everywhere)
.PHONY: torture
torture: programs $(if $(filter-out here,$(or $(WHERE),all)),$(SETUP)/test.stamp device-aarch64)
	@for where in $(or $(WHERE),here adb hosts everywhere); do \
		WHERE=$$where mk/torture.sh $(or $(KILLS),100) $(SEED); done

## bench-sweep    a sweep's wall time over its longest resource's (N= tasks, K= answers,
##                SIDE= of the matrices, DEVRUN=--quick)
.PHONY: bench-sweep
bench-sweep: programs
	@DEVRUN='$(DEVRUN)' mk/bench-sweep.sh $(or $(N),12) $(or $(K),3) $(SIDE)

# packages of a group of mk/setup.sh
setup-%: $(SETUP)/%.stamp
	@:
