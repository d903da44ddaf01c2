# MNN: what its own kernels make of the core tasks.

MNNTASKS := $(wildcard tasks/*/*.json)
MNNNATIVE := build/mnn-native
vpath %.json $(sort $(dir $(MNNTASKS)))

# native against native: verified against ONNX Runtime, not timed
$(MNNNATIVE)/%.json: %.json $(BIN)/devrun mk/engines/maps/mnn.json \
		mk/engines/mnn-composed.jq
	@mkdir -p $(@D)
	@jq -c . $< | $(BIN)/devrun -A --untimed -e mnn -o $@

## mnn-native     which core tasks MNN's own kernels get right, and why not
.PHONY: mnn-native
mnn-native: programs $(patsubst %,$(MNNNATIVE)/%,$(notdir $(MNNTASKS)))
	@jq -nrf mk/engines/mnn-native.jq --slurpfile map mk/engines/maps/mnn.json \
		$(patsubst %,$(MNNNATIVE)/%,$(notdir $(MNNTASKS)))

## bench-mnn      candidates a minute for MNN; COPY= a copy of tree and build for the way by hand
.PHONY: bench-mnn many-mnn doctor-mnn
bench-mnn: programs
	@mk/engines/mnn-bench.sh "$(MNN_ROOT)" "$(MNN_BUILD)" $(COPY)

## many-mnn       two hundred candidates at once, and tree and build as they were
many-mnn: programs
	@N=200 JOBS=200 mk/engines/mnn-bench.sh "$(MNN_ROOT)" "$(MNN_BUILD)"

## doctor-mnn     what engine mnn has and what it lacks
doctor-mnn:
	@mk/engines/mnn-doctor.sh

# one word before a sweep, instead of one of each task
ifeq ($(ENGINE)$(HOSTS),mnn)
sweep: have-mnn
endif
.PHONY: have-mnn
have-mnn:
	@said=$$(mk/engines/mnn-doctor.sh) || { echo "$$said" | grep -v '^  there' >&2; exit 69; }
