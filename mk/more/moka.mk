# Of the loop, what is done by hand.

## trace          the story of TASK= in RUN=, attempt by attempt
.PHONY: trace
trace: programs
	@$(if $(and $(TASK),$(RUN)),,$(error trace needs RUN=, a name under results/, and TASK=)) \
	bin/moka --trace results/$(RUN)/$(TASK)

# the tools that NO= turns off, one a run
TOOLS ?= err-extract repo-tree model mismatch performance roofline memory

## ablation       a sweep of METHOD=moka with all tools, then without each of
##                TOOLS="memory ..."; one table (RUN= names the runs)
.PHONY: ablation
ablation: programs
	+@mk/ablation.sh "$(MAKE)" "$(or $(RUN),ablation.$(ENGINE))" $(TOOLS)

# tasks on which plain vector code gains over the engine's own kernels
MOKA_ort := ceil_3d floor_2d hard_swish_4d softsign_4d selu_2d elu_3d \
	celu_4d pow_cube_3d log_4d sin_4d cos_3d atan_4d atanh_4d erf_3d \
	reduce_l1_last_3d reduce_prod_first_2d reduce_log_sum_last_3d reduce_log_sum_channels_4d \
	reduce_sum_middle_3d reduce_mean_batch_sequence_3d gelu_erf_3d \
	sub_broadcast_3d pow_4d
MOKA_mnn := ceil_3d floor_2d hard_swish_4d log_4d sin_4d cos_3d tan_4d atan_4d \
	sinh_3d cosh_4d atanh_4d erf_3d reduce_max_channels_4d \
	reduce_min_channels_4d reduce_prod_channels_4d reduce_prod_first_2d \
	reduce_mean_spatial_4d reduce_mean_last_3d reduce_max_int32_2d \
	reduce_max_all_int32 reduce_min_last_3d or_4d \
	reduce_min_outer_inner_3d reduce_max_spatial_4d

SCRIPTED := tests/moka/scripted.json

## bench-moka     the loop with a scripted model over tasks of ort and, with
##                MNN_ROOT, of mnn: what is repaired, corrected, accelerated
.PHONY: bench-moka
bench-moka: programs
	@[ -e build/calibration/host.json ] || mk/calibrate.sh host >/dev/null
	+@for e in ort $(if $(MNN_ROOT),mnn); do \
		[ $$e = ort ] && tasks="$(MOKA_ort)" || tasks="$(MOKA_mnn)"; \
		MKBENCH_STORE=build/moka/store $(MAKE) sweep SUITE=core ENGINE=$$e \
			METHOD=moka COUNT=$(or $(N),5) MODEL=$(SCRIPTED) \
			RUN=bench-moka.$$e TASKS="$$tasks" >/dev/null || :; \
		mk/moka.sh results/bench-moka.$$e; \
	done
	@$(if $(MNN_ROOT),,echo "engine mnn: MNN_ROOT and MNN_BUILD are not set" >&2)
