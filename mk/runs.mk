# Several runs under one jobserver: make -f mk/runs.mk RUNS="results/A ..."

MAKEFLAGS += -rR --no-print-directory

.PHONY: all $(RUNS)
all: $(RUNS)
	@:

$(RUNS):
	+@$(MAKE) -f $@/run.mk
