# What is there, what is missing, and what a missing thing would enable.

.PHONY: doctor versions
## doctor         what is there, what is missing, what it would enable; with
##                DEVICE="a b" what those can do
doctor: $(if $(filter command line,$(origin DEVICE)),programs $(ARCHS:%=device-%))
	@mk/doctor.sh $(if $(filter command line,$(origin DEVICE)),$(DEVICE))

## versions       versions of the tools that matter
versions:
	@echo "mkbench $$(git describe --always --dirty 2>/dev/null || echo unknown)"
	@echo "formats: $$(cat build/version/* 2>/dev/null | grep -v '^none' | paste -sd, | sed 's/,/, /g')"
	@make --version | head -1; gcc --version | head -1
	@echo "onnxruntime $$(sed -n 's/.*"onnxruntime-node": "\(.*\)".*/\1/p' mk/npm/package.json)$${ORT_DIR:+ (ORT_DIR=$$ORT_DIR)}"
	@dpkg-query -W -f '$${Package} $${Version}\n' libcjson-dev libtree-sitter-dev \
		libprotobuf-c-dev libcurl4-openssl-dev parallel jq bubblewrap \
		qemu-user gnuplot-nox 2>/dev/null || :
