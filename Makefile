# Assay. `make` prints help. One list of sources for every build: native (release, asan, tsan, fuzz) and WebAssembly (mt, st).
#
# Variables:  CC, EMCC, STB_DIR, CJSON_DIR, CHROMIUM, ASSAY_KEEP   what is there already (see deps/deps.sh)
#             CURL_CONFIG  curl-config of the libcurl to use; empty: no downloads in the native program
#             ARCH     more flags for the native builds, e.g. ARCH=-march=native
#             WERROR=  (empty) lets warnings of a newer compiler pass
#             JOBS     parallel jobs; SERVE=0 and PORT for `make run`; LIMIT=N samples for `make run` and `make hallmark`

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:

JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(JOBS)
endif
MAKEFLAGS += --no-print-directory

ifeq ($(origin CC),default)
CC := $(shell command -v cc || command -v gcc || echo cc)
endif
SERVE ?= 1
PORT  ?= 8046

# ---- flags -------------------------------------------------------------------------------------------------------

# The kernels choose AVX2 or SSE4.1 when they run, so the program itself is for any CPU of its kind.
ARCH     ?=
WERROR   ?= -Werror
# -Wno-maybe-uninitialized: gcc's guess, different with every version and -O; the other spelling keeps clang quiet about it.
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-unknown-warning-option -Wno-maybe-uninitialized $(WERROR)
# -ffp-contract=off: a fused multiply-add would change bits, and with them the hallmark.
COMMON   := -std=c11 -ffp-contract=off -Isrc -isystem build/deps/stb -isystem build/deps/cjson
# Third-party text is compiled as it is; in stb's inverse DCT signed overflow is meant to wrap.
VENDORED := -w -fwrapv

CFLAGS_release := -O3 $(ARCH)
CFLAGS_asan    := -O1 -g1 -fno-omit-frame-pointer $(ARCH) -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_tsan    := -O1 -g1 $(ARCH) -fsanitize=thread
# libcurl, if it is there, lets the native program download models; without it it says how to get them by hand.
CURL_CONFIG    ?= $(shell command -v curl-config)
CURL_CFLAGS    := $(if $(CURL_CONFIG),-DASSAY_CURL $(shell $(CURL_CONFIG) --cflags))
CURL_LIBS      := $(if $(CURL_CONFIG),$(shell $(CURL_CONFIG) --libs))
# Clang's libFuzzer, for `make fuzz` alone.
CFLAGS_fuzz    := -O1 -g1 $(ARCH) -DASSAY_LIBFUZZER -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_CC        ?= $(shell command -v clang || ls -d /usr/lib/llvm-*/bin/clang 2>/dev/null | tail -1)
CC_fuzz        = $(FUZZ_CC)
NATIVE         := release asan tsan fuzz
WASM           := mt st

include wasm/flags.mk

# The default suite is drawn by the program, not kept in git: its manifest is, and says which bytes must come out.
SUITE       := data/suites/hhh46
SUITE_FILES := $(SUITE)/index.jsonl $(SUITE)/shard-0000.tar

# ---- sources -----------------------------------------------------------------------------------------------------

SRC   := $(sort $(wildcard src/*/*.c src/*/*/*.c))
MAIN  := src/cli/main.c
LIB   := $(filter-out $(MAIN),$(SRC))
SHIM  := $(sort $(wildcard wasm/*.c))
LIB_tsan := $(filter src/base/%,$(LIB)) # the pool is all that runs under TSan
TESTS := $(sort $(wildcard tests/*/test_*.c))
FUZZ  := $(sort $(wildcard tests/fuzz/fuzz_*.c))
AIDS  := $(filter-out $(TESTS) $(FUZZ),$(sort $(wildcard tests/*/*.c))) # linked to the tests that include their header

# ---- what a person types -----------------------------------------------------------------------------------------

.PHONY: help deps native build run serve test site lint fuzz hallmark bench clean
help:
	@echo 'make deps       get the toolchain, the C sources, npm packages and Chromium (once; says what it does)'
	@echo 'make build      build/assay, the WebAssembly builds, build/node/assay.mjs'
	@echo 'make native     build/assay alone: needs a C compiler, no Emscripten'
	@echo 'make run        evaluate the default model on the default suite, then serve the page (SERVE=0: only evaluate; PORT=$(PORT))'
	@echo 'make serve      serve the page without evaluating first'
	@echo 'make test       build and run every test'
	@echo 'make site       the static page in build/site'
	@echo 'make hallmark   the default suite in every build and with 1 and 2 threads: the hallmarks must be equal (LIMIT=N)'
	@echo 'make suite      draw the default suite anew after a change of its tasks, its manifest with it'
	@echo 'make bench      time the engine, native and in Node, 1 and 2 threads'
	@echo 'make bench-peers  the same shapes on ONNX Runtime Web, in one Chromium with ours (PYTHON with tests/bench/peers/requirements.txt)'
	@echo 'make fuzz       fuzz each parser for FUZZ_SECONDS=60 (needs clang)'
	@echo 'make lint       types of the JavaScript, format of the C'
	@echo 'make clean      remove what was built; the toolchain in build/deps and build/emscripten stays'

deps:
	@deps/deps.sh all

native: build/assay $(SUITE_FILES)
build: build/assay build/node/assay.mjs $(SUITE_FILES)
site: build/site/.stamp

run:
	@deps/deps.sh build
	@$(MAKE) build site
	build/assay run $(if $(LIMIT),--limit $(LIMIT)) --out build/run.jsonl --force
	@if [ '$(SERVE)' != 0 ]; then cp build/run.jsonl build/site/ && node web/serve.mjs --port $(PORT); fi

serve: site
	@node web/serve.mjs --port $(PORT)

test:
	@deps/deps.sh all
	@$(MAKE) tests
	@node tests/run.mjs build/tests.txt

hallmark: build
	@node tests/hallmark.mjs $(if $(LIMIT),--limit $(LIMIT))

bench: build
	@echo '== native' && build/assay bench
	@echo '== WebAssembly in Node' && node build/node/assay.mjs bench

PYTHON ?= python3
bench-peers: build
	@cd tests/bench/peers && npm ci --no-audit --no-fund
	@[ -s build/bench/peers/prefill.onnx ] || $(PYTHON) tests/bench/peers/ort_models.py build/bench/peers
	@node tests/bench/peers/run.mjs build/bench/peers 2

clean:
	rm -rf build/assay build/node build/web build/wasm build/site build/obj build/tests build/tests.txt build/run.jsonl

# ---- what the builds need: got once, on first use ----------------------------------------------------------------

build/deps/stb/stb_image.h build/deps/cjson/cJSON.c:
	@deps/deps.sh native
build/deps/emcc:
	@deps/deps.sh build
SOURCES_THERE := build/deps/stb/stb_image.h build/deps/cjson/cJSON.c

# A file that changes when a text does, so that objects follow their flags: $(call flags_file,FILE,TEXT)
define flags_file
$(1): FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' '$(subst ','\'',$(2))' | cmp -s - $$@ || printf '%s\n' '$(subst ','\'',$(2))' >$$@
endef
.PHONY: FORCE

# ---- compile and link --------------------------------------------------------------------------------------------

objects  = $(patsubst %.c,build/obj/$(1)/%.o,$(2))
programs = $(patsubst tests/%.c,build/tests/$(1)/%$(3),$(2))

# $(call variant,NAME,COMPILER,FLAGS,WHAT THE OBJECTS DEPEND ON)
define variant
$(call flags_file,build/obj/$(1)/flags,$(2) $(COMMON) $(WARN) $(3))

build/obj/$(1)/%.o: %.c build/obj/$(1)/flags $(4) | $(SOURCES_THERE)
	@mkdir -p $$(@D)
	@echo '$(1)  $$<'
	@$(2) $(COMMON) $(WARN) $(3) -Itests -MMD -MP -c $$< -o $$@

build/obj/$(1)/src/format/image/stb.o: src/format/image/stb.c build/obj/$(1)/flags $(4) | $(SOURCES_THERE)
	@mkdir -p $$(@D)
	@echo '$(1)  $$<'
	@$(2) $(COMMON) $(3) $(VENDORED) -MMD -MP -c $$< -o $$@

build/obj/$(1)/cJSON.o: build/obj/$(1)/flags $(4) | $(SOURCES_THERE)
	@$(2) $(COMMON) $(3) $(VENDORED) -c build/deps/cjson/cJSON.c -o $$@

-include $(patsubst %.o,%.d,$(call objects,$(1),$(SRC) $(SHIM) $(TESTS) $(FUZZ) $(AIDS)))
endef

define archive
build/obj/$(1)/libassay.a: $(call objects,$(1),$(or $(LIB_$(1)),$(LIB))) build/obj/$(1)/cJSON.o
	@rm -f $$@
	@$(2) rcs $$@ $$^
endef

define native_variant
$(call variant,$(1),$(or $(CC_$(1)),$(CC)),$(CFLAGS_$(1)) $(CURL_CFLAGS) -pthread,)
$(call archive,$(1),ar)

build/obj/$(1)/assay: $(call objects,$(1),$(MAIN)) build/obj/$(1)/libassay.a
	@$(CC) $(CFLAGS_$(1)) -pthread $$^ -lm $(CURL_LIBS) -o $$@

build/tests/$(1)/%: build/obj/$(1)/tests/%.o build/obj/$(1)/libassay.a
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS_$(1)) -pthread $$(TEST_LDFLAGS) $$(filter %.o,$$^) $$(filter %.a,$$^) -lm $(CURL_LIBS) -o $$@
endef

define wasm_variant
$(call variant,wasm-$(1),build/deps/emcc,$(WASM_CFLAGS) $(WASM_CFLAGS_$(1)),build/deps/emcc)
$(call flags_file,build/obj/wasm-$(1)/link-flags,$(WASM_LDFLAGS) $(WASM_LDFLAGS_$(1)) $(WASM_TEST_LDFLAGS) $(WASM_TEST_LDFLAGS_$(1)))

$(call archive,wasm-$(1),build/deps/emar)

build/wasm/assay-$(1).mjs: $(call objects,wasm-$(1),$(MAIN) $(SHIM)) build/obj/wasm-$(1)/libassay.a \
    build/obj/wasm-$(1)/link-flags wasm/exports.list
	@mkdir -p $$(@D)
	@echo 'wasm-$(1)  link'
	@build/deps/emcc $(WASM_LDFLAGS) $(WASM_LDFLAGS_$(1)) $$(filter %.o %.a,$$^) -o $$@

build/tests/wasm-$(1)/%.cjs: build/obj/wasm-$(1)/tests/%.o build/obj/wasm-$(1)/libassay.a build/obj/wasm-$(1)/link-flags
	@mkdir -p $$(@D)
	@build/deps/emcc $(WASM_TEST_LDFLAGS) $(WASM_TEST_LDFLAGS_$(1)) $$(TEST_LDFLAGS) $$(filter %.o %.a,$$^) -o $$@
endef

$(foreach v,$(NATIVE),$(eval $(call native_variant,$(v))))
$(foreach v,$(WASM),$(eval $(call wasm_variant,$(v))))

build/assay: build/obj/release/assay
	@cp -f $< $@.new && mv -f $@.new $@

# ---- the default suite -------------------------------------------------------------------------------------------

.PHONY: suite
suite: build/assay
	@rm -rf build/suite && build/assay gen hhh46 --out build/suite && mv build/suite/* $(SUITE)/ && rmdir build/suite && touch $(SUITE_FILES)

$(SUITE)/index.jsonl: $(filter src/synth/% src/format/image/png_write.c src/format/shard/shard_writer.c src/format/shard/sample.c,$(SRC)) \
    $(wildcard src/synth/*.h src/synth/*/*.h) $(SUITE)/manifest.json | build/assay
	@rm -rf build/suite && build/assay gen hhh46 --out build/suite
	@cmp -s build/suite/manifest.json $(SUITE)/manifest.json || \
	  { echo 'the suite that was drawn is not that of $(SUITE)/manifest.json; if it is meant to be another one: make suite' >&2; exit 1; }
	@mv build/suite/*.tar build/suite/index.jsonl $(SUITE)/ && rm -r build/suite
$(SUITE)/shard-0000.tar: $(SUITE)/index.jsonl

# What the Node entry shares with the page lies as far from it as in the sources.
NODE_SHARED := $(patsubst %,build/%,$(addprefix web/js/,data/registry.js data/onnx-file.js storage/download.js \
  $(addprefix engine/,encoder.js heap.js heap-encoder.js onnx-encoder.js)))

build/web/js/%.js: web/js/%.js
	@mkdir -p $(@D)
	@cp -f $< $@

build/node/%.mjs: wasm/%.mjs $(NODE_SHARED)
	@mkdir -p $(@D)
	@cp -f $< $@

build/node/assay.mjs: wasm/node.mjs build/node/models.mjs build/node/onnx.mjs $(WASM:%=build/wasm/assay-%.mjs)
	@mkdir -p $(@D)
	@cp -f $< $@ && chmod +x $@

# ---- the page ----------------------------------------------------------------------------------------------------

SITE_FILES := $(SUITE_FILES) $(shell find web data/models data/suites data/values -type f ! -name '*.tar' ! -name index.jsonl 2>/dev/null | grep -vE '^web/(serve\.mjs|tsconfig[^/]*\.json)$$|\.(py|c|md|log|txt)$$')

# What is in the site where `make deps` could get it: the runtime for ONNX encoders, loaded when one is chosen, and an encoder of our own.
ORT_FILES     := $(wildcard $(addprefix node_modules/onnxruntime-web/dist/,ort.wasm.min.mjs ort-wasm-simd-threaded.mjs ort-wasm-simd-threaded.wasm))
ENCODER_FILES := $(wildcard build/models/all-MiniLM-L6-v2-Q8_0.gguf)

$(eval $(call flags_file,build/obj/site-files,$(SITE_FILES) $(ORT_FILES) $(ENCODER_FILES)))

build/site/.stamp: build/obj/site-files $(SITE_FILES) $(ORT_FILES) $(ENCODER_FILES) $(wildcard data/*.json) $(WASM:%=build/wasm/assay-%.mjs)
	@rm -rf build/site.new && mkdir -p build/site.new/wasm
	@cp -R web/. build/site.new/ && rm -f build/site.new/serve.mjs build/site.new/tsconfig*.json
	@cp $(foreach b,$(WASM),build/wasm/assay-$(b).mjs build/wasm/assay-$(b).wasm) build/site.new/wasm/
	@for f in $(filter data/%,$^); do mkdir -p "build/site.new/$$(dirname $$f)" && cp "$$f" "build/site.new/$$f"; done
	@mkdir -p build/site.new/ort build/site.new/models
	@$(if $(ORT_FILES),cp $(ORT_FILES) build/site.new/ort/)
	@$(if $(ENCODER_FILES),cp $(ENCODER_FILES) build/site.new/models/)
	@printf '{"onnx":%s,"encoder":%s}\n' $(if $(ORT_FILES),true,false) $(if $(ENCODER_FILES),true,false) >build/site.new/extras.json
	@touch build/site.new/.stamp && rm -rf build/site && mv build/site.new build/site
	@echo "site  build/site, $$(du -sm build/site | cut -f1) MB"

# ---- tests -------------------------------------------------------------------------------------------------------
# Every C test runs under ASan and UBSan and in WebAssembly; those of kernels and numbers also (parity: only) as they are released,
# because the optimizer is what they test; the pool's also under TSan. A line of build/tests.txt is a program of tests/run.mjs.

RELEASE_TESTS := $(filter tests/kernels/% tests/golden/% tests/parity/%,$(TESTS))
# Models of the true shapes are too slow under sanitizers, and the largest also in WebAssembly.
ASAN_TESTS    := $(filter-out tests/parity/%,$(TESTS))
MT_TESTS      := $(filter-out tests/parity/test_smolvlm.c,$(TESTS))
TSAN_TESTS    := $(filter %/test_pool.c,$(TESTS))
ST_TESTS      := $(filter tests/kernels/%,$(TESTS))
NODE_TESTS    := $(sort $(wildcard tests/style.mjs tests/node/*.test.mjs tests/cli/*.test.mjs tests/web/*.test.mjs))
E2E_TESTS     := $(sort $(wildcard tests/e2e/*.test.mjs))

# Tests with an allocation-failure sweep wrap the allocator.
SWEEPS := $(shell grep -l 'failing_alloc\.h"' $(TESTS) /dev/null)
$(foreach t,$(SWEEPS),$(eval \
  $(foreach v,$(NATIVE),$(call programs,$(v),$(t),)) $(foreach v,$(WASM),$(call programs,wasm-$(v),$(t),.cjs)): \
  TEST_LDFLAGS := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc))

users_of = $(shell grep -lE 'include "([a-z]*/)?$(notdir $(1:.c=.h))"' $(TESTS) $(FUZZ) /dev/null)
$(foreach a,$(AIDS),$(foreach t,$(call users_of,$(a)),\
  $(foreach v,$(NATIVE),$(eval $(call programs,$(v),$(t),): $(call objects,$(v),$(a))))\
  $(foreach v,$(WASM),$(eval $(call programs,wasm-$(v),$(t),.cjs): $(call objects,wasm-$(v),$(a))))))

TEST_PROGRAMS := $(call programs,asan,$(ASAN_TESTS) $(FUZZ),) $(call programs,release,$(RELEASE_TESTS),) $(call programs,tsan,$(TSAN_TESTS),) \
  $(call programs,wasm-mt,$(MT_TESTS),.cjs) $(call programs,wasm-st,$(ST_TESTS),.cjs)

.PHONY: tests
tests: build/tests.txt build/site/.stamp build/assay build/node/assay.mjs $(SUITE_FILES) $(TEST_PROGRAMS)

# $(call test_lines,BUILD,SECONDS,COMMAND PREFIX,SOURCES,SUFFIX)
test_lines = $(foreach t,$(4),printf '%s\t' '$(1) $(patsubst tests/%.c,%,$(t))' $(2) - $(3) >>$@.new; echo '$(call programs,$(1),$(t),$(5))' >>$@.new;)

build/tests.txt: FORCE
	@mkdir -p $(@D) && : >$@.new
	@$(call test_lines,asan,600,,$(ASAN_TESTS),)
	@$(foreach t,$(FUZZ),printf '%s\t' 'asan $(patsubst tests/%.c,%,$(t))' 300 - $(call programs,asan,$(t),) >>$@.new; echo 'tests/fuzz/seeds/$(patsubst tests/fuzz/fuzz_%.c,%,$(t))' >>$@.new;)
	@$(call test_lines,release,600,,$(RELEASE_TESTS),)
	@$(call test_lines,tsan,300,,$(TSAN_TESTS),)
	@$(call test_lines,wasm-mt,600,node,$(MT_TESTS),.cjs)
	@$(call test_lines,wasm-st,600,node,$(ST_TESTS),.cjs)
	@$(foreach t,$(NODE_TESTS),printf '%s\t' 'node $(patsubst tests/%,%,$(t))' 600 - node >>$@.new; echo '$(t)' >>$@.new;)
	@$(foreach t,$(E2E_TESTS),printf '%s\t' '$(patsubst tests/%,%,$(t))' 900 alone node >>$@.new; echo '$(t)' >>$@.new;)
	@mv $@.new $@

# ---- fuzzing and lint --------------------------------------------------------------------------------------------

# One parser after the other; the corpus and what is found stay in build/fuzz.
FUZZ_SECONDS  ?= 60
FUZZ_PROGRAMS := $(patsubst tests/fuzz/fuzz_%.c,build/fuzz/%.fuzz,$(FUZZ))

fuzz:
	@deps/deps.sh fuzz
	@$(MAKE) $(FUZZ_PROGRAMS)
	@set -e; for n in $(patsubst build/fuzz/%.fuzz,%,$(FUZZ_PROGRAMS)); do echo "fuzz  $$n, $(FUZZ_SECONDS) s"; mkdir -p build/fuzz/$$n; \
	  build/fuzz/$$n.fuzz -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build/fuzz/$$n- -print_final_stats=1 -verbosity=0 \
	    build/fuzz/$$n tests/fuzz/seeds/$$n; done

build/fuzz/%.fuzz: build/obj/fuzz/tests/fuzz/fuzz_%.o build/obj/fuzz/libassay.a
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(CFLAGS_fuzz) -fsanitize=fuzzer -pthread $^ -lm -o $@

lint: node_modules/.package-lock.json
	@node_modules/.bin/tsc -p web/tsconfig.json && node_modules/.bin/tsc -p web/tsconfig.worker.json && node_modules/.bin/tsc -p tsconfig.json
	@if command -v clang-format >/dev/null; then clang-format --dry-run -Werror $(shell find src wasm tests -name '*.[ch]'); else echo 'lint: no clang-format here; the C was not checked'; fi

node_modules/.package-lock.json: package-lock.json
	@deps/deps.sh all
