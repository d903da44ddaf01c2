# Reports: pages about runs that open from disk.

## report         pages about RUN="a b" (or all) that open from disk; ADD=FILE.json
##                adds the runs of somebody's leaderboard.json
.PHONY: report
report: programs
	@command -v gnuplot >/dev/null || [ -e $(SETUP)/report.stamp ] || \
		$(MAKE) $(SETUP)/report.stamp || \
		echo "report: no gnuplot, so no figures" >&2
	@$(if $(strip $(RUNDIRS)),,$(error no run under results/ yet: make first)) \
	bin/report -j $(JOBS) $(RUNDIRS) $(ADD)

EXPORTS := results/export
## export-sft     examples of RUN="a b" (or all) to train on, Alpaca and chat
##                (ALL=1: flagged kernels, too)
.PHONY: export-sft export-prefs
export-sft: programs
	@$(if $(strip $(RUNDIRS)),,$(error no run under results/ yet: make first)) \
	mkdir -p $(EXPORTS); for f in alpaca chat; do \
		bin/export $(if $(ALL),-a) -f $$f sft $(RUNDIRS) >$(EXPORTS)/sft-$$f.jsonl.tmp; \
		mv $(EXPORTS)/sft-$$f.jsonl.tmp $(EXPORTS)/sft-$$f.jsonl; \
		wc -l $(EXPORTS)/sft-$$f.jsonl; done
## export-prefs   pairs of answers by verdict
export-prefs: programs
	@$(if $(strip $(RUNDIRS)),,$(error no run under results/ yet: make first)) \
	mkdir -p $(EXPORTS); \
	bin/export $(if $(ALL),-a) prefs $(RUNDIRS) >$(EXPORTS)/prefs.jsonl.tmp; \
	mv $(EXPORTS)/prefs.jsonl.tmp $(EXPORTS)/prefs.jsonl; wc -l $(EXPORTS)/prefs.jsonl

## bench-reward   rewards a minute, and how far two of one candidate differ (TASK=)
.PHONY: bench-reward
bench-reward: programs
	@mk/bench-reward.sh $(TASK)

## bench-report   what a report of 6 runs x 190 tasks x 10 attempts costs
.PHONY: bench-report
bench-report: programs
	@mk/bench-report.sh
