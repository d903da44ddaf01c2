# Several runs under one jobserver: make -f mk/runs.mk RUNS="results/A ..."
#
# make goes through its goals stage by stage: with all chains in one graph the
# device would stand still until the last candidate is built.  So, unless there is
# nothing to do, each task is a make of its own, whose graph is that task's chains.

MAKEFLAGS += -rR --no-print-directory

.PHONY: all $(RUNS)
all: $(RUNS)
	@:

ifdef EACH
.PHONY: $(EACH)
all: $(EACH)
$(EACH):
	+@$(MAKE) -s -f $(RUN)/run.mk CHAINS="$$(sed -n 's#^\($(RUN)/$@/[^/]*\)/.*#\1#p' $(RUN)/goals | \
		tr '\n' ' ')"
else
$(RUNS):
	+@[ ! -d $@/back ] || mk/cluster.sh absorb $@; \
	$(MAKE) -q -f $@/run.mk run $@/table 2>/dev/null || { \
		$(MAKE) -q -f $@/run.mk 2>/dev/null || $(MAKE) -f mk/runs.mk RUNS= RUN=$@ \
			EACH="$$(cut -d/ -f3 $@/goals | uniq | tr '\n' ' ')" && \
		$(MAKE) -s -f $@/run.mk $@/table; }
endif
