#!/usr/bin/env bash
# A target with its mutator and without, for the same time, side by side: runs and edges. They begin with the
# seeds, or with one file. Usage: fuzz/compare.sh TARGET SECONDS [FILE]
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
options=(-V "$seconds" -i "$work/seeds" -G "$(sed -n 's/^max_len *= *//p' "fuzz/fuzz_$target.options")")
[ ! -e "fuzz/fuzz_$target.dict" ] || options+=(-x "fuzz/fuzz_$target.dict")
export AFL_NO_AFFINITY=1

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
