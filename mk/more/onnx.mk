# The ONNX stages: what their tests need.

build/tests/onnxcheck: tests/onnxcheck.c $(LIB) | $(GEN)/onnx.pb-c.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(WARN) -std=gnu11 -o $@ $< $(LIB) \
		-lprotobuf-c -ldl $(LDLIBS)

check check-fast check-sanitize: build/tests/onnxcheck
