# Tests: TAP scripts, run by prove with the programs first in PATH.

TESTS := $(sort $(wildcard tests/*.t))

## check          set up, build and pass all tests
.PHONY: check check-lint check-sanitize
check: $(SETUP)/test.stamp programs
	@MKBENCH_ROOT=$(CURDIR) PATH=$(CURDIR)/$(BIN):$$PATH prove -j2 --timer $(TESTS)
