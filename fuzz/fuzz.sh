#!/usr/bin/env bash
# Fuzz one target with AFL++, an instance a core, for `make fuzz`. The corpus is kept from one time to the
# next, and minimised in the end. Usage: fuzz/fuzz.sh [--check] TARGET SECONDS [INSTANCES]
# --check: only whether these are right.
#
# The first instance is plain and fast; the second has sanitizers; the third solves comparisons (CMPLOG). All
# have the mutator of the target, beside AFL++'s own mutations.
# Exit: 0; 1 when something was found, when an instance ended badly or was not stable, or when the corpus could not be
# minimised; 2 usage; 128 and the signal when it was interrupted and nothing of that is so.
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh
unset ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS

checks=
[ "${1-}" != --check ] || { checks=1 && shift; }
target=${1-} seconds=${2-} instances=${3:-$(nproc)}
check_target "$target"
[[ $seconds =~ ^([1-9][0-9]*)([smh]?)$ ]] || die "for how long? TIME is a number of seconds, or 10m, or 2h; not '$seconds'"
case ${BASH_REMATCH[2]} in
m) seconds=$((BASH_REMATCH[1] * 60)) ;;
h) seconds=$((BASH_REMATCH[1] * 3600)) ;;
*) seconds=${BASH_REMATCH[1]} ;;
esac
[[ $instances =~ ^[1-9][0-9]*$ ]] || die "how many at a time? INSTANCES is a number from 1; not '$instances'"
[ -z "$checks" ] || exit 0
work=${FUZZ_WORK:-build/fuzz/$target}
output=$work/output
mutator=build/fuzz/mutator-$target.so
read -ra replays <<<"${FUZZ_REPLAY:-build/afl/fuzz/$target build/afl-asan/fuzz/$target}"
failed=0

# What AFL++ has left becomes part of the corpus and of the findings: once, since both may be made smaller later.
found=0
collect() {
    if [ ! -d "$output" ] || [ -e "$output/collected" ]; then return; fi
    find "$output" -path '*/queue/id*' | keep_all "$work/corpus"
    find "$output" \( -path '*/crashes*/id*' -o -path '*/hangs/id*' \) | LC_ALL=C sort >"$work/found"
    keep_all "$work/findings" <"$work/found"
    found=$((found + $(wc -l <"$work/found")))
    rm "$work/found"
    touch "$output/collected"
}

mkdir -p "$work/findings"
recover_corpus "$work/corpus"
collect
[ "$found" -eq 0 ] || echo "$target: $found findings of a time that was cut off"
rm -rf "$output"

# What AFL++ begins with: the seeds, and what earlier times left; without what fails.
make_seeds "$target" "$work/input"
for replay in "${replays[@]}"; do
    for folder in "$work/input" "$work/corpus"; do
        moved=0
        move_failing "$folder" "$work/findings" "$replay"
        [ "$moved" -eq 0 ] || echo "$target: $moved seeds or kept inputs fail now: AFL++ begins without them ($replay)"
        found=$((found + moved))
    done
done
cp -n "$work/corpus"/* "$work/input" 2>/dev/null || true
[ -n "$(ls "$work/input")" ] || echo x >"$work/input/nothing"

# ---- AFL++ -------------------------------------------------------------------------------------

options=(-i "$work/input" -o "$output" -V "$seconds" -t 2000+)
[ ! -e "fuzz/fuzz_$target.dict" ] || options+=(-x "fuzz/fuzz_$target.dict")
size=$(sed -n 's/^max_len *= *//p' "fuzz/fuzz_$target.options" 2>/dev/null || true)
[ -z "$size" ] || options+=(-G "$size")

names=() pids=()
start() { # NAME ROLE VARIANT ARG…
    local name=$1 role=$2 variant=$3 env=()
    shift 3
    [ "$variant" != afl-asan ] || env+=("ASAN_OPTIONS=$FUZZ_ASAN_OPTIONS" UBSAN_OPTIONS=abort_on_error=1:symbolize=0)
    [ ! -e "$mutator" ] ||
        env+=("AFL_CUSTOM_MUTATOR_LIBRARY=$PWD/$mutator")
    env "${env[@]}" afl-fuzz "${options[@]}" "$role" "$name" "$@" -- "build/$variant/fuzz/$target" \
        >"$work/$name.log" 2>&1 &
    names+=("$name")
    pids+=($!)
}

# afl-fuzz ends well on SIGTERM; who asks twice does not want to wait for that.
signal=0 signals=0
interrupt() { # NUMBER
    local how=-TERM
    signal=$1 signals=$((signals + 1))
    [ "$signals" -eq 1 ] || how=-KILL
    [ ${#pids[@]} -eq 0 ] || kill "$how" "${pids[@]}" 2>/dev/null || true
}

# Its exit status, however many signals come meanwhile.
status_of() { # PID
    local seen=-1
    while [ "$seen" -ne "$signals" ]; do
        seen=$signals status=0
        wait "$1" || status=$?
    done
}

trap 'interrupt 2' INT
trap 'interrupt 15' TERM
trap '[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true' EXIT
started=$SECONDS
start main -M afl
for ((i = 2; i <= instances && signals == 0; i++)); do
    case $((i % 3)) in
    2) start "sanitizers$i" -S afl-asan ;;
    0) start "comparisons$i" -S afl -c "build/afl-cmplog/fuzz/$target" ;;
    *) start "plain$i" -S afl ;;
    esac
done
# (One that was started while the signal came has not been told.)
[ "$signals" -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
statuses=()
for pid in "${pids[@]}"; do
    status_of "$pid"
    statuses+=("$status")
done
# From here on a signal ends this script, and the next time collects what AFL++ has left.
trap - INT TERM EXIT
took=$((SECONDS - started))

# ---- What came of it ---------------------------------------------------------------------------

# What is wrong with an instance. One that was interrupted may have had no time for a first word.
trouble_with() { # STATUS STATS
    local stability
    if [ "$1" -ne 0 ] && { [ "$signals" -eq 0 ] || [ "$1" -lt 128 ]; }; then
        echo "afl-fuzz ended with status $1"
    elif [ ! -e "$2" ]; then
        [ "$signals" -gt 0 ] || echo "afl-fuzz left no fuzzer_stats"
    else
        stability=$(stat_of "$2" stability)
        [ "$stability" = 100.00% ] || echo "its stability is ${stability:-not told}, not 100.00%"
    fi
}

[ "$signals" -eq 0 ] || echo "$target: interrupted"
printf '%-14s %12s %8s %8s %9s %8s %6s\n' "$target" runs runs/s edges stability corpus found
for i in "${!names[@]}"; do
    folder=$output/${names[i]}
    stats=$folder/fuzzer_stats
    if [ -e "$stats" ]; then
        printf '%-14s %12s %8s %8s %9s %8s %6s\n' "${names[i]}" "$(stat_of "$stats" execs_done)" \
            "$(stat_of "$stats" execs_per_sec)" "$(stat_of "$stats" edges_found)" "$(stat_of "$stats" stability)" \
            "$(stat_of "$stats" corpus_count)" "$(find "$folder" -path '*/crashes*/id*' -o -path '*/hangs/id*' | wc -l)"
    fi
    trouble=$(trouble_with "${statuses[i]}" "$stats")
    [ -n "$trouble" ] || continue
    failed=1
    echo "FAILED  ${names[i]}: $trouble; the end of $work/${names[i]}.log:"
    tail -n 8 "$work/${names[i]}.log" | sed 's/^/  /'
done
collect
fuzz/findings.sh "$target" || failed=1
[ "$found" -eq 0 ] || failed=1
if [ "$signals" -gt 0 ]; then
    echo "$target: the corpus is not minimised; the next time does it, or make fuzz-corpus TARGET=$target"
elif ! fuzz/corpus.sh "$target"; then
    echo "$target: minimising the corpus failed; nothing of it is lost"
    failed=1
fi
echo "$target: $found findings in $took s; $(find "$work/corpus" -type f | wc -l) inputs kept in $work/corpus"
[ "$failed" -eq 0 ] || exit 1
[ "$signals" -eq 0 ] || exit $((128 + signal))
