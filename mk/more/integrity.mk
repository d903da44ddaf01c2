# The judge's integrity: static check, sandbox, hostile and honest candidates.

$(BIN)/kernel-lint $(BIN)/xcompile: LDLIBS += -ltree-sitter

## exploits       hostile candidates and honest idioms, each with its verdict
##                (DEVICE=, NAMES=)
.PHONY: exploits
exploits: programs $(ARCHS:%=device-%)
	@tests/exploits/run -a -d $(DEVICE) $(NAMES)
