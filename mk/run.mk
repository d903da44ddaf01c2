# Runs: plan makes the graph, make works it off.

SUITE ?= core
ENGINE ?= ort
DEVICE ?= host
MODEL ?= oracle
METHOD ?= single
COUNT ?= 10
JOBS ?= $(shell nproc)

# programs that foreign devices need
ARCHS := $(sort $(foreach d,$(filter-out host,$(DEVICE)),$(filter-out native \
	null,$(shell jq -r .arch mk/devices/$d.json 2>/dev/null))))

# a jobserver of our own unless the user's -j gave one
J = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

PLANFLAGS = -M $(METHOD) -k $(COUNT) $(if $(RUN),-r $(RUN)) \
	$(if $(SEED),-S $(SEED)) $(if $(DEVRUN),-x '$(DEVRUN)') \
	$(if $(NO),-N '$(NO)') $(if $(MOKA),-A '$(MOKA)')

# $(call plans,OPTIONS): plan each combination; leaves the runs in $$runs
define plans
runs=; for e in $(ENGINE); do for d in $(DEVICE); do for m in $(MODEL); do \
	runs="$$runs $$(bin/plan -e $$e -d $$d -m $$m $(PLANFLAGS) $1)"; \
done; done; done
endef

# make what the planned runs lack, and print their tables
define work
bin/progress $$runs -- $(if $(filter 1,$(BATCH)),mk/batch.sh "$(MODEL)") \
	$(MAKE) $J -k -f mk/runs.mk RUNS="$$runs"; \
for run in $$runs; do \
	[ "$$runs" = " $$run" ] || printf '\n%s\n' "$$run"; \
	xargs cat <$$run/goals | bin/score --summary; \
	printf '\n%s\n' "Each task's stages: $$run/TASK/ATTEMPT/STAGE.json"; \
done
endef

## first          run the small suite with the hand-written kernels (default)
.PHONY: first
first: programs
	+@$(call plans,-s first); $(work); printf '%s\n' \
		"The whole core suite:      make sweep" \
		"Ask a model of your own:   OPENAI_API_KEY=... make sweep MODEL=gpt-5"

## sweep          run SUITE= or TASKS="a b" with MODEL= METHOD= ENGINE= DEVICE=
##                (BUDGET=5.00: dollars; BATCH=1: answers by batch, at half price)
.PHONY: sweep
sweep: programs $(ARCHS:%=device-%)
	+@$(call plans,-s $(SUITE) $(TASKS)); $(work)

# which runs a target speaks of: RUN= or all
RUNDIRS = $(if $(RUN),$(RUN:%=results/%),$(patsubst %/goals,%,$(wildcard results/*/goals)))

## status         where all runs stand, or RUN=
.PHONY: status score rescore regrade why
status: programs
	@bin/status $(if $(RUN),$(RUNDIRS))

## score          the table of RUN= (FORMAT=markdown, csv, latex, json)
score: programs
	@for run in $(RUNDIRS); do \
		[ -n "$(RUN)" ] || echo "$$run"; \
		{ xargs ls 2>/dev/null <$$run/goals || :; } | xargs -r cat | \
		bin/score -s -f $(or $(FORMAT),plain); done

## rescore        judge RUN= again from its measurements: no device, no model
rescore: programs
	@for run in $(RUNDIRS); do \
		sed 's#/score.json$$##' $$run/goals | \
		xargs -P $(JOBS) -I{} bin/score -o {}/score.json {}/devrun.json; done
	@$(MAKE) score

## regrade        measure the winners of RUN= again, in sequence, alone
regrade: programs
	+@$(if $(RUN),,$(error regrade needs RUN=, a name under results/)) \
	run=results/$(RUN); xargs bin/score -s -f winners <$$run/goals | \
	while read -r best; do \
		echo "  $${best%/score.json}" >&2; \
		bin/devrun -d $$(jq -r .device $$run/run.json) $(or $(DEVRUN),--time 6) \
			-o $${best%score.json}regrade.json $${best%score.json}xcompile.json; \
		bin/score $${best%score.json}regrade.json; \
	done >$$run/regrade.jsonl; bin/score -s <$$run/regrade.jsonl

## why            why TARGET=results/... would be made again
why: programs
	@$(if $(TARGET),,$(error why needs TARGET=, a file under results/)) \
	test -e $(TARGET) || echo "'$(TARGET)' does not exist"; \
	$(MAKE) -n --trace -f $$(echo $(TARGET) | cut -d/ -f1,2)/run.mk $(TARGET) | \
		grep -o "update target.*" || echo "'$(TARGET)' is up to date"

## diff           compare RUN1= and RUN2= task by task
.PHONY: diff gc bench-graph graph
diff: programs
	@$(if $(RUN2),,$(error diff needs RUN1= and RUN2=, names under results/)) \
	bin/versus results/$(RUN1) results/$(RUN2)

## gc             remove what no run refers to (DRY=1: only say so)
gc:
	@mk/gc.sh $(if $(DRY),-n)

## graph          SVG of a run's stages with counts; with TASK= of its chain
graph: programs $(SETUP)/report.stamp
	@$(if $(RUN),,$(error graph needs RUN=, a name under results/)) \
	mk/graph.sh results/$(RUN) $(TASK) | dot -Tsvg >results/$(RUN)/$(or $(TASK),graph).svg; \
	echo results/$(RUN)/$(or $(TASK),graph).svg

## bench-graph    what planning and an idle make cost at 100,000 files
bench-graph: programs
	@mk/bench-graph.sh

## bench-stages   what each stage costs over the work it does
.PHONY: bench-stages
bench-stages: programs
	@mk/bench-stages.sh
