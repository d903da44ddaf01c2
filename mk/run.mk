# Runs: plan makes the graph, make works it off.

SUITE ?= core
ENGINE ?= ort
DEVICE ?= host
MODEL ?= oracle
METHOD ?= single
COUNT ?= 10
# each device at work has a slot at least
JOBS ?= $(shell n=$$(nproc) d=$(words $(DEVICE)); echo $$((n > d ? n : d)))

# programs that foreign devices need
ARCHS := $(sort $(foreach d,$(filter-out host,$(DEVICE)),$(filter-out native \
	null,$(shell jq -r '.arch, .machine // empty' mk/devices/$d.json 2>/dev/null))))

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

# make what the planned runs lack, and print their tables, or where they stand
define work
mk/strays.sh .; bin/progress $$runs -- $(if $(filter 1,$(BATCH)),mk/batch.sh "$(MODEL)") \
	$(if $(HOSTS),mk/cluster.sh "$(HOSTS)" "$(MODEL)" $$runs, \
		$(MAKE) $J -k -f mk/runs.mk RUNS="$$runs") || { \
		rc=$$?; bin/status $$runs; \
		printf '\n%s\n' "The table of what is done: make score RUN=NAME"; exit $$rc; }; \
for run in $$runs; do \
	[ "$$runs" = " $$run" ] || printf '\n%s\n' "$$run"; \
	cat $$run/table; \
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
##                (BUDGET=5.00: dollars; BATCH=1: answers by batch, at half price;
##                HOSTS=file: chains on many machines, a line SLOTS/USER@HOST each)
.PHONY: sweep
sweep: programs $(ARCHS:%=device-%) $(if $(HOSTS),$(SETUP)/cluster.stamp)
	+@$(call plans,-s $(SUITE) $(TASKS)); $(work)

# $(call isrun,NAME): NAME, if there is such a run
allruns = $(patsubst results/%/goals,%,$(wildcard results/*/goals))
isrun = $(if $(wildcard results/$1/goals),$1,$(error no run '$1' under results/; \
	there are: $(or $(allruns),none)))
# $(call oneof,VARIABLE,TARGET): the run that it names
oneof = $(if $($1),$(call isrun,$($1)),$(error $2 needs $1=, a name under results/))

# which runs a target speaks of: RUN= or all
RUNDIRS = $(if $(RUN),results/$(call isrun,$(RUN)),$(allruns:%=results/%))

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

## replay         judge RUN='s recorded answers again, into RUN.replay or AS=: asks
##                no model (DEVICE= another; SEED=new: not the recorded inputs)
.PHONY: replay
replay: programs
	+@runs=" $$(bin/plan -R results/$(call oneof,RUN,replay) $(if $(AS),-r $(AS)) \
		$(if $(SEED),-S $(SEED)) $(if $(DEVRUN),-x '$(DEVRUN)') \
		$(if $(filter-out file,$(origin DEVICE)),-d $(DEVICE)))"; \
	arch=$$(jq -r .arch $$runs/device.json); case $$arch in native | null) ;; \
		*) $(MAKE) device-$$arch ;; esac; $(work)

## regrade        measure the winners of RUN= again, in sequence, alone
regrade: programs
	+@run=results/$(call oneof,RUN,regrade); xargs bin/score -s -f winners <$$run/goals | \
	while read -r best; do \
		echo "  $${best%/score.json}" >&2; \
		bin/devrun -d $$(jq -r .device $$run/run.json) $(or $(DEVRUN),--time 6) \
			-o $${best%score.json}regrade.json $${best%score.json}xcompile.json; \
		bin/score $${best%score.json}regrade.json; \
	done >$$run/regrade.jsonl; bin/score -s <$$run/regrade.jsonl

## why            why TARGET=results/... would be made again
why: programs
	@$(if $(filter results/%.json,$(TARGET)),,$(error why needs \
		TARGET=results/RUN/TASK/ATTEMPT/STAGE.json)) \
	: $(call isrun,$(word 2,$(subst /, ,$(TARGET)))); \
	said=$$($(MAKE) -n --trace -f results/$(word 2,$(subst /, ,$(TARGET)))/run.mk $(TARGET)); \
	sed -nE "s/^[^ ]+: update target '(.*)' due to: (.*)/\1\t\2/p; \
			s/^[^ ]+: target '(.*)' does not exist/\1\t/p" <<<"$$said" | \
		while IFS=$$'\t' read -r file due; do \
			if [ -e "$$file" ]; then echo "'$$file' is older than $$due"; \
			else echo "'$$file' does not exist"; fi; \
		done | grep . || echo "'$(TARGET)' is up to date"

## diff           compare RUN1= and RUN2= task by task
.PHONY: diff gc bench-graph graph
diff: programs
	@bin/versus results/$(call oneof,RUN1,diff) results/$(call oneof,RUN2,diff)

## gc             remove what no run refers to (DRY=1: only say so)
gc:
	@mk/gc.sh $(if $(DRY),-n)

## graph          SVG of a run's stages with counts; with TASK= of its chain
graph: programs $(SETUP)/report.stamp
	@mk/graph.sh results/$(call oneof,RUN,graph) $(TASK) | dot -Tsvg >results/$(RUN)/$(or $(TASK),graph).svg; \
	echo results/$(RUN)/$(or $(TASK),graph).svg

## bench-graph    what planning and an idle make cost at 100,000 files
bench-graph: programs
	@mk/bench-graph.sh

## bench-stages   what each stage costs over the work it does
.PHONY: bench-stages
bench-stages: programs
	@mk/bench-stages.sh
