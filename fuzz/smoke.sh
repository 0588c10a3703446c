#!/usr/bin/env bash
# Fuzzing in short, for `make fuzz-smoke`: the replayers over seeds and what was found before, under the
# sanitizers; AFL++ on the canary, which it must make crash; AFL++ with the mutator on stories for some seconds, which
# must be stable and find nothing. Exit 1 when one of that is not so.
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh

work=build/fuzz/smoke
seconds=${FUZZ_SMOKE_SECONDS:-4}
failed=0
rm -rf "$work"
mkdir -p "$work"

say() { # ok|FAILED TEXT
    printf '%-7s %s\n' "$1" "$2"
    [ "$1" = ok ] || failed=1
}

for target in "${fuzz_targets[@]}"; do
    make_seeds "$target" "$work/$target-seeds"
    if build/test/fuzz/"$target"-replay "$work/$target-seeds" >"$work/$target.log" 2>&1; then
        say ok "$target: $(tail -n 1 "$work/$target.log") replayed under the sanitizers"
    else
        say FAILED "$target: a seed or a kept input fails"
        tail -n 40 "$work/$target.log"
    fi
done

# AFL++ refuses options of sanitizers that are not as it wants them.
unset ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS
mkdir -p "$work/canary-seeds" "$work/canary" "$work/events"
echo alive >"$work/canary-seeds/alive"
AFL_BENCH_UNTIL_CRASH=1 timeout 60 afl-fuzz -s 1 -V 30 -i "$work/canary-seeds" -o "$work/canary" \
    -- build/afl/fuzz/canary >"$work/canary.log" 2>&1 || true
found=$(find "$work/canary" -path '*/crashes/id*' 2>/dev/null | sed -n 1p)
if [ -n "$found" ] && ! (build/test/fuzz/canary-replay "$found") >/dev/null 2>&1; then
    say ok "canary: AFL++ made it crash after $(stat_of "$work/canary/default/fuzzer_stats" execs_done) runs"
else
    say FAILED "canary: AFL++ did not make it crash, so what it does not find elsewhere means nothing"
    tail -n 20 "$work/canary.log"
fi

AFL_CUSTOM_MUTATOR_LIBRARY=$PWD/build/fuzz/mutator-events.so timeout 60 \
    afl-fuzz -s 1 -V "$seconds" -i "$work/events-seeds" -o "$work/events" -- build/afl/fuzz/events \
    >"$work/events.log" 2>&1 || true
stats=$work/events/default/fuzzer_stats
if [ ! -e "$stats" ]; then
    say FAILED "events: AFL++ did not run"
    tail -n 20 "$work/events.log"
else
    runs=$(stat_of "$stats" execs_done)
    stability=$(stat_of "$stats" stability)
    crashes=$(find "$work/events" -path '*/crashes/id*' -o -path '*/hangs/id*' | wc -l)
    line="events: $runs runs, $(stat_of "$stats" edges_found) edges, stability $stability, $crashes findings"
    if [ "$runs" -gt 0 ] && [ "$stability" = 100.00% ] && [ "$crashes" -eq 0 ]; then
        say ok "$line"
    else
        say FAILED "$line"
    fi
fi
exit "$failed"
