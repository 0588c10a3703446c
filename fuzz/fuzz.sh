#!/usr/bin/env bash
# Fuzz one target with AFL++, an instance a core, for `make fuzz`. The corpus is kept from one time to the
# next, and minimised in the end. Usage: fuzz/fuzz.sh TARGET SECONDS [INSTANCES]
#
# The first instance is plain and fast; the second has sanitizers; the third solves comparisons (CMPLOG). All
# have the mutator of the target, beside AFL++'s own mutations.
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh
unset ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS

target=${1-} seconds=${2-} instances=${3:-$(nproc)}
[[ " ${fuzz_targets[*]} " == *" $target "* ]] || die "there is no target '$target'; there are ${fuzz_targets[*]}"
[[ $seconds =~ ^([1-9][0-9]*)([smh]?)$ ]] || die "for how long? TIME is a number of seconds, or 10m, or 2h"
case ${BASH_REMATCH[2]} in
m) seconds=$((BASH_REMATCH[1] * 60)) ;;
h) seconds=$((BASH_REMATCH[1] * 3600)) ;;
*) seconds=${BASH_REMATCH[1]} ;;
esac
work=build/fuzz/$target
mutator=build/fuzz/mutator-$target.so
mkdir -p "$work/corpus" "$work/findings"

# What AFL++ begins with: the seeds, and what earlier times left.
make_seeds "$target" "$work/input"
cp -n "$work/corpus"/* "$work/input" 2>/dev/null || true
rm -rf "$work/output"

options=(-i "$work/input" -o "$work/output" -V "$seconds" -t 2000+)
[ ! -e "fuzz/fuzz_$target.dict" ] || options+=(-x "fuzz/fuzz_$target.dict")
size=$(sed -n 's/^max_len *= *//p' "fuzz/fuzz_$target.options" 2>/dev/null || true)
[ -z "$size" ] || options+=(-G "$size")

start() { # NAME ROLE VARIANT ARG…
    local name=$1 role=$2 variant=$3 env=()
    shift 3
    [ "$variant" != afl-asan ] || env+=("ASAN_OPTIONS=$FUZZ_ASAN_OPTIONS" UBSAN_OPTIONS=abort_on_error=1:symbolize=0)
    [ ! -e "$mutator" ] ||
        env+=("AFL_CUSTOM_MUTATOR_LIBRARY=$PWD/$mutator")
    env "${env[@]}" afl-fuzz "${options[@]}" "$role" "$name" "$@" -- "build/$variant/fuzz/$target" \
        >"$work/$name.log" 2>&1 &
}

trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
started=$SECONDS
start main -M afl
for ((i = 2; i <= instances; i++)); do
    case $((i % 3)) in
    2) start "sanitizers$i" -S afl-asan ;;
    0) start "comparisons$i" -S afl -c "build/afl-cmplog/fuzz/$target" ;;
    *) start "plain$i" -S afl ;;
    esac
done
wait || true
trap - EXIT

# ---- What came of it ---------------------------------------------------------------------------

printf '%-14s %12s %8s %8s %9s %8s %6s\n' "$target" runs runs/s edges stability corpus found
for stats in "$work"/output/*/fuzzer_stats; do
    [ -e "$stats" ] || continue
    folder=$(dirname "$stats")
    printf '%-14s %12s %8s %8s %9s %8s %6s\n' "${folder##*/}" "$(stat_of "$stats" execs_done)" \
        "$(stat_of "$stats" execs_per_sec)" "$(stat_of "$stats" edges_found)" "$(stat_of "$stats" stability)" \
        "$(stat_of "$stats" corpus_count)" "$(find "$folder" -path '*/crashes*/id*' -o -path '*/hangs/id*' | wc -l)"
done
[ -d "$work/output/main/queue" ] || die "AFL++ did not run: $(tail -n 5 "$work/main.log")"
# (By what is in them: instances name what they began with alike.)
while read -r sum file; do
    cp "$file" "$work/corpus/${sum:0:16}"
done < <(find "$work/output" -path '*/queue/id*' -exec sha1sum {} +)
fuzz/corpus.sh "$target"
number=0
while IFS= read -r found; do
    number=$((number + 1))
    cp "$found" "$work/findings/$(sha1sum "$found" | cut -c1-12)"
done < <(find "$work/output" \( -path '*/crashes*/id*' -o -path '*/hangs/id*' \) | LC_ALL=C sort)
echo "$target: $number findings in $((SECONDS - started)) s; $(find "$work/corpus" -type f | wc -l) inputs kept in $work/corpus"
fuzz/findings.sh "$target"
[ "$number" -eq 0 ]
