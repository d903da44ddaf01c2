# The judge's integrity: static check and sandbox.

$(BIN)/kernel-lint $(BIN)/xcompile: LDLIBS += -ltree-sitter
