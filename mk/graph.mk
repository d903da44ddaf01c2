# The rules of a run.  results/RUN/run.mk, made by plan, sets RUN, ENGINE,
# DEVICE, MODEL, METHOD, SEED, DEVRUN, TASKS and CHAINS (RUN/TASK/ATTEMPT) and
# includes this.
#
# A cheap stage depends on the version of its program, a file that changes only
# when the stage's meaning does.  The costly ones, llm-call and devrun, depend on
# content alone: the request and the model's file, the build and the settings.
# Every target appears by rename.

MAKEFLAGS += -rR --no-print-directory
.SUFFIXES:

V := build/version

# a stage that could not do its work leaves a note for bin/status
export MKBENCH_NOTES := 1

# what a stop rule of moka skips is handed on as it is
on = $1
FROM := job
ifeq ($(METHOD),moka)
handon = cp $< $@.tmp && mv $@.tmp $@
on = if grep -qF '"skipped":{' $<; then $(handon); else $1; fi
asks = if grep -qF '"request":{' $<; then $1; else $(handon); fi
FROM := replan
ROLE := -R agent.code
endif

# a replay starts from the answers and has its inputs from the record
ifeq ($(METHOD),replay)
INPUTS := %/inputs
inputs = $$(cat $*/inputs)
endif

# what was answered or measured stays, whatever ends its recipe after that
.PRECIOUS: $(CHAINS:%=%/llm-call.json) $(CHAINS:%=%/devrun.json)

.PHONY: run
# an empty recipe, not `@:', which make -q would count as work
run: $(CHAINS:%=%/score.json) ;

ifneq ($(METHOD),replay)
$(CHAINS:%=%/prompt.json): %/prompt.json: %/$(FROM).json $V/prompt \
		$(RUN)/engine.json $(RUN)/device.json $(wildcard prompts/$(ENGINE)/*)
	@$(RUN_prompt) bin/prompt -e $(ENGINE) -d $(DEVICE) $(ROLE) -o $@ $<

$(CHAINS:%=%/llm-call.json): %/llm-call.json: %/prompt.json $(RUN)/model.json
	@$(call on,$(RUN_llm) bin/llm-call --model $(MODEL) -o $@ $<)
endif

$(CHAINS:%=%/unpack.json): %/unpack.json: %/llm-call.json $V/unpack
	@$(call on,$(RUN_unpack) bin/unpack -o $@ $<)

$(CHAINS:%=%/xcompile.json): %/xcompile.json: %/unpack.json $V/xcompile \
		$(RUN)/engine.json $(RUN)/device.json
	@$(call on,$(RUN_xcompile) bin/xcompile -d $(DEVICE) -o $@ $<)

$(CHAINS:%=%/devrun.json): %/devrun.json: %/xcompile.json $(RUN)/settings \
		$(INPUTS)
	@$(call on,$(RUN_devrun) bin/devrun -d $(DEVICE) \
		$(if $(SEED),--seed $(SEED)) $(inputs) $(DEVRUN) -o $@ $<)

$(CHAINS:%=%/score.json): %/score.json: %/devrun.json $V/score
	@$(call on,$(RUN_score) bin/score -o $@ $<)

# what a sweep prints at its end; goals names the whole run's
$(RUN)/table: $(CHAINS:%=%/score.json) $(RUN)/goals $V/score
	@xargs cat <$(RUN)/goals | bin/score --summary >$@.tmp && mv $@.tmp $@

ifeq ($(METHOD),moka)
include mk/moka.mk
endif
