# The C++ grammar of the npm package tree-sitter-cpp, compiled once into the
# library; programs that parse link -ltree-sitter.

TSCPP := build/npm/node_modules/tree-sitter-cpp/src
TSOBJ := $O/lib/ts-parser.o $O/lib/ts-scanner.o

$(LIB): $(TSOBJ)

$(TSOBJ): $O/lib/ts-%.o: $(SETUP)/base.stamp $O/flags
	@mkdir -p $(@D)
	@echo "  CC      $(TSCPP)/$*.c"
	@$(CC) $(CFLAGS) -w -std=gnu11 -I$(TSCPP) -c -o $@ $(TSCPP)/$*.c

$(BIN)/err-extract $(BIN)/repo-tree $(BIN)/inspect: LDLIBS += -ltree-sitter
$(BIN)/repo-tree: LDLIBS += -pthread
