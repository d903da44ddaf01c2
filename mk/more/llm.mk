# llm-call: what it links, its tests' server, its fuzzers and its benchmark.

$(BIN)/llm-call: LDLIBS += -ldl

# the server that plays the providers
LLM_SERVER := build/tests/llm-server
$(LLM_SERVER): tests/llm-server.c $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(WARN) -std=gnu11 $(LDFLAGS) -o $@ $< \
		$(LIB) -lcjson -lmd -lm -pthread
check check-fast check-sanitize: $(LLM_SERVER)

# libFuzzer on what providers send: the corpora are tests/fuzz/corpus/TARGET,
# what is found on the way stays in build/fuzz/TARGET
FUZZ := sse error chat responses anthropic gemini
FUZZERS := $(FUZZ:%=build/fuzz/fuzz-%)
FUZZSRC := $(addprefix src/lib/,sse.c reader.c wire.c wire-chat.c \
	wire-responses.c wire-anthropic.c wire-gemini.c answer.c json.c util.c)
SECONDS ?= 60

$(FUZZERS): build/fuzz/fuzz-%: tests/fuzz/llm.c $(FUZZSRC) $(wildcard src/lib/*.h) \
		| $(SETUP)/test.stamp
	@mkdir -p $(@D)
	@echo "  CLANG   $@"
	@clang -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
		$(CPPFLAGS) -std=gnu11 -DTARGET=$* \
		-DFUZZ_$(shell echo $* | tr a-z A-Z) -o $@ $< $(FUZZSRC) -lcjson -lmd -lm

## fuzz           run the fuzzers of llm-call's parsers, SECONDS= each
.PHONY: fuzz $(FUZZ:%=run-fuzz-%)
fuzz: $(FUZZ:%=run-fuzz-%)
$(FUZZ:%=run-fuzz-%): run-fuzz-%: build/fuzz/fuzz-%
	@mkdir -p build/fuzz/$*
	@echo "  FUZZ    $* for $(SECONDS) s"
	@cd build/fuzz && ./fuzz-$* -max_total_time=$(SECONDS) -timeout=120 \
		-rss_limit_mb=512 -max_len=16384 -print_final_stats=1 -verbosity=0 \
		-artifact_prefix=$*- $* $(CURDIR)/tests/fuzz/corpus/$* \
		>$*.log 2>&1 || { tail -20 $*.log; exit 1; }
	@grep -h -E 'number_of_executed|peak_rss' build/fuzz/$*.log | sed 's/^/          $*: /'

## bench-llm      1,000 questions of one second, 64 at once, on loopback
.PHONY: bench-llm cost
bench-llm: programs $(LLM_SERVER)
	@mk/bench-llm.sh

## cost           calls, tokens, money and latencies, of all answers or of RUN=
cost: programs
	@$(if $(RUN),find results/$(RUN) -name llm-call.json -print0 | sort -z | \
		xargs -0 bin/llm-call --cost,bin/llm-call --cost)
