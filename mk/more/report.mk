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
