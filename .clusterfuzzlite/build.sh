#!/bin/bash
# Build every fuzz target into $OUT, with its seeds, words and options, as OSS-Fuzz has it: CC, CXX, CFLAGS,
# CXXFLAGS, LIB_FUZZING_ENGINE, FUZZING_ENGINE, SANITIZER, OUT, SRC and WORK are given. To try it here:
#   mkdir -p /tmp/out /tmp/work && CC=clang CXX=clang++ CFLAGS='-O1 -g -fsanitize=address,fuzzer-no-link' \
#     CXXFLAGS="$CFLAGS" LIB_FUZZING_ENGINE=-fsanitize=fuzzer OUT=/tmp/out WORK=/tmp/work .clusterfuzzlite/build.sh
set -euo pipefail
if [ -n "${SRC-}" ]; then cd "$SRC/dirsim"; else cd "$(dirname "$0")/.."; fi

read -ra flags <<<"$CFLAGS"
read -ra link_flags <<<"${CXXFLAGS-}"
read -ra engine <<<"$LIB_FUZZING_ENGINE"
read -ra includes < <(pkg-config --cflags libfyaml sqlite3 uuid libxxhash)
flags+=(-std=gnu17 -I. "${includes[@]}")
targets=(events scenario conform sqlite)

# What targets share: the library, the simulation without its command line, and the rest of fuzz/.
mapfile -t sources < <(find director sim fuzz -maxdepth 2 -name '*.c' ! -path 'sim/cli/*' ! -name '*_test.c' \
    ! -name '*_test_support.c' ! -name '*_bench.c' ! -name '*_example.c' ! -name 'fuzz_*.c' \
    ! -name '*_main.c' ! -name 'mutator*.c' | LC_ALL=C sort)
compile() { # SOURCE FLAG…
    local source=$1
    shift
    mkdir -p "$WORK/${source%/*}"
    "$CC" "$@" -c -o "$WORK/${source%.c}.o" "$source"
}
export -f compile
export CC WORK
printf '%s\n' "${sources[@]}" fuzz/fuzz_{events,scenario,conform,sqlite}.c fuzz/mutator_{libfuzzer,story,sqlite,yaml,conform}.c |
    xargs -P "$(nproc)" -I{} bash -c 'compile "$@"' compile {} "${flags[@]}"
objects=("${sources[@]/#/$WORK/}")
rm -f "$WORK/libfuzz.a"
ar rcs "$WORK/libfuzz.a" "${objects[@]/%.c/.o}"

# The image that runs them has none of these, so they go in; where there is no archive, as they are.
libraries=()
for library in fyaml sqlite3 uuid xxhash; do
    libraries+=("-Wl,-Bstatic" "-l$library" "-Wl,-Bdynamic")
done
libraries+=(-lm -ldl -lpthread)

# Seeds are made by a program of this machine, without any sanitizer or engine.
cc -std=gnu17 -I. "${includes[@]}" -o "$WORK/seed" fuzz/seed_main.c "${sources[@]}" \
    -lfyaml -lsqlite3 -luuid -lxxhash

. fuzz/common.sh
for target in "${targets[@]}"; do
    mutator=()
    if [ "${FUZZING_ENGINE:-libfuzzer}" = libfuzzer ]; then
        case $target in events) mutator=(story) ;; scenario) mutator=(yaml) ;; *) mutator=("$target") ;; esac
        mutator=("$WORK/fuzz/mutator_libfuzzer.o" "$WORK/fuzz/mutator_${mutator[0]}.o")
    fi
    "$CXX" "${link_flags[@]}" -o "$OUT/fuzz_$target" "$WORK/fuzz/fuzz_$target.o" "${mutator[@]}" "$WORK/libfuzz.a" \
        "${engine[@]}" "${libraries[@]}"
    FUZZ_SEED=$WORK/seed make_seeds "$target" "$WORK/$target-seeds"
    rm -f "$OUT/fuzz_${target}_seed_corpus.zip"
    (cd "$WORK/$target-seeds" && zip -q -X "$OUT/fuzz_${target}_seed_corpus.zip" ./*)
    for extra in dict options; do
        [ ! -e "fuzz/fuzz_$target.$extra" ] || cp "fuzz/fuzz_$target.$extra" "$OUT/"
    done
done
