# The ONNX stages: what their tests need.

build/tests/onnxcheck: tests/onnxcheck.c $(LIB) | $(GEN)/onnx.pb-c.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(WARN) -std=gnu11 -o $@ $< $(LIB) \
		-lprotobuf-c -ldl $(LDLIBS)

check check-fast check-sanitize: build/tests/onnxcheck

$(BIN)/import: LDLIBS += -lprotobuf-c -ldl

.PHONY: import
## import         ONNX= to the suite SUITE=: a task of each operator (DIMS=N=1)
import: $(BIN)/import
	@bin/import $(addprefix --dim=,$(DIMS)) \
		--suite='$(or $(SUITE),$(error make import needs SUITE=))' \
		'$(or $(ONNX),$(error make import needs ONNX=))'
