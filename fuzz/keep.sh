#!/usr/bin/env bash
# From an input that fails to a scenario that fails in the same way, as small as it gets, for `make
# fuzz-keep`; and the line that runs it again. The input itself goes to the seeds of its target, which
# tests replay. Usage: fuzz/keep.sh TARGET INPUT [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh

target=${1-} input=${2-} folder=${3:-scenarios/found}
[[ " ${fuzz_targets[*]} " == *" $target "* ]] || die "there is no target '$target'; there are ${fuzz_targets[*]}"
[ -f "$input" ] || die "there is no input '$input'"
name=$(sha1sum "$input" | cut -c1-12)
work=build/fuzz/$target/kept
seeds=${FUZZ_SEEDS:-fuzz/fuzz_${target}_seed_corpus}
dirsim=build/dirsim
[ -x "$dirsim" ] || dirsim=build/test/dirsim
mkdir -p "$work" "$folder" "$seeds"
whole=$work/$name.yaml
small=$folder/fuzz-$name.yaml
rm -f "$whole"

rc=0
DIRSIM_FUZZ_SCENARIO=$whole ASAN_OPTIONS=abort_on_error=1:detect_leaks=1 UBSAN_OPTIONS=abort_on_error=1:print_stacktrace=1 \
    build/test/fuzz/"$target"-replay "$input" >"$work/$name.log" 2>&1 || rc=$?
if [ "$rc" -eq 0 ]; then
    echo "$input does not fail" >&2
    exit 1
fi
grep -E '^FAILED|ERROR: |runtime error|Assertion' "$work/$name.log" | sed -n 1p
[ "$input" -ef "$seeds/found-$name" ] || cp "$input" "$seeds/found-$name"
echo "input kept: $seeds/found-$name"
if [ ! -s "$whole" ]; then
    echo "there is no scenario in it; again: build/test/fuzz/$target-replay $input"
    exit 0
fi
if timeout 300 "$dirsim" shrink -o "$small" "$whole" 2>"$work/$name.shrink.log"; then
    sed -n '/^\(fails\|before\|after\)/p' "$work/$name.shrink.log"
else
    echo "not shrunk: $(tail -n 1 "$work/$name.shrink.log")"
    cp "$whole" "$small"
fi
echo "again: dirsim run $small"
