# Tests: TAP scripts, run by prove with the programs first in PATH.

TESTS := $(sort $(wildcard tests/*.t))
SANBIN := build/sanitize/bin

## check-all      check, then all core tasks in full: 100 % in every category
.PHONY: check-all
check-all: check
	+@$(MAKE) sweep SUITE=core RUN=check-all
	@xargs cat <results/check-all/goals | bin/score -s -f json | \
		jq -e '.summary.overall | .CSR.rate == 1 and .FCR.rate == 1 and .heldout.rate == 1' \
		>/dev/null || { echo "check-all: not 100 %" >&2; exit 1; }

# those whose work lies in other processes than the programs' own, or in time
UNSANITIZED := $(addprefix tests/,$(addsuffix .t,sweep core report-browser exploits oracle-ort mnn torture \
	cluster slurm replay))
SANITIZED = $(filter-out $(UNSANITIZED),$(TESTS))

# those that measure: one after the other, beside nothing else, last
MEASURING := $(addprefix tests/,$(addsuffix .t,adb devrun exploits moka sandbox schema ssh sweep \
	torture cluster slurm))

PROVE = MKBENCH_ROOT=$(CURDIR) prove --timer

# $(call prove,TESTS): all of them, whatever fails
define prove
rc=0; \
$(if $(filter-out $(MEASURING),$1),$(NOJOBS) $(PROVE) -j2 $(filter-out $(MEASURING),$1) || rc=1;) \
$(if $(filter $(MEASURING),$1),$(NOJOBS) $(PROVE) $(filter $(MEASURING),$1) || rc=1;) \
exit $$rc
endef
NOJOBS := env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS

## check          set up, build and pass all tests
.PHONY: check check-lint check-sanitize check-fast
check: check-lint check-sanitize
	@echo "  TESTS"
	@+export PATH=$(CURDIR)/bin:$$PATH; $(call prove,$(TESTS))

## check-fast     the tests alone, without lint and sanitizers (TESTS=...)
check-fast: $(SETUP)/test.stamp programs
	@+export PATH=$(CURDIR)/bin:$$PATH; $(call prove,$(TESTS))

## check-sanitize the tests once more under ASan and UBSan
check-sanitize: $(SETUP)/test.stamp programs
	@echo "  SANITIZE"
	+@$(MAKE) SANITIZE=1 BIN=$(SANBIN) O=build/sanitize/obj CFLAGS='-O1 -g' programs
	@+export PATH=$(CURDIR)/$(SANBIN):$$PATH MKBENCH_SANITIZED=1 \
		ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:exitcode=99 \
		UBSAN_OPTIONS=print_stacktrace=1; \
		$(call prove,$(SANITIZED))

# clang-format's opinion changes with its version; ours is 14's
FORMATTED = $(wildcard src/*.[ch] src/*/*.[ch] tests/*.[ch])
SHELLS = $(wildcard mk/*.sh tests/*.t tests/*.sh) .ci/run

## check-lint     formatting, shell scripts, man pages
check-lint: $(SETUP)/test.stamp
	@echo "  LINT"
	@if clang-format --version | grep -q 'version 14\.'; then \
		clang-format --dry-run -Werror $(FORMATTED); \
	else echo "check-lint: skipping formatting: it needs clang-format 14" >&2; fi
	@shellcheck -x -P tests -S warning $(SHELLS)
	@for page in man/*.[1-8]; do mandoc -Tlint -Wwarning "$$page"; done
	@for c in $(SRC:src/%.c=%); do test -e man/$$c.1 || \
		{ echo "check-lint: no man/$$c.1" >&2; exit 1; }; done
