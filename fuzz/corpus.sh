#!/usr/bin/env bash
# Minimise the corpus of a target, or of all: of inputs that reach the same, the smallest stays. Inputs that fail now
# go to the findings. Whenever it is cut off, nothing is lost: the next time picks up what it left.
# For `make fuzz-corpus`. Usage: fuzz/corpus.sh [--check] [TARGET…]; --check: only whether there are such targets
# Exit 1 when an input fails, or when a corpus could not be minimised and stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh
unset ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS

checks=
[ "${1-}" != --check ] || { checks=1 && shift; }
[ $# -gt 0 ] || set -- "${fuzz_targets[@]}"
for target in "$@"; do check_target "$target"; done
[ -z "$checks" ] || exit 0

# One of the folders is whole at any time: .small takes the place of the corpus when all of it has its names.
minimise() { # TARGET CORPUS
    local corpus=$2 input name
    afl-cmin -i "$corpus" -o "$corpus.small" -t 5000 -- "build/afl/fuzz/$1" >"$corpus.log" 2>&1 || return 1
    rm -rf "$corpus.small/.traces"
    [ -n "$(ls "$corpus.small")" ] || return 1
    # Named by what they are, so that the next time finds the same names.
    while read -r name input; do
        name=$corpus.small/${name:0:12}
        [ "$input" = "$name" ] || mv "$input" "$name" || return 1
    done < <(find "$corpus.small" -type f -exec sha1sum {} +)
    mv "$corpus" "$corpus.old" && mv "$corpus.small" "$corpus" && rm -rf "$corpus.old"
}

failed=0
for target in "$@"; do
    work=${FUZZ_WORK:-build/fuzz/$target}
    corpus=$work/corpus
    recover_corpus "$corpus"
    before=$(find "$corpus" -type f | wc -l)
    moved=0
    replay=${FUZZ_REPLAY:-build/afl/fuzz/$target}
    move_failing "$corpus" "$work/findings" "${replay%% *}"
    if [ "$moved" -gt 0 ]; then
        echo "$target: $moved inputs of the corpus fail now, and went to $work/findings; fuzz/findings.sh $target tells how"
        failed=1
    fi
    [ -n "$(ls "$corpus")" ] || continue
    if minimise "$target" "$corpus"; then
        echo "$target: $before inputs, $(find "$corpus" -type f | wc -l) of them kept"
    else
        echo "$target: afl-cmin failed, the corpus stays as it is (all of it: $corpus.log)" >&2
        rm -rf "$corpus.small"
        failed=1
    fi
done
exit "$failed"
