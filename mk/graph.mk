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

.PHONY: run
run: $(CHAINS:%=%/score.json)
	@:

$(CHAINS:%=%/prompt.json): %/prompt.json: %/job.json $V/prompt \
		$(RUN)/engine.json $(RUN)/device.json $(wildcard prompts/$(ENGINE)/*)
	@$(RUN_prompt) bin/prompt -e $(ENGINE) -d $(DEVICE) -o $@ $<

$(CHAINS:%=%/llm-call.json): %/llm-call.json: %/prompt.json $(RUN)/model.json
	@$(RUN_llm) bin/llm-call --model $(MODEL) -o $@ $<

$(CHAINS:%=%/unpack.json): %/unpack.json: %/llm-call.json $V/unpack
	@$(RUN_unpack) bin/unpack -o $@ $<

$(CHAINS:%=%/xcompile.json): %/xcompile.json: %/unpack.json $V/xcompile \
		$(RUN)/engine.json $(RUN)/device.json
	@$(RUN_xcompile) bin/xcompile -d $(DEVICE) -o $@ $<

$(CHAINS:%=%/devrun.json): %/devrun.json: %/xcompile.json $(RUN)/settings
	@$(RUN_devrun) bin/devrun -d $(DEVICE) $(if $(SEED),--seed $(SEED)) \
		$(DEVRUN) -o $@ $<

$(CHAINS:%=%/score.json): %/score.json: %/devrun.json $V/score
	@$(RUN_score) bin/score -o $@ $<
