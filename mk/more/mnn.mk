# MNN: what its own kernels make of the core tasks.

MNNTASKS := $(wildcard tasks/*/*.json)
MNNNATIVE := build/mnn-native
vpath %.json $(sort $(dir $(MNNTASKS)))

# native against native: verified against ONNX Runtime, not timed
$(MNNNATIVE)/%.json: %.json $(BIN)/devrun mk/engines/maps/mnn.json
	@mkdir -p $(@D)
	@jq -c . $< | $(BIN)/devrun -A --untimed -e mnn -o $@

## mnn-native     which core tasks MNN's own kernels get right, and why not
.PHONY: mnn-native
mnn-native: programs $(patsubst %,$(MNNNATIVE)/%,$(notdir $(MNNTASKS)))
	@jq -nrf mk/engines/mnn-native.jq $(patsubst %,$(MNNNATIVE)/%,$(notdir $(MNNTASKS)))

## bench-mnn      candidates a minute for MNN; COPY= a copy of tree and build for the way by hand
.PHONY: bench-mnn doctor-mnn
bench-mnn: programs
	@mk/engines/mnn-bench.sh "$(MNN_ROOT)" "$(MNN_BUILD)" $(COPY)

## doctor-mnn     what engine mnn has and what it lacks
doctor-mnn:
	@mk/engines/mnn-doctor.sh
