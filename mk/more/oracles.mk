# The hand-written kernels: compiled as candidates are, and their checker.

ORACLES := $(wildcard tasks/oracle/ort/*.c)
ORACLE_SO := $(ORACLES:tasks/oracle/ort/%.c=build/oracle/%.so)

## oracles        compile the hand-written kernels (build/oracle/OP.so)
.PHONY: oracles
oracles: $(ORACLE_SO) build/tests/oracle-check

build/oracle/%.so: tasks/oracle/ort/%.c $(wildcard tasks/oracle/ort/*.h) \
		| $(SETUP)/base.stamp
	@mkdir -p $(@D)
	@$(CC) -O3 -march=native -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wno-type-limits \
		$(if $(CI),-Werror) -fPIC -shared -Ibuild/ort/include \
		-o $@.tmp $< -lm
	@mv $@.tmp $@

build/tests/oracle-check: tests/oracle-check.c $(LIB) | $(GEN)/onnx.pb-c.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(WARN) -std=gnu11 -o $@ $< $(LIB) \
		-lprotobuf-c -ldl $(LDLIBS)
