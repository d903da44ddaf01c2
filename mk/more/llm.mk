# llm-call: what it links, its tests' server, its fuzzers and its benchmark.

$(BIN)/llm-call: LDLIBS += -lcurl

# the server that plays the providers
LLM_SERVER := build/tests/llm-server
$(LLM_SERVER): tests/llm-server.c $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(WARN) -std=gnu11 $(LDFLAGS) -o $@ $< \
		$(LIB) -lcjson -lmd -lm -pthread
check: $(LLM_SERVER)
