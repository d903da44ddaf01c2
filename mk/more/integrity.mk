# The judge's integrity: static check, sandbox, hostile and honest candidates.

$(BIN)/kernel-lint $(BIN)/xcompile: LDLIBS += -ltree-sitter

## exploits       hostile candidates and honest idioms, each with its verdict
.PHONY: exploits
exploits: programs
	@tests/exploits/run -a $(NAMES)
