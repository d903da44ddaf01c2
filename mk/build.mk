# Programs: bin/NAME from src/NAME.c and the library of src/lib.

BIN ?= bin
O ?= build/obj
GEN := build/gen

CC := gcc
CXX := g++
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla $(if $(CI),-Werror)
CFLAGS ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Isrc/lib -I$(GEN) \
	-isystem build/ort/include
ifdef SANITIZE
CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=undefined
LDFLAGS += -fsanitize=address,undefined
endif

SRC := $(wildcard src/*.c)
LIBSRC := $(wildcard src/lib/*.c)
PROGRAMS := $(SRC:src/%.c=$(BIN)/%)
LIBOBJ := $(LIBSRC:src/lib/%.c=$O/lib/%.o) $O/lib/onnx.pb-c.o
LIB := $O/libmkbench.a
LDLIBS := -lcjson -lmd -lm

## programs       build bin/
.PHONY: programs
programs: $(PROGRAMS)

# who uses what beyond the library
$(BIN)/onnx2spec $(BIN)/spec2onnx: LDLIBS += -lprotobuf-c

$(PROGRAMS): $(BIN)/%: $O/%.o $(LIB)
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $< $(LIB) $(LDLIBS)
	@$(if $(filter bin,$(BIN)),mk/version.sh $@)

$(LIB): $(LIBOBJ)
	@rm -f $@
	@ar rcs $@ $^

# flags are a prerequisite: another set of them recompiles
FLAGS := $(filter-out -Werror,$(CC) $(CFLAGS) $(CPPFLAGS) $(WARN))
ifneq ($(FLAGS),$(file <$O/flags))
$(shell mkdir -p $O)
$(file >$O/flags,$(FLAGS))
endif

$O/%.o: src/%.c $O/flags | $(SETUP)/base.stamp $(GEN)/onnx.pb-c.h
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(WARN) -std=gnu11 -MMD -MP -c -o $@ $<

$O/lib/onnx.pb-c.o: $(GEN)/onnx.pb-c.c $O/flags
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) -std=gnu11 -c -o $@ $<

# the ONNX schema of Debian's libonnx-dev
ONNX_PROTO := /usr/include/onnx/onnx.proto
$(GEN)/onnx.pb-c.c $(GEN)/onnx.pb-c.h &: | $(SETUP)/base.stamp
	@mkdir -p $(@D)
	@cd $(@D) && protoc-c --proto_path=$(dir $(ONNX_PROTO)) --c_out=. \
		$(notdir $(ONNX_PROTO))

-include $(SRC:src/%.c=$O/%.d) $(LIBSRC:src/lib/%.c=$O/lib/%.d)

## clean          remove what was built (not results, not packages)
.PHONY: clean distclean
clean:
	rm -rf bin build/obj build/gen build/sanitize build/tests
## distclean      remove packages under build/ too
distclean: clean
	rm -rf build
