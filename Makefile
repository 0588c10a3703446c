# dirsim and libdirector. `make help` tells what can be asked for.
#
# Sources are found, not listed: director/*.c is the library, sim/**/*.c the program, and the end of a
# name tells what else a file is: *_test.c and *_bench.c are programs of their own, *_test_support.c is
# linked into the tests that use it, *_example.c is built by .ci/check against an installed copy.
#
# Every build variant has a folder of its own: build/VARIANT/obj holds its objects and, beside them, two
# stamps: `flags` (compiler and flags) and `*.sources` (which files are in a library). A stamp is written
# only when it changes, so a new flag or a source file that went away builds again what it touches.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# ---- What can be set ---------------------------------------------------------------------------

PREFIX ?= /usr/local
DESTDIR ?=
GCC ?= gcc
CLANG ?= clang
CLANG_MCDC ?= clang-19
PKG_CONFIG ?= pkg-config
INSTALL ?= install
# Warnings are errors in CI only: a newer compiler must not keep anybody from building a release.
WERROR ?= $(if $(CI),1,)
CFLAGS ?=
CPPFLAGS ?=
LDFLAGS ?=

VERSION = $(shell sed -n 's/^\#define DIRECTOR_VERSION_M[A-Z]* //p' director/director.h | paste -sd.)

# ---- Sources -----------------------------------------------------------------------------------

C_FILES := $(shell find director sim fuzz -name '*.c' ! -name '.*' 2>/dev/null | LC_ALL=C sort)
H_FILES := $(shell find director sim fuzz -name '*.h' ! -name '.*' 2>/dev/null | LC_ALL=C sort)
SHELL_FILES := $(shell find .ci sim fuzz -type f ! -name '*.c' \( -path '.ci/*' -o -name '*.sh' -o -name '*.bash' \
                 -o -name '*.bats' \) 2>/dev/null | LC_ALL=C sort)

PROGRAM_MAIN := sim/cli/main.c
TESTS := $(filter %_test.c,$(C_FILES))
TEST_SUPPORT := $(filter %_test_support.c,$(C_FILES))
BENCHES := $(filter director/%_bench.c sim/%_bench.c,$(C_FILES))
EXAMPLES := $(filter %_example.c,$(C_FILES))
PLAIN := $(filter-out $(TESTS) $(TEST_SUPPORT) $(BENCHES) $(EXAMPLES) $(PROGRAM_MAIN),$(C_FILES))
DIRECTOR_SOURCES := $(filter director/%,$(PLAIN))
SIM_SOURCES := $(filter sim/%,$(PLAIN))

# ---- Flags -------------------------------------------------------------------------------------

PACKAGES := libfyaml sqlite3 uuid libxxhash
# Asked for when first needed, and once: pkg-config may not be there before the set-up.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES)))$(PACKAGE_LIBS)

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow $(if $(WERROR),-Werror)
# The same sources give the same bytes, wherever they are built.
DETERMINISTIC := -ffile-prefix-map=$(CURDIR)=. -Wdate-time
BASE_FLAGS := -std=gnu17 $(WARNINGS) $(DETERMINISTIC) -pthread
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# variant: compiler, flags. None has NDEBUG: asserts stay in every build. O0, O3 and clang are there to
# compare traces, so they go without debugging information.
VARIANTS := release test O0 O3 clang coverage mcdc
CC_release = $(GCC)
FLAGS_release := -O2 -g
CC_test = $(GCC)
FLAGS_test := -O1 -g $(SANITIZERS)
CC_O0 = $(GCC)
FLAGS_O0 := -O0
CC_O3 = $(GCC)
FLAGS_O3 := -O3
CC_clang = $(CLANG)
FLAGS_clang := -O2
CC_coverage = $(GCC)
FLAGS_coverage := -O0 -g --coverage -fprofile-abs-path
# A younger clang, which knows conditions.
CC_mcdc = $(CLANG_MCDC)
FLAGS_mcdc := -O0 -g -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc

# Variants for fuzzers, their targets, and what is made of them. The library builds without.
-include fuzz/fuzz.mk

# The released library is also a shared one. What director.h declares is exported, all else is hidden:
# a header, included first, wraps its declarations in visibility "default".
EXPORT_HEADER := build/release/export.h
DIRECTOR_FLAGS_release := -fPIC -fvisibility=hidden -include $(EXPORT_HEADER)

# ---- What to build -----------------------------------------------------------------------------

PROGRAM := build/dirsim
STATIC_LIBRARY := build/libdirector.a
SONAME := libdirector.so.0
SHARED_LIBRARY := build/$(SONAME)
SHARED_LINK := build/libdirector.so

TEST_PROGRAMS := $(TESTS:%.c=build/test/%)
COVERAGE_PROGRAMS := $(TESTS:%.c=build/coverage/%)
PROOF_PROGRAMS := $(patsubst %.c,build/release/%,$(filter sim/proof/%_test.c,$(TESTS)))
BENCH_PROGRAMS := $(BENCHES:%.c=build/release/%)

.PHONY: all library
all: library $(PROGRAM) ## build the program and the library: build/dirsim, build/libdirector.*
library: $(STATIC_LIBRARY) $(SHARED_LIBRARY) $(SHARED_LINK) ## build the library alone

# ---- Rules of a variant ------------------------------------------------------------------------

.PHONY: FORCE
FORCE:

# write-when-changed,text: the recipe of a stamp. Two makes at once may write the same.
define write-when-changed
@mkdir -p $(@D)
@new=$@.$$$$; printf '%s\n' '$(subst ','\'',$(1))' > $$new; \
  if cmp -s $$new $@; then rm $$new; else mv $$new $@; fi
endef

# compiler-of,variant: name and version, so that another compiler builds anew.
compiler-of = $(CC_$(1)) $(shell $(CC_$(1)) --version 2>/dev/null | sed -n 1p)

# archive: a library of exactly what its stamp names, without times or owners.
define archive
rm -f $@
ar rcsD $@ $(filter %.o,$^)
endef

# objects-of,variant,sources
objects-of = $(patsubst %.c,build/$(1)/obj/%.o,$(2))

define VARIANT_RULES
build/$(1)/flags: FORCE
	$$(call write-when-changed,$$(call compiler-of,$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) \
	  $$(DIRECTOR_FLAGS_$(1)) $$(PACKAGE_CFLAGS) $$(PACKAGE_LIBS) $$(CPPFLAGS) $$(CFLAGS) $$(LDFLAGS))

build/$(1)/director.sources: FORCE
	$$(call write-when-changed,$$(DIRECTOR_SOURCES))
build/$(1)/sim.sources: FORCE
	$$(call write-when-changed,$$(SIM_SOURCES))
build/$(1)/director-support.sources: FORCE
	$$(call write-when-changed,$$(filter director/%,$$(TEST_SUPPORT)))
build/$(1)/sim-support.sources: FORCE
	$$(call write-when-changed,$$(filter sim/%,$$(TEST_SUPPORT)))

build/$(1)/obj/director/%.o: director/%.c build/$(1)/flags $(if $(DIRECTOR_FLAGS_$(1)),$(EXPORT_HEADER))
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) $$(DIRECTOR_FLAGS_$(1)) -I. $$(CPPFLAGS) $$(CFLAGS) \
	  -MMD -MP -c -o $$@ $$<

build/$(1)/obj/sim/%.o: sim/%.c build/$(1)/flags
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) -I. $$(PACKAGE_CFLAGS) $$(CPPFLAGS) $$(CFLAGS) \
	  -MMD -MP -c -o $$@ $$<

# What a page is made of is built into the program (.incbin).
build/$(1)/obj/sim/cli/timeline_page.o: $(wildcard reports/timeline/*)

build/$(1)/libdirector.a: $(call objects-of,$(1),$(DIRECTOR_SOURCES)) build/$(1)/director.sources
	$$(archive)
build/$(1)/libsim.a: $(call objects-of,$(1),$(SIM_SOURCES)) build/$(1)/sim.sources
	$$(archive)
build/$(1)/libdirector-support.a: $(call objects-of,$(1),$(filter director/%,$(TEST_SUPPORT))) \
  build/$(1)/director-support.sources
	$$(archive)
build/$(1)/libsim-support.a: $(call objects-of,$(1),$(filter sim/%,$(TEST_SUPPORT))) \
  build/$(1)/sim-support.sources
	$$(archive)

build/$(1)/dirsim: $(call objects-of,$(1),$(PROGRAM_MAIN)) build/$(1)/libsim.a build/$(1)/libdirector.a
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) \
	  $$(PACKAGE_LIBS)

# A test of the director is linked with the director and nothing else.
build/$(1)/director/%_test: build/$(1)/obj/director/%_test.o build/$(1)/libdirector-support.a \
  build/$(1)/libdirector.a
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) -lcmocka
build/$(1)/sim/%_test: build/$(1)/obj/sim/%_test.o build/$(1)/libsim-support.a build/$(1)/libsim.a \
  build/$(1)/libdirector-support.a build/$(1)/libdirector.a
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) \
	  $$(PACKAGE_LIBS) -lcmocka
build/$(1)/%_bench: build/$(1)/obj/%_bench.o build/$(1)/libsim.a build/$(1)/libdirector.a
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(BASE_FLAGS) $$(FLAGS_$(1)) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) \
	  $$(PACKAGE_LIBS)
endef
$(foreach variant,$(VARIANTS),$(eval $(call VARIANT_RULES,$(variant))))

# Counts of coverage outlive a process that ends by _exit.
build/coverage/counts.o: .ci/coverage_counts.c
	@mkdir -p $(@D)
	$(GCC) -Wall -Wextra -Werror -O1 -c -o $@ $<
$(COVERAGE_PROGRAMS) build/coverage/dirsim: build/coverage/counts.o

# Objects are kept, whoever asked for them.
.SECONDARY:

-include $(foreach variant,$(VARIANTS),$(patsubst %.o,%.d,$(call objects-of,$(variant),$(C_FILES))))

# ---- The release -------------------------------------------------------------------------------

$(EXPORT_HEADER): Makefile
	@mkdir -p $(@D)
	@printf '%s\n' '#pragma GCC visibility push(default)' '#include "director/director.h"' \
	  '#pragma GCC visibility pop' > $@

# Moved into place, so that a program that is running keeps what it is.
$(PROGRAM): build/release/dirsim
	cp -p $< $@.new && mv -f $@.new $@
$(STATIC_LIBRARY): build/release/libdirector.a
	cp -p $< $@.new && mv -f $@.new $@
$(SHARED_LIBRARY): build/release/libdirector.a
	$(GCC) -shared -Wl,-soname,$(SONAME) -Wl,-z,defs -Wl,-z,relro,-z,now -Wl,-Bsymbolic-functions \
	  $(FLAGS_release) $(CFLAGS) $(LDFLAGS) -o $@ -Wl,--whole-archive $< -Wl,--no-whole-archive
$(SHARED_LINK): $(SHARED_LIBRARY)
	ln -sf $(SONAME) $@

# ---- Tests and benchmarks ----------------------------------------------------------------------

.PHONY: picture demo check unit proof bench coverage setup-demo setup-check setup-lint setup-coverage
.PHONY: mutants setup-mutants machines setup-machines coverage-mcdc setup-coverage-mcdc
.PHONY: list-tests list-c-files list-h-files list-shell-files
.PHONY: build-release build-tests build-unit build-O0 build-O3 build-clang build-coverage build-mcdc

setup-demo:
	@.ci/install-packages demo
setup-check:
	@.ci/install-packages check
setup-lint:
	@.ci/install-packages lint
setup-coverage:
	@.ci/install-packages coverage
setup-coverage-mcdc:
	@.ci/install-packages coverage-mcdc
setup-machines:
	@.ci/install-packages machines
setup-mutants:
	@.ci/install-packages mutants

# What the packages bring (pkg-config) is looked up when the make below begins, so it is a second one.
demo: setup-demo ## install what is missing, build, replay every scenario
	@$(MAKE) --no-print-directory -s $(if $(findstring jobserver,$(MAKEFLAGS)),,-j2) all
	@.ci/demo

check: setup-check ## install what is missing, build, run every test; ends with "N passed, N failed"
	@.ci/check

unit: ## build and run the unit tests alone, under the sanitizers
	@.ci/check unit

build-release: all $(BENCH_PROGRAMS)
build-unit: $(TEST_PROGRAMS)
build-tests: build-unit build/test/dirsim $(FUZZ_REPLAY)
build-O0: build/O0/dirsim
build-O3: build/O3/dirsim
build-clang: build/clang/dirsim
build-coverage: $(COVERAGE_PROGRAMS) build/coverage/dirsim
build-mcdc: $(patsubst %.c,build/mcdc/%,$(filter director/%,$(TESTS))) build/mcdc/dirsim

list-tests:
	@printf '%s\n' $(TEST_PROGRAMS)
list-c-files:
	@printf '%s\n' $(C_FILES)
list-h-files:
	@printf '%s\n' $(H_FILES)
list-shell-files:
	@printf '%s\n' $(SHELL_FILES)

# The same programs that `make check` runs on a sample, under sanitizers.
proof: setup-check $(PROOF_PROGRAMS) ## prove over all of it: every failing operation, every crash, 10,000 seeds
	@for proof in $(PROOF_PROGRAMS); do echo "== $${proof#build/release/}"; \
	  DIRSIM_PROOF=whole "$$proof" || exit 1; done

bench: $(BENCH_PROGRAMS) ## build and run every benchmark
	@for bench in $(BENCH_PROGRAMS); do echo "== $${bench#build/release/}"; "$$bench"; done

machines: setup-machines $(PROGRAM) ## a campaign over ssh with GNU parallel, and as a job array of Slurm, tried here
	@.ci/machines

mutants: setup-mutants ## plant each bug of fuzz/mutants, and see what notices it: MUTANT=name for one
	@.ci/mutants $(MUTANT)

coverage: setup-coverage ## what tests, scenarios and cases reach, each alone and together; fails below its floor
	@.ci/coverage

coverage-mcdc: setup-coverage-mcdc ## which conditions of director/ decide by themselves (MC/DC, with clang-19)
	@.ci/coverage-mcdc

picture: all ## make the README's picture of a timeline again (needs Chromium)
	@.ci/picture

# ---- Care --------------------------------------------------------------------------------------

.PHONY: lint format clean help
lint: setup-lint ## every check that needs no run: format, clang-tidy, cppcheck, shellcheck
	@.ci/lint

format: ## lay the sources out as .clang-format says
	clang-format -i $(C_FILES) $(H_FILES)

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile $(wildcard fuzz/*.mk fuzz/mutants/*.mk) | \
	  while IFS='|' read -r target text; do printf '  make %-13s %s\n' "$$target" "$$text"; done

# ---- Installing --------------------------------------------------------------------------------

.PHONY: install uninstall
LIBDIR ?= $(PREFIX)/lib
SHARE = $(PREFIX)/share
TO = $(DESTDIR)
MAN_PAGES := $(wildcard sim/cli/man/*.[1-9])

define PKG_CONFIG_FILE
prefix=$(PREFIX)
includedir=$${prefix}/include
libdir=$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))

Name: libdirector
Description: decides what a workflow engine does next
Version: $(VERSION)
Cflags: -I$${includedir}
Libs: -L$${libdir} -ldirector
endef

# place,source: where each file goes that is neither a manual page nor below scenarios/.
define INSTALLED
755 $(PREFIX)/bin/dirsim $(PROGRAM)
644 $(PREFIX)/include/director.h director/director.h
644 $(LIBDIR)/libdirector.a $(STATIC_LIBRARY)
644 $(LIBDIR)/$(SONAME) $(SHARED_LIBRARY)
644 $(SHARE)/bash-completion/completions/dirsim sim/cli/completion/dirsim.bash
644 $(SHARE)/zsh/vendor-completions/_dirsim sim/cli/completion/_dirsim
644 $(SHARE)/fish/vendor_completions.d/dirsim.fish sim/cli/completion/dirsim.fish
endef

install: all ## install to PREFIX (/usr/local), below DESTDIR when that is set
	while read -r mode place source; do \
	  $(INSTALL) -D -m "$$mode" "$$source" "$(TO)$$place"; done <<< "$$INSTALLED"
	ln -sf $(SONAME) "$(TO)$(LIBDIR)/libdirector.so"
	$(INSTALL) -d "$(TO)$(LIBDIR)/pkgconfig"
	@printf '%s\n' "$$PKG_CONFIG_FILE" > "$(TO)$(LIBDIR)/pkgconfig/libdirector.pc"
	find scenarios -type f \( -name '*.yaml' -o -name '*.json' \) \
	  -exec $(INSTALL) -D -m 644 {} "$(TO)$(SHARE)/dirsim/{}" \;
	for page in $(MAN_PAGES); do \
	  $(INSTALL) -D -m 644 "$$page" "$(TO)$(SHARE)/man/man$${page##*.}/$${page##*/}"; done
install: export PKG_CONFIG_FILE := $(PKG_CONFIG_FILE)
install uninstall: export INSTALLED := $(INSTALLED)

uninstall: ## remove what install put there
	while read -r _ place _; do rm -f "$(TO)$$place"; done <<< "$$INSTALLED"
	rm -f "$(TO)$(LIBDIR)/libdirector.so" "$(TO)$(LIBDIR)/pkgconfig/libdirector.pc"
	rm -rf "$(TO)$(SHARE)/dirsim"
	for page in $(MAN_PAGES); do rm -f "$(TO)$(SHARE)/man/man$${page##*.}/$${page##*/}"; done

# ---- Releases ----------------------------------------------------------------------------------

.PHONY: dist deb check-install setup-install
RELEASE = dirsim-$(VERSION)

setup-install:
	@.ci/install-packages install

# What git knows, or, in what was unpacked from such a file, all that is there.
dist: ## a release as one file, build/dirsim-VERSION.tar.gz, which builds without git
	@mkdir -p build
	{ git ls-files -z 2>/dev/null || find . -type f ! -path './build/*' -printf '%P\0'; } | LC_ALL=C sort -z | \
	  tar --null --files-from=- --transform='s|^|$(RELEASE)/|' --mtime='2026-01-01 00:00Z' \
	  --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw,a-s --create | gzip -9n > build/$(RELEASE).tar.gz

deb: setup-install dist ## Debian packages, in build/deb
	rm -rf build/deb
	mkdir -p build/deb
	tar -C build/deb -xzf build/$(RELEASE).tar.gz
	cp -r .packaging/debian build/deb/$(RELEASE)/debian
	printf 'dirsim ($(VERSION)) unstable; urgency=medium\n\n  * Release $(VERSION).\n\n -- %s  %s\n' \
	  "$$(sed -n 's/^Maintainer: //p' .packaging/debian/control)" 'Thu, 01 Jan 2026 00:00:00 +0000' \
	  > build/deb/$(RELEASE)/debian/changelog
	cd build/deb/$(RELEASE) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u CI dpkg-buildpackage -us -uc -b
	cd build/deb && lintian --fail-on error,warning --profile debian ./*.deb

check-install: setup-install ## prove install, uninstall, dist and deb in an empty root
	@.ci/check-install
