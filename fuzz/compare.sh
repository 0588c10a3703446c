#!/usr/bin/env bash
# A target with its mutator and without, for the same time, side by side: runs and edges. They begin with the
# seeds, or with one file. Usage: fuzz/compare.sh TARGET SECONDS [FILE]
# FUZZ_ENGINE=libfuzzer compares with libFuzzer instead of AFL++; FUZZ_SEED_NUMBER gives other chances.
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh
unset ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS

target=${1:-events} seconds=${2:-120}
work=build/fuzz/compare-$target
rm -rf "$work"
mkdir -p "$work"
make_seeds "$target" "$work/seeds"
if [ -n "${3-}" ]; then
    rm -f "$work/seeds"/*
    cp "$3" "$work/seeds/"
fi
size=$(sed -n 's/^max_len *= *//p' "fuzz/fuzz_$target.options")
number=${FUZZ_SEED_NUMBER:-1}
export AFL_NO_AFFINITY=1

# ---- libFuzzer: how many of 100 changes are the mutator's --------------------------------------

with_libfuzzer() { # NAME PERCENT
    local options=(-seed="$number" -max_len="$size" -max_total_time="$seconds" -print_final_stats=1 -reload=0
        "${libfuzzer_options[@]}")
    [ ! -e "fuzz/fuzz_$target.dict" ] || options+=(-dict="fuzz/fuzz_$target.dict")
    mkdir -p "$work/$1"
    DIRSIM_FUZZ_RECORDS=$2 "build/libfuzzer/fuzz/$target" "${options[@]}" -artifact_prefix="$work/$1-" "$work/$1" \
        "$work/seeds" >"$work/$1.log" 2>&1 || true
    sed -nE "s/^#([0-9]+)[[:space:]]+DONE +cov: ([0-9]+) ft: ([0-9]+) corp: ([0-9]+).*/$1 \\1 \\2 \\3 \\4/p" "$work/$1.log" \
        >"$work/$1.result"
}
if [ "${FUZZ_ENGINE:-afl}" = libfuzzer ]; then
    with_libfuzzer bytes 0 &
    with_libfuzzer mutator 100 &
    with_libfuzzer both 50 &
    wait
    { echo "$target runs edges features corpus" && cat "$work"/{bytes,mutator,both}.result; } |
        awk '{printf "%-10s %10s %8s %8s %8s\n", $1, $2, $3, $4, $5}'
    exit
fi

# ---- AFL++ -------------------------------------------------------------------------------------

options=(-s "$number" -V "$seconds" -i "$work/seeds" -G "$size")
[ ! -e "fuzz/fuzz_$target.dict" ] || options+=(-x "fuzz/fuzz_$target.dict")

one() { # NAME [VARIABLE…]
    local name=$1
    shift
    env "$@" afl-fuzz "${options[@]}" -o "$work/$name" -- "build/afl/fuzz/$target" >"$work/$name.log" 2>&1 || true
}
one bytes &
one mutator AFL_CUSTOM_MUTATOR_LIBRARY="$PWD/build/fuzz/mutator-$target.so" AFL_CUSTOM_MUTATOR_ONLY=1 &
one both AFL_CUSTOM_MUTATOR_LIBRARY="$PWD/build/fuzz/mutator-$target.so" &
wait
printf '%-10s %10s %8s %8s %8s\n' "$target" runs edges corpus found
for name in bytes mutator both; do
    stats=$work/$name/default/fuzzer_stats
    printf '%-10s %10s %8s %8s %8s\n' "$name" "$(stat_of "$stats" execs_done)" "$(stat_of "$stats" edges_found)" \
        "$(stat_of "$stats" corpus_count)" "$(find "$work/$name" -path '*/crashes/id*' | wc -l)"
done
