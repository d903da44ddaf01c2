# Of the loop, what is done by hand.

## trace          the story of TASK= in RUN=, attempt by attempt
.PHONY: trace
trace: programs
	@$(if $(and $(TASK),$(RUN)),,$(error trace needs RUN=, a name under results/, and TASK=)) \
	bin/moka --trace results/$(RUN)/$(TASK)
