# Fuzz targets. fuzz/fuzz_NAME.c is a target, and holds its LLVMFuzzerTestOneInput; what several share is
# the rest of fuzz/*.c. A target is linked, from objects of one way of building, with one of three drivers:
#   build/VARIANT/fuzz/NAME         the fuzzer of that variant: AFL++'s or libFuzzer
#   build/VARIANT/fuzz/NAME-replay  replay_main.c: runs files, for tests and to see a finding again

AFL_CLANG ?= afl-clang-fast

# AFL++ reads the environment while it compiles; the macro is there so that a cache tells the objects apart.
FUZZ_UNINSTRUMENTED := fuzz/uninstrumented.txt
FUZZ_AFL := AFL_QUIET=1 AFL_LLVM_DENYLIST=$(CURDIR)/$(FUZZ_UNINSTRUMENTED)
CC_afl = $(FUZZ_AFL) $(AFL_CLANG)
FLAGS_afl := -O2 -g
CC_afl-asan = $(FUZZ_AFL) $(AFL_CLANG)
FLAGS_afl-asan := -O1 -g $(SANITIZERS)
CC_afl-cmplog = $(FUZZ_AFL) AFL_LLVM_CMPLOG=1 $(AFL_CLANG)
FLAGS_afl-cmplog := -O2 -g -DFUZZ_CMPLOG
# Counters of edges, and nothing more: what else -fsanitize=fuzzer-no-link has (a log of comparisons, the depth of the
# stack, calls of memcmp instead of two loads) takes longer than the run.
FUZZ_LIBFUZZER := -fsanitize-coverage=inline-8bit-counters,pc-table \
  -fsanitize-coverage-ignorelist=$(FUZZ_UNINSTRUMENTED)
CC_libfuzzer = $(CLANG)
FLAGS_libfuzzer := -O2 -g $(FUZZ_LIBFUZZER)
CC_libfuzzer-asan = $(CLANG)
FLAGS_libfuzzer-asan := -O1 -g $(FUZZ_LIBFUZZER) $(SANITIZERS)
FUZZ_VARIANTS := afl afl-asan afl-cmplog libfuzzer libfuzzer-asan
VARIANTS += $(FUZZ_VARIANTS)

FUZZ_FOLDER := fuzz
FUZZ_SOURCES := $(filter $(FUZZ_FOLDER)/%,$(PLAIN))
FUZZ_TARGETS := $(patsubst $(FUZZ_FOLDER)/fuzz_%.c,%,$(filter $(FUZZ_FOLDER)/fuzz_%.c,$(FUZZ_SOURCES)))
FUZZ_MAINS := $(FUZZ_FOLDER)/replay_main.c $(FUZZ_FOLDER)/seed_main.c
# What targets share, and of the simulation what they need: instrumenting it takes a while.
FUZZ_SHARED := $(filter-out $(FUZZ_FOLDER)/fuzz_%.c $(FUZZ_FOLDER)/mutator%.c $(FUZZ_MAINS),$(FUZZ_SOURCES)) \
  $(filter sim/engine/% sim/world/% sim/store/% sim/scenario/% sim/check/% sim/conform/% \
    sim/search/replay.c sim/search/scenario_edit.c,$(SIM_SOURCES))

# variant
define FUZZ_RULES
build/$(1)/obj/fuzz/%.o: fuzz/%.c build/$(1)/flags
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) -I. $$(PACKAGE_CFLAGS) $$(CPPFLAGS) $$(CFLAGS) \
	  -MMD -MP -c -o $$@ $$<
build/$(1)/fuzz.sources: FORCE
	$$(call write-when-changed,$$(FUZZ_SHARED))
build/$(1)/libfuzz.a: $(FUZZ_SHARED:%.c=build/$(1)/obj/%.o) build/$(1)/fuzz.sources
	$$(archive)
build/$(1)/fuzz/%-replay: build/$(1)/obj/fuzz/fuzz_%.o build/$(1)/obj/fuzz/replay_main.o \
  build/$(1)/libfuzz.a build/$(1)/libdirector.a
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) \
	  $$(PACKAGE_LIBS)
build/$(1)/fuzz/seed: build/$(1)/obj/fuzz/seed_main.o build/$(1)/libfuzz.a build/$(1)/libdirector.a
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) \
	  $$(PACKAGE_LIBS)
build/$(1)/fuzz/%: build/$(1)/obj/fuzz/fuzz_%.o build/$(1)/libfuzz.a \
  build/$(1)/libdirector.a
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) $$(CFLAGS) $$(LDFLAGS) -fsanitize=fuzzer -o $$@ \
	  $$(filter %.o %.a,$$^) $$(PACKAGE_LIBS)
endef
$(foreach variant,release test coverage $(FUZZ_VARIANTS),$(eval $(call FUZZ_RULES,$(variant))))

# ---- Mutators -----------------------------------------------------------------------------------

# Which mutator a target's inputs want.
FUZZ_MUTATORS := events-story sqlite-sqlite scenario-yaml conform-conform

# libFuzzer has it linked in.
define LIBFUZZER_MUTATOR
build/$(1)/fuzz/$(2): build/$(1)/obj/fuzz/mutator_libfuzzer.o build/$(1)/obj/fuzz/mutator_$(3).o
endef
$(foreach variant,libfuzzer libfuzzer-asan,$(foreach pair,$(FUZZ_MUTATORS),$(eval \
  $(call LIBFUZZER_MUTATOR,$(variant),$(firstword $(subst -, ,$(pair))),$(lastword $(subst -, ,$(pair)))))))

build/fuzz/mutator-%.so: fuzz/mutator_afl.c $(wildcard fuzz/mutator*.[ch]) fuzz/story.h fuzz/damage.h
	@mkdir -p $(@D)
	$(GCC) $(BASE_FLAGS) -O2 -g -fPIC -shared -I. $(CPPFLAGS) $(CFLAGS) -o $@ fuzz/mutator_afl.c \
	  fuzz/mutator_$(patsubst $*-%,%,$(filter $*-%,$(FUZZ_MUTATORS))).c

# A test is linked with the mutator that it is named after, and with nothing else.
define MUTATOR_TEST
build/$(1)/fuzz/mutator_%_test: build/$(1)/obj/fuzz/mutator_%_test.o build/$(1)/obj/fuzz/mutator_%.o \
  build/$(1)/obj/fuzz/mutator_test_support.o
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) -lcmocka
endef
$(foreach variant,test coverage,$(eval $(call MUTATOR_TEST,$(variant))))

# ---- What can be asked for ---------------------------------------------------------------------

.PHONY: fuzz fuzz-smoke fuzz-corpus fuzz-keep fuzz-speed setup-fuzz build-fuzz-smoke build-fuzz-replay
TARGET ?= events
TIME ?= 60
FUZZ_NAMES := events scenario conform sqlite
FUZZ_REPLAY := $(patsubst %,build/test/fuzz/%-replay,$(FUZZ_NAMES) canary) build/test/fuzz/seed

setup-fuzz:
	@.ci/install-packages fuzz
build-fuzz-replay: $(FUZZ_REPLAY)
build-fuzz-smoke: build-fuzz-replay build/afl/fuzz/canary build/afl/fuzz/events build/fuzz/mutator-events.so

fuzz: ## fuzz a target with AFL++: TARGET=events|scenario|conform|sqlite TIME=10m INSTANCES=N (one a core)
	@fuzz/fuzz.sh --check "$(TARGET)" "$(TIME)" $(INSTANCES)
	@.ci/install-packages fuzz
	@$(MAKE) --no-print-directory -s $(if $(findstring jobserver,$(MAKEFLAGS)),,-j2) build/test/fuzz/seed \
	  build/afl/fuzz/$(TARGET) build/afl-asan/fuzz/$(TARGET) build/fuzz/mutator-$(TARGET).so \
	  $(shell [ $(or $(INSTANCES),$$(nproc)) -lt 3 ] 2>/dev/null || echo build/afl-cmplog/fuzz/$(TARGET))
	@fuzz/fuzz.sh "$(TARGET)" "$(TIME)" $(INSTANCES)

fuzz-smoke: setup-fuzz ## under a minute of fuzzing, the canary included
	@$(MAKE) --no-print-directory -s $(if $(findstring jobserver,$(MAKEFLAGS)),,-j2) build-fuzz-smoke
	@fuzz/smoke.sh

# All targets, or the one that somebody has given.
fuzz-corpus: CORPORA = $(if $(filter file,$(origin TARGET)),$(FUZZ_NAMES),$(TARGET))
fuzz-corpus: ## minimise what fuzzing has gathered: of all targets, or TARGET=events
	@fuzz/corpus.sh --check $(CORPORA)
	@.ci/install-packages fuzz
	@$(MAKE) --no-print-directory -s $(if $(findstring jobserver,$(MAKEFLAGS)),,-j2) $(CORPORA:%=build/afl/fuzz/%)
	@fuzz/corpus.sh $(CORPORA)

fuzz-speed: setup-fuzz ## how fast stories are fuzzed, beside a target that does nothing
	@$(MAKE) --no-print-directory -s $(if $(findstring jobserver,$(MAKEFLAGS)),,-j2) build/test/fuzz/seed \
	  build/afl/fuzz/empty build/afl/fuzz/events build/libfuzzer/fuzz/events
	@fuzz/speed.sh

fuzz-keep: ## from an input that fails to a small scenario: TARGET=events INPUT=FILE [FOLDER=scenarios/found]
	@fuzz/keep.sh --check "$(TARGET)" "$(INPUT)"
	@$(MAKE) --no-print-directory -s build/test/fuzz/$(TARGET)-replay build/test/dirsim $(PROGRAM)
	@fuzz/keep.sh "$(TARGET)" "$(INPUT)" $(FOLDER)
