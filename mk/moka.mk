# The loop: what an attempt of METHOD=moka has beside the stages of graph.mk.
#
#	agent		who acts, and on what, from the attempts before
#	plan-prompt	the question to the debugger or the accelerator
#	plan-call	its answer
#	plan		the plan; or, where it is none, the question once more
#	replan-call	the second answer
#	replan		the plan, whatever came of it: what the coder carries out
#	errors, context	of the build, and
#	inspect		of the run, for the attempt after
#
# A draft asks for no plan: its record passes through these stages unchanged.
# Which attempt follows which is said in run.mk.

$(CHAINS:%=%/agent.json): %/agent.json: %/job.json $V/moka $(RUN)/moka
	@bin/moka $(if $(NO),-n '$(NO)') $(MOKA) -o $@ $<

$(CHAINS:%=%/plan-prompt.json): %/plan-prompt.json: %/agent.json $V/prompt \
		$(RUN)/engine.json $(RUN)/device.json $(wildcard prompts/$(ENGINE)/*)
	@$(RUN_prompt) bin/prompt -e $(ENGINE) -d $(DEVICE) -R agent.plan -o $@ $<

$(CHAINS:%=%/plan-call.json): %/plan-call.json: %/plan-prompt.json $(RUN)/model.json
	@$(call asks,$(RUN_llm) bin/llm-call --model $(MODEL) -o $@ $<)

$(CHAINS:%=%/plan.json): %/plan.json: %/plan-call.json $V/moka
	@bin/moka --plan -o $@ $*/agent.json $< $*/plan-prompt.json

$(CHAINS:%=%/replan-call.json): %/replan-call.json: %/plan.json $(RUN)/model.json
	@$(call asks,$(RUN_llm) bin/llm-call --model $(MODEL) -o $@ $<)

$(CHAINS:%=%/replan.json): %/replan.json: %/replan-call.json $V/moka
	@bin/moka --plan --again -o $@ $*/plan.json $<

$(CHAINS:%=%/errors.json): %/errors.json: %/xcompile.json $V/err-extract
	@$(call on,bin/err-extract -o $@ $<)

$(CHAINS:%=%/context.json): %/context.json: %/errors.json $V/repo-tree
	@$(call on,bin/repo-tree -e $(ENGINE) -o $@ $<)

.PRECIOUS: $(CHAINS:%=%/plan-call.json) $(CHAINS:%=%/replan-call.json)

# of the last attempt too: people look at it
run: $(CHAINS:%=%/inspect.json)

$(CHAINS:%=%/inspect.json): %/inspect.json: %/devrun.json %/xcompile.json \
		$V/inspect
	@$(call on,$(RUN_inspect) bin/inspect -d $(DEVICE) -c $*/xcompile.json -o $@ $<)
