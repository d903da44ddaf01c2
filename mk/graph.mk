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
.DELETE_ON_ERROR:

V := build/version

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

.PHONY: run
run: $(CHAINS:%=%/score.json)
	@:

$(CHAINS:%=%/prompt.json): %/prompt.json: %/$(FROM).json $V/prompt \
		$(RUN)/engine.json $(RUN)/device.json $(wildcard prompts/$(ENGINE)/*)
	@$(RUN_prompt) bin/prompt -e $(ENGINE) -d $(DEVICE) $(ROLE) -o $@ $<

$(CHAINS:%=%/llm-call.json): %/llm-call.json: %/prompt.json $(RUN)/model.json
	@$(call on,$(RUN_llm) bin/llm-call --model $(MODEL) -o $@ $<)

$(CHAINS:%=%/unpack.json): %/unpack.json: %/llm-call.json $V/unpack
	@$(call on,$(RUN_unpack) bin/unpack -o $@ $<)

$(CHAINS:%=%/xcompile.json): %/xcompile.json: %/unpack.json $V/xcompile \
		$(RUN)/engine.json $(RUN)/device.json
	@$(call on,$(RUN_xcompile) bin/xcompile -d $(DEVICE) -o $@ $<)

$(CHAINS:%=%/devrun.json): %/devrun.json: %/xcompile.json $(RUN)/settings
	@$(call on,$(RUN_devrun) bin/devrun -d $(DEVICE) \
		$(if $(SEED),--seed $(SEED)) $(DEVRUN) -o $@ $<)

$(CHAINS:%=%/score.json): %/score.json: %/devrun.json $V/score
	@$(call on,$(RUN_score) bin/score -o $@ $<)

ifeq ($(METHOD),moka)
include mk/moka.mk
endif
