#!/usr/bin/env bash
# Minimise the corpus of a target, or of all: of inputs that reach the same, the smallest stays.
# For `make fuzz-corpus`. Usage: fuzz/corpus.sh [TARGET…]
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh
unset ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS

[ $# -gt 0 ] || set -- "${fuzz_targets[@]}"
for target in "$@"; do
    corpus=build/fuzz/$target/corpus
    if [ ! -d "$corpus" ] || [ -z "$(ls "$corpus")" ]; then continue; fi
    before=$(find "$corpus" -type f | wc -l)
    rm -rf "$corpus.small"
    if ! afl-cmin -i "$corpus" -o "$corpus.small" -t 5000 -- "build/afl/fuzz/$target" >"$corpus.log" 2>&1; then
        echo "$target: afl-cmin failed, the corpus stays as it is (all of it: $corpus.log)" >&2
        rm -rf "$corpus.small"
        exit 1
    fi
    # Named by what they are, so that the next time finds the same names.
    rm -rf "$corpus"
    mkdir -p "$corpus"
    for input in "$corpus.small"/*; do
        [ ! -f "$input" ] || mv "$input" "$corpus/$(sha1sum "$input" | cut -c1-12)"
    done
    rm -rf "$corpus.small"
    echo "$target: $before inputs, $(find "$corpus" -type f | wc -l) of them kept"
done
