# What is there, what is missing, and what a missing thing would enable.

.PHONY: doctor versions
## doctor         what is there, what is missing, what it would enable
doctor:
	@mk/doctor.sh $(if $(DEVICE),"$(DEVICE)")

## versions       versions of the tools that matter
versions:
	@echo "mkbench $$(git describe --always --dirty 2>/dev/null || echo unknown)"
	@for f in build/version/*; do [ -e "$$f" ] && cat "$$f" || :; done
	@make --version | head -1; gcc --version | head -1
	@echo "onnxruntime $$(sed -n 's/.*"onnxruntime-node": "\(.*\)".*/\1/p' mk/npm/package.json)$${ORT_DIR:+ (ORT_DIR=$$ORT_DIR)}"
	@dpkg-query -W -f '$${Package} $${Version}\n' libcjson-dev libtree-sitter-dev \
		libprotobuf-c-dev libcurl4-openssl-dev parallel jq bubblewrap \
		qemu-user gnuplot-nox 2>/dev/null || :
