# Runs: plan makes the graph, make works it off.

SUITE ?= core
ENGINE ?= ort
DEVICE ?= host
MODEL ?= oracle
METHOD ?= single
COUNT ?= 10
JOBS ?= $(shell nproc)

# a jobserver of our own unless the user's -j gave one
J = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

PLANFLAGS = -e $(ENGINE) -d $(DEVICE) -m $(MODEL) -M $(METHOD) -k $(COUNT) \
	$(if $(RUN),-r $(RUN)) $(if $(SEED),-S $(SEED)) \
	$(if $(DEVRUN),-x '$(DEVRUN)')

# $(call work,plan options): make the run and print its table
define work
run=$$(bin/plan $(PLANFLAGS) $1); \
bin/progress -l $$run/lock $$run/goals $(MAKE) $J -k -f $$run/run.mk && \
xargs cat <$$run/goals | bin/score --summary && \
printf '\n%s\n' "Each task's attempts, stage by stage: $$run/TASK/ATTEMPT/STAGE.json"
endef

## first          run the small suite with the hand-written kernels (default)
.PHONY: first
first: programs
	+@$(call work,-s first) && printf '%s\n' \
		"The whole core suite:        make sweep SUITE=core" \
		"With a model of your own:    OPENAI_API_KEY=... make sweep MODEL=gpt-5"

## sweep          run SUITE= or TASKS="a b" with MODEL= METHOD= ENGINE= DEVICE=
.PHONY: sweep
sweep: programs
	+@$(call work,-s $(SUITE) $(TASKS))
